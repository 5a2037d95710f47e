"""One list for all schools or townships at once: whoever looks after several chooses what and how; it is made in the background."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import render_template, request
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.base import OfSchool
from app.models.words import N_
from app.panel import downloads
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS, view_of
from app.services import bulk, clock, exporting, records
from app.services.jobs.kinds import Work, kind

BY = {"school": N_("每所学校"), "township": N_("每个乡镇")}
FORMS = {"zip": N_("一个文件，打成一个压缩包"), "sheets": N_("一张表，放在一个工作簿里，带目录")}


class BulkExport(BaseView):
    """Asks, and begins."""

    route_base = "/bulk"
    class_permission_name = "Account"
    default_view = "index"

    @expose("/", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def index(self) -> str | Response:
        entities = _entities()
        if not entities:
            raise records.Forbidden("bulk")
        asked = {"entity": request.form.get("entity", ""), "by": request.form.get("by", "school"), "form": request.form.get("form", "zip")}
        message = ""
        if request.method == "POST":
            message = _wrong(asked, entities)
            if not message:
                return _begin(asked)
        choices = [("entity", _("内容"), [(name, view_of(name).title) for name in entities]),
                   ("by", _("按什么分"), [(name, _(label)) for name, label in BY.items()]),
                   ("form", _("每个单位放在"), [(name, _(label)) for name, label in FORMS.items()])]
        return render_template("bulk.html", page=SimpleNamespace(title=_("批量导出"), choices=choices, asked=asked, message=message))


def _entities() -> list[str]:
    """What the asker may take out school by school; nothing for who sees one school only."""
    if asker().school_id is not None:
        return []
    return [name for name, view in VIEWS.items() if issubclass(view.model, OfSchool) and asker().may("export", name)]


def _wrong(asked: dict[str, str], entities: list[str]) -> str:
    """What to say of an order that cannot be carried out."""
    if asked["entity"] not in entities or asked["by"] not in BY or asked["form"] not in FORMS:
        return _("请选择内容和方式。")
    count = len(bulk.places(db.session(), _order(asked))) if asked["form"] == "sheets" else 0
    return _(bulk.TOO_MANY, count=count, most=bulk.MOST_SHEETS) if count > bulk.MOST_SHEETS else ""


def _order(asked: dict[str, str]) -> bulk.Order:
    view: Any = view_of(asked["entity"])
    return bulk.Order(view.model, view.columns, asked["by"], title=view.title)


def _begin(asked: dict[str, str]) -> Response:
    title = f"{view_of(asked['entity']).title}·{_(BY[asked['by']])}"
    ending = "zip" if asked["form"] == "zip" else "xlsx"
    return downloads.begin("bulk", asked, title=title, file_name=f"{title}-{clock.today():%Y-%m-%d}.{ending}")


@kind("bulk")
def write_later(work: Work) -> None:
    order = _order(work.args)
    work.total(exporting.count(work.session, order.model, ()))
    write = bulk.write_zip if work.args["form"] == "zip" else bulk.write_sheets
    write(work.session, work.asker, order, work.file)
