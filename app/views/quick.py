"""One page for all who are due: a line a child, saved in one go. Talks of the month, home visits of the term."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

from flask import abort, flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.base import Entity
from app.models.care import HomeVisit, Talk
from app.models.children import Child
from app.models.org import SchoolClass
from app.models.words import N_
from app.panel import again
from app.panel.address import whole
from app.panel.forms import PanelForm, form_class, new_token, token_sent
from app.panel.security import asker
from app.panel.views_by_entity import url_of
from app.services import clock, records, work

MOST = 40  # children on one page


@dataclass(frozen=True)
class Sheet:
    """What is entered, of whom, and which fields say that a line was begun: those that the page leaves empty."""

    model: type[Entity]
    title: str
    due: Callable[[], ColumnElement[bool]]
    keys: tuple[str, ...]
    day: str
    by: str
    filled: tuple[str, ...]
    last: str
    told: str
    mark: str
    no_class: str  # why nobody can be said to have done it, and what to do
    no_teacher: str


SHEETS = {
    "talk": Sheet(Talk, N_("谈心登记"), work.no_talk, ("talked_on", "kind", "content"), "talked_on", "teacher", ("content",),
                  "last_talk_on", N_("上次谈心"), "no_talk", N_("这个孩子还没有编班，请先编班，或到谈心记录里单独登记"),
                  N_("这个孩子的班还没有班主任，请先给班级填写班主任，或到谈心记录里单独登记")),
    "home_visit": Sheet(HomeVisit, N_("家访登记"), work.no_visit, ("visited_on", "met", "found"), "visited_on",
                        "visitor", ("met", "found"), "last_visit_on", N_("上次家访"), "no_visit", N_("这个孩子还没有编班，请先编班，或到家访记录里单独登记"),
                        N_("这个孩子的班还没有班主任，请先给班级填写班主任，或到家访记录里单独登记")),
}


class Quick(BaseView):
    """The class teacher's page: nobody opens forty forms."""

    route_base = "/quick"
    default_view = "rows"
    class_permission_name = "Talk"

    @expose("/<kind>/", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def rows(self, kind: str) -> str | Response:
        sheet = SHEETS.get(kind) or abort(404)
        if not asker().may("write", sheet.model):
            raise records.Forbidden("write")
        saved, wrong = _save(sheet) if request.method == "POST" else (0, {})
        if saved:
            flash(_("已保存 %(count)s 条。", count=saved), "success")
        if request.method == "POST" and not wrong:
            if not saved:
                flash(_("没有保存：还没有填写内容。"), "warning")
            return redirect(url_for("Quick.rows", kind=kind))
        return render_template("quick.html", page=_page(kind, sheet, wrong))


class Wrong(NamedTuple):
    """A line as it was typed and what belongs beside none of its fields; ``again``: it was saved before with other words, sent once more it is a new one."""

    form: PanelForm
    message: str = ""
    again: bool = False


def _save(sheet: Sheet) -> tuple[int, dict[int, Wrong]]:
    """Save the lines that are filled in; returns how many, and the refused ones as typed, by child id."""
    saved, wrong = 0, dict[int, Wrong]()
    for child_id in _posted():
        form = _form(sheet, child_id)
        if not any((request.form.get(form[key].name) or "").strip() for key in sheet.filled):
            continue
        child = records.find(db.session(), Child, child_id)
        gone = _("这个孩子已不在您名下，这一行没有保存。需要时请把内容抄给现在的班主任")
        refused = _save_line(sheet, child, form) if child is not None else Wrong(form, gone)
        if refused is None:
            saved += 1
        else:
            wrong[child_id] = refused
    db.session.commit()
    return saved, wrong


def _posted() -> list[int]:
    return [child_id for child_id in map(whole, request.form.getlist("child")) if child_id is not None][:MOST]


def _save_line(sheet: Sheet, child: Child, form: PanelForm) -> Wrong | None:
    """None when saved. Its own savepoint: a refused line takes no other along."""
    if not form.validate():
        return Wrong(form)
    staff_id = _staff_of(child)
    if staff_id is None:  # the page has no field to say who it was
        return Wrong(form, _(sheet.no_class if child.school_class_id is None else sheet.no_teacher))
    values = {**form.values(), "child": child.id, sheet.by: staff_id}
    try:
        with db.session.begin_nested():
            records.add(db.session(), sheet.model, values, token_sent(_token_name(child.id), form._prefix))
    except records.Refused as refused:
        message = form.complain(refused.errors)
        if refused.made is None:
            return Wrong(form, message)
        return Wrong(form, again.told(message, url_of(sheet.model.__name__, "show", pk=refused.made), _("保存")), again=True)
    return None


def _staff_of(child: Child) -> int | None:
    """Who did it: the teacher that enters it, else the child's class teacher."""
    if asker().staff_id is not None:
        return asker().staff_id
    return db.session.scalar(select(SchoolClass.teacher_id).where(SchoolClass.id == child.school_class_id))


def _form(sheet: Sheet, child_id: int, empty: bool = False) -> PanelForm:
    form: PanelForm = form_class(sheet.model, sheet.keys)(prefix=f"c{child_id}-", **({"formdata": None} if empty else {}))
    return form


def _token_name(child_id: int) -> str:
    return f"_token{child_id}"


def _page(kind: str, sheet: Sheet, wrong: dict[int, Wrong]) -> SimpleNamespace:
    """The refused lines with what was typed, then the children still due."""
    columns = (Child.id, Child.name, SchoolClass.name.label("school_class"), getattr(Child, sheet.last).label("last"))
    query = select(*columns).outerjoin(SchoolClass, SchoolClass.id == Child.school_class_id)
    query = query.order_by(SchoolClass.grade, SchoolClass.name, Child.pinyin, Child.id)
    due = db.session.execute(query.where(sheet.due(), Child.id.not_in(wrong)).limit(MOST + 1)).all()
    found = db.session.execute(query.where(Child.id.in_(wrong))).all()
    refused = [*(_gone(child_id) for child_id in sorted({*wrong} - {row.id for row in found})), *found]
    return SimpleNamespace(
        title=_(sheet.title), lines=[_line(sheet, row, wrong) for row in (*refused, *due[: MOST - len(refused)])], told=_(sheet.told),
        action=url_for("Quick.rows", kind=kind), more=len(due) + len(refused) > MOST, wrong=len(wrong),
        list_url=url_of("Child", "list", m=sheet.mark), cancel_url=url_of(sheet.model.__name__, "list"))


def _gone(child_id: int) -> SimpleNamespace:
    """A child that whoever typed the line does not see: of another by now, deleted, or never his. Nothing is told of it, not even its name."""
    return SimpleNamespace(id=child_id, name="", school_class="", last=None)


def _line(sheet: Sheet, row: Any, wrong: dict[int, Wrong]) -> SimpleNamespace:
    form, message, new = wrong.get(row.id) or Wrong(_form(sheet, row.id, empty=True), again=True)
    if row.id not in wrong:
        form[sheet.day].data = clock.today()
    token = None if new else token_sent(_token_name(row.id))
    return SimpleNamespace(
        id=row.id, name=row.name or _("已不在您名下的孩子"), note=row.school_class or "", last=row.last, message=message,
        url=url_of("Child", "show", pk=row.id) if row.name else None,
        fields=[form[key] for key in sheet.keys], token_name=_token_name(row.id), token=token or new_token())
