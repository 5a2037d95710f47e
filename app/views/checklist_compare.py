"""What two versions of a checklist have apart, on a page and as a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from flask import abort, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import codes
from app.models.base import Entity, fields_of
from app.models.inspection import ChecklistItem, ChecklistSection, ChecklistTemplate
from app.panel import pages
from app.panel.address import whole
from app.panel.books import send_tabs
from app.panel.declared import Declared
from app.services import checklist_told
from app.services.checklist_told import PARAMETER, PLACE, SECTION, Change, Part, Told
from app.services.sheet.book import Tab
from app.services.sheet.column import Column
from app.services.values import text_of
from app.views import checklist_words


class Line(NamedTuple):
    """One difference in words; ``tone`` is ok for what came, bad for what went."""

    code: str
    what: str
    tone: str
    label: str
    old: str
    new: str


class Compared(NamedTuple):
    """Three tables: of the version's rules, of its sections, of its items."""

    other: ChecklistTemplate
    tables: Sequence[tuple[str, Sequence[Line]]]


def page(view: Declared, template: ChecklistTemplate, book: str | None) -> str:
    """``?with=<id>`` names the older version; without it the published one before is taken. ``book`` is the route of the workbook."""
    others = _others(template)
    shown, made = pages.record_context(view, template), _compared(template, others)
    shown.others = [(one.id, named(one), made is not None and one.id == made.other.id) for one in others]
    shown.action, shown.now = view.url("compare", pk=template.id), named(template)
    shown.tables = [(title, lines) for title, lines in made.tables if lines] if made is not None else []
    shown.book_url = view.url(book, pk=template.id, **{"with": made.other.id}) if book and made is not None else None
    return render_template("checklist/compare.html", page=shown)


def book(template: ChecklistTemplate) -> Response:
    made = _compared(template, _others(template)) or abort(404)
    subtitle = _("%(old)s → %(new)s", old=named(made.other), new=named(template))
    columns = [Column("code", _("编号"), "text", width=10), Column("what", _("改动"), "text", width=8), Column("label", _("栏目"), "text", width=22),
               Column("old", _("原来"), "text", width=50, long=True), Column("new", _("现在"), "text", width=50, long=True)]
    tabs = [Tab(title, template.name, subtitle, columns, [(one.code, one.what, one.label, one.old, one.new) for one in lines]) for title, lines in made.tables]
    name = _("%(name)s版本比较.xlsx", name=template.name)
    return send_tabs(name, tabs, template, sum(len(lines) for _title, lines in made.tables))


def named(template: ChecklistTemplate) -> str:
    return _("%(name)s 第 %(n)s 版（%(state)s）", name=template.name, n=template.number, state=_(codes.TEMPLATE_STATE[template.state]))


def _others(template: ChecklistTemplate) -> list[ChecklistTemplate]:
    """Other versions of the same code that the asker sees, the newest first."""
    query = select(ChecklistTemplate).where(ChecklistTemplate.code == template.code, ChecklistTemplate.id != template.id)
    return list(db.session.scalars(query.order_by(ChecklistTemplate.number.desc(), ChecklistTemplate.id.desc())))


def _compared(template: ChecklistTemplate, others: Sequence[ChecklistTemplate]) -> Compared | None:
    """None where there is nothing to compare with; 404 for a version that is none of the others."""
    asked = request.args.get("with", "")
    older = [one for one in others if one.number < template.number]
    before = next((one for one in (*(one for one in older if one.state == "published"), *older, *others)), None)
    other = next((one for one in others if one.id == whole(asked)), None) or abort(404) if asked else before
    return Compared(other, tables(checklist_told.of(db.session(), other), checklist_told.of(db.session(), template))) if other is not None else None


def tables(old: Told, new: Told) -> list[tuple[str, Sequence[Line]]]:
    """What differs, in words; also of a draft and the workbook that is to change it."""
    found = checklist_told.apart(old, new)
    rules = [_line("", change, ChecklistTemplate, old, new) for change in found.rules]
    return [(_("评分与期限"), rules), (_("分类"), list(_lines(found.sections, ChecklistSection, old, new))),
            (_("条目"), list(_lines(found.items, ChecklistItem, old, new)))]


def _lines(parts: Sequence[Part], model: type[Entity], old: Told, new: Told) -> Iterator[Line]:
    for part in parts:
        if part.what == "added":
            yield Line(part.code, _("新增"), "ok", "", "", part.text)
        elif part.what == "removed":
            yield Line(part.code, _("删除"), "bad", "", part.text, "")
        yield from (_line(part.code, change, model, old, new) for change in part.changes)


def _line(code: str, change: Change, model: type[Entity], old: Told, new: Told) -> Line:
    if change.key.startswith(PARAMETER):
        name = change.key.removeprefix(PARAMETER)
        then, now = ("" if value is None else checklist_words.amount(name, value) for value in (change.old, change.new))
        return Line(code, _("修改"), "", checklist_words.label(name), then, now)
    one = fields_of(model)[change.key]
    if change.key == SECTION:
        return Line(code, _("修改"), "", _(one.label), f"{change.old} {old.sections[change.old]}", f"{change.new} {new.sections[change.new]}")
    if change.key == PLACE:
        return Line(code, _("移动"), "", _(one.label), _("第 %(n)s 个", n=change.old), _("第 %(n)s 个", n=change.new))
    return Line(code, _("修改"), "", _(one.label), _said(one, change.old), _said(one, change.new))


def _said(one: Any, value: Any) -> str:
    return pages.worded(one, text_of(one, value))
