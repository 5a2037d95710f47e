"""The first page: what is to be done, then the figures; and the search over everything."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import format_date, gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.extensions import db
from app.panel.security import asker
from app.panel.views_by_entity import url_of
from app.services import clock, work

WEEK = 7


class Home(BaseView):
    """Today's work of whoever is here."""

    route_base = ""
    default_view = "index"
    class_permission_name = "Home"

    @expose("/")
    def index(self) -> str | Response:
        if not current_user.is_authenticated:
            return redirect(url_for("LoginView.login"))
        session, who = db.session(), asker()
        page = SimpleNamespace(
            title=_("今天要做"), subtitle=format_date(clock.today(), "M月d日 EEEE"), figures=[_figure(one) for one in work.figures(session, who)],
            todo=[_task(one) for one in work.tasks(session, who)], charts=None, table=None)
        return render_template("home.html", page=page)

    @expose("/search")
    @has_access
    @permission_name("read")
    def search(self) -> Response:
        """The header's search: children where the role has them, else schools."""
        entity = "Child" if asker().may("read", "Child") else "School"
        return redirect(url_of(entity, "list", q=request.args.get("q", "")[:60]))


def _figure(one: work.Figure) -> dict[str, Any]:
    percent = round(100 * one.value / one.of) if one.of else None
    level = None if percent is None else "ok" if percent >= 100 else "warn" if percent >= 85 else "bad"
    return {"label": _(one.label), "value": f"{one.value:,}", "of": f"{one.of:,}" if one.of else None, "percent": percent, "level": level,
            "note": _(one.note, **one.values) if one.note else "", "url": url_of(one.entity, "list", **({"m": one.mark} if one.mark else {}))}


def _task(one: work.Task) -> dict[str, Any]:
    days = one.days
    pill = "bad" if days < 0 else "warn" if days <= WEEK else ""
    words = _("逾期 %(days)s 天", days=-days) if days < 0 else _("今天") if days == 0 else _("%(days)s 天内", days=days)
    return {"pill": pill, "pill_text": words, "text": _(one.text, **one.values), "note": "", "url": _where(one), "button": _("去办")}


def _where(one: work.Task) -> str:
    if one.entity == "Inspection":
        return url_for("Visit.sheet", pk=one.row_id)
    if one.row_id is None:
        return url_of(one.entity, "list", m=one.mark)
    return url_of(one.entity, "edit", pk=one.row_id)


