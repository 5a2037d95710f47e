"""Official forms: which there are, the figures on the screen, the workbooks; and their declarations, which a county copies and changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.children import Child
from app.models.forms import Form, FormColumn
from app.models.words import _
from app.panel import downloads
from app.panel.address import whole
from app.panel.books import send_book
from app.panel.security import asker
from app.panel.steps import Step, Stepped
from app.panel.view import PanelView
from app.services import records
from app.services.forms import declaration, figures, own, periods, places, produce
from app.services.forms.declaration import FIGURES, Declared
from app.views import form_figures, form_jobs


def _copied(row: Form) -> bool:
    """Whether who asks may make an own copy of it: an office, of what is not its own already."""
    return asker().area_id is not None and not own.changeable(db.session(), row)


STEPS = {
    "copy": Step(_("复制为本地表样"), (), _("复制后在本地使用，可以增减、改名、调整栏目。现在复制？"),
                 _("已复制，现在用的是本地表样。删除它就恢复通用表样。"), own.copy, only=_copied, makes=True)}


class FormView(Stepped):
    """Whoever has a copy of a form already is led to it."""

    model = Form
    steps = STEPS
    columns = ["title", "key", "area", "kind", "period", "subject", "which", "day", "sorted_by", "unit", "portrait", "signers", "note"]
    list_columns = ["title", "area", "kind", "period"]
    order = ("id", False)
    tabs = ["FormColumn"]
    bulk = ()
    exclude_route_methods = {"add"}
    api_writes = False

    def may_change(self, row: Any) -> bool:
        return own.changeable(db.session(), row)

    def after(self, row: Any, what: str) -> str:
        return self.url("show", pk=row.id, tab="FormColumn")


class FormColumnView(PanelView):
    model = FormColumn
    columns = ["form", "position", "label", "source", "width", "totalled", "shown"]
    list_columns = ["label", "form", "position", "source", "width", "totalled", "shown"]
    order = ("position", False)
    bulk = ()

    def may_change(self, row: Any) -> bool:
        return own.changeable(db.session(), row.form)


class Forms(BaseView):
    """The forms that a role may take out, for whom and when."""

    route_base = "/forms"
    default_view = "index"
    class_permission_name = "Home"  # any member comes in; each form asks the verb on what it shows

    @expose("/")
    @has_access
    @permission_name("read")
    def index(self) -> str:
        session, who = db.session(), asker()
        offered = [(form, periods.choices(session, form.period)) for form in declaration.forms(session, who)]
        return render_template("forms/index.html", page=SimpleNamespace(
            title=gettext("报表"), places=places.below(session, who), forms=[_offer(form, spans) for form, spans in offered],
            bulk_url=url_for("BulkExport.index") if offered and who.school_id is None else None,
            edit_url=url_for("FormView.list") if who.may("write", Form) else None))

    @expose("/<key>/")
    @has_access
    @permission_name("read")
    def figures(self, key: str) -> str | Response:
        """A form of figures on the screen; each cell leads to the children behind it. What takes long is there as a workbook alone."""
        wish = _wish(key)
        if wish.form.kind != FIGURES:
            abort(404)
        if produce.takes_long(db.session(), wish):
            asked: dict[str, Any] = request.args.to_dict()
            return redirect(url_for("Forms.workbook", **{**asked, "key": key}))
        made = figures.table(db.session(), wish.form, wish.place, wish.period) or abort(404)
        return _figures(wish, *made)

    @expose("/<key>.xlsx", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def workbook(self, key: str) -> str | Response | tuple[str, int]:
        """A short one at once, a long one in the background (which a post begins)."""
        wish = _wish(key)
        name = f"{wish.place.name}-{wish.form.title}-{wish.period.first}.xlsx"
        if produce.takes_long(db.session(), wish):
            return downloads.ask_or_begin(
                form_jobs.kind_of(wish.form), {"key": key, "place": wish.place.code, "from": form_jobs.said(wish.period, wish.form)},
                title=f"{wish.form.title}·{wish.place.name}", file_name=name,
                text=gettext("内容较多，要在后台生成，好了到“我的下载”里取。"), back_url=url_for("Forms.index"))
        try:
            return send_book(name, lambda target: produce.write(db.session(), wish, target))
        except produce.NotFooted:
            return _figures(wish, *(figures.table(db.session(), wish.form, wish.place, wish.period) or abort(404))), 409
        except produce.NoSuchPlace:
            abort(404)


def _offer(form: Declared, spans: Sequence[periods.Period]) -> dict[str, Any]:
    return {"title": form.title, "action": url_for("Forms.workbook", key=form.key), "key": form.key,
            "show_url": url_for("Forms.figures", key=form.key) if form.kind == FIGURES else None,
            "periods": [(one.first.isoformat(), form_figures.told(form, one)) for one in spans]}


def _wish(key: str) -> produce.Wish:
    """What the address asks for: p=<place>, from=<first day of the period>, child=<id>; 404 for what is not there for the asker."""
    session, who, args = db.session(), asker(), request.args
    form = declaration.find(session, who, key) or abort(404)
    place = places.find(session, args.get("p", "")) or abort(404)
    period = periods.chosen(session, form.period, _day(args.get("from", ""))) or abort(404)
    child = whole(args.get("child"))
    if args.get("child") and (form.subject != Child.__name__ or records.find(session, Child, child or 0) is None):
        abort(404)
    return produce.Wish(form, place, period, child)


def _day(text: str) -> date | None:
    """A day of the address, nothing where none is given; 404 for one that is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        abort(404)


def _figures(wish: produce.Wish, report: Any, hidden: Any) -> str:
    return render_template("forms/figures.html", page=form_figures.page(wish, report, hidden))
