"""One list or form for all schools or areas at once: whoever looks after several chooses what and how; it is made in the background."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import render_template, request
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.base import OfSchool
from app.models.org import Area
from app.models.words import N_
from app.panel import downloads
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS, view_of
from app.services import bulk, clock, exporting, records
from app.services.jobs.kinds import Work, kind
from app.views import bulk_forms

BY = {"school": N_("每所学校"), "township": N_("每个乡镇"), "county": N_("每个县（区）")}
WAYS = {"zip": N_("一个文件，打成一个压缩包"), "sheets": N_("一张表，放在一个工作簿里，带目录")}
ABOVE_COUNTY = ("province", "city")
FIELDS = ("what", "by", "way", "period")


class BulkExport(BaseView):
    """Asks, and begins."""

    route_base = "/bulk"
    class_permission_name = "Account"
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def index(self) -> str | Response:
        lists, forms, by = _lists(), bulk_forms.offered(), _by()
        if not by or not (lists or forms):
            raise records.Forbidden("bulk")
        asked = {name: request.form.get(name, "") for name in FIELDS}
        message = ""
        if request.method == "POST":
            message = _wrong(asked, lists, forms, by)
            if not message:
                return _begin(asked, forms)
        choices = [("what", _("内容"), [(_("报表"), [(key, form.title) for key, form in forms.items()]),
                                      (_("列表"), [(name, view_of(name).title) for name in lists])]),
                   ("by", _("按什么分"), [("", [(name, _(BY[name])) for name in by])]),
                   ("way", _("每个单位放在"), [("", [(name, _(label)) for name, label in WAYS.items()])])]
        if forms:
            choices.append(("period", _("期间（只用于报表）"), bulk_forms.periods_of(forms)))
        return render_template("bulk.html", page=SimpleNamespace(title=_("批量导出"), choices=choices, asked=asked, message=message))


def _lists() -> list[str]:
    """What the asker may take out school by school."""
    return [name for name, view in VIEWS.items() if issubclass(view.model, OfSchool) and asker().may("export", name)]


def _by() -> list[str]:
    """How the places of the asker can be parted; not at all for who sees one school only."""
    if asker().school_id is not None:
        return []
    level = db.session.scalar(select(Area.level).where(Area.id == asker().area_id))
    return [*(["county"] if level in ABOVE_COUNTY else []), "school", "township"]


def _wrong(asked: dict[str, str], lists: list[str], forms: bulk_forms.Offered, by: list[str]) -> str:
    """What to say of an order that cannot be carried out."""
    if asked["by"] not in by or asked["way"] not in WAYS or asked["what"] not in (*lists, *forms):
        return _("请选择内容和方式。")
    if asked["what"] in forms:
        return bulk_forms.wrong(forms, asked)
    count = len(bulk.places(db.session(), _order(asked))) if asked["way"] == "sheets" else 0
    return _(bulk.TOO_MANY, count=count, most=bulk.MOST_SHEETS) if count > bulk.MOST_SHEETS else ""


def _order(asked: dict[str, Any]) -> bulk.Order:
    view: Any = view_of(asked["what"])
    return bulk.Order(view.model, view.columns, asked["by"], title=view.title)


def _begin(asked: dict[str, str], forms: bulk_forms.Offered) -> Response:
    what = asked["what"]
    title = f"{forms[what].title if what in forms else view_of(what).title}·{_(BY[asked['by']])}"
    file_name = f"{title}-{clock.today():%Y-%m-%d}.{'zip' if asked['way'] == 'zip' else 'xlsx'}"
    if what in forms:
        return downloads.begin(*bulk_forms.job(forms, asked), title=title, file_name=file_name)
    return downloads.begin("bulk", {name: asked[name] for name in ("what", "by", "way")}, title=title, file_name=file_name)


@kind("bulk")
def write_later(work: Work) -> None:
    order = _order(work.args)
    work.total(exporting.count(work.session, order.model, ()))
    write = bulk.write_zip if work.args["way"] == "zip" else bulk.write_sheets
    write(work.session, work.asker, order, work.file)
