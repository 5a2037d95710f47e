"""A list as a workbook, at once or in the background: both write the same."""

from __future__ import annotations

from typing import Any, BinaryIO

from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.panel import downloads, pages
from app.panel.address import Address
from app.panel.declared import Declared
from app.panel.security import asker
from app.panel.views_by_entity import view_of
from app.services import exporting
from app.services.jobs.kinds import Work, kind

MOST_AT_ONCE = 20_000  # rows; more take longer than two seconds on a small machine


def is_long(view: Declared, address: Address) -> bool:
    return exporting.count(db.session(), view.model, pages.conditions(view, address), MOST_AT_ONCE + 1) > MOST_AT_ONCE


def later(view: Declared, address: Address, file_name: str) -> str | Response:
    args = {"entity": view.model.__name__, "asked": dict(address.pairs(page=False))}
    told = pages.told(view, address) if address.pairs(page=False) else ""
    return downloads.ask_or_begin(
        "list", args, title=_("%(what)s（%(filter)s）", what=view.title, filter=told) if told else view.title, file_name=file_name,
        text=_("超过 %(most)s 条，要在后台生成，好了到“我的下载”里取。", most=f"{MOST_AT_ONCE:,}"), back_url=address.url())


def write(view: Declared, address: Address, target: BinaryIO) -> int:
    """The rows that the address asks for, as who asks may see them; returns their number."""
    query = pages.query_of(view, address)
    return exporting.export(db.session(), asker(), view.model, view.columns, target, conditions=query.conditions, order=query.order,
                            descending=query.descending, title=view.title, told=pages.told(view, address))


@kind("list")
def write_later(work: Work) -> None:
    view: Any = view_of(work.args["entity"])
    address = pages.asked_of(view, "", work.args["asked"])
    work.total(exporting.count(work.session, view.model, pages.conditions(view, address)))
    write(view, address, work.file)
