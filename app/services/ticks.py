"""Ticks of one inspection, saved one by one, or several together in few statements.

Every tick is held against the school's own records as they stand at that moment, and these are
frozen with it. Writing goes through records, so that rules, scope, roles and history apply.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.models.inspection import Answer, ChecklistItem, ChecklistSection, Inspection
from app.models.org import School
from app.models.rules import RuleError
from app.models.words import _
from app.services import clock, evidence, records, scope
from app.services.checklist import asked_item
from app.services.evidence import Evidence
from app.services.inspection_rules import hold, still_open
from app.services.inspection_sheet import ticked
from app.services.vouched import vouch

Figures = Mapping[str, dict[str, Any]]  # item's code → the figure beside it as it is kept with a tick
# What the records suggest → the results that need a reason beside it: all that are kinder ("na" takes the item out of the score), and "fail"
# beside "pass". Half a step stricter needs none: who is on the spot sees more than the records.
AGAINST: Mapping[str, Sequence[str]] = {"pass": ("fail",), "partly": ("pass", "na"), "fail": ("pass", "partly", "na")}


def against(suggestion: str | None) -> Sequence[str]:
    """The results that speak against what the records suggest; none where they suggest nothing."""
    return AGAINST.get(suggestion or "", ())


def speaks_against(suggestion: str | None, result: str | None) -> bool:
    """Whether a tick needs a reason beside what the records suggest."""
    return result in against(suggestion)


class AnswerTaken(records.Conflict):
    """Another inspector ticked the item since it was read; ``answer`` is that tick."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.id)
        self.answer = answer


@dataclass(frozen=True)
class Asked:
    """Some items of a checklist, and the figures beside them as they are kept with a tick."""

    template_id: int
    items: Sequence[ChecklistItem]
    figures: Figures


class Ticks:
    """An inspection that is kept as it is until the transaction ends, its school, and of some items the ticks so far and the figures of now.

    ``known``: code → tick, of the items that have one. ``before``: what ``asked`` told of these codes a moment ago, in another transaction.
    ``together``: used inside ``records.together``, so that all is written at its end; what another inspector was quicker with is
    then told there, as Conflict or Refused of no row.
    """

    def __init__(self, session: Session, inspection: Inspection, codes: Collection[str], before: Asked | None = None, *, together: bool = False) -> None:
        hold(session, inspection, alone=inspection.state == "planned")  # two first ticks would wait for each other
        self.session, self.inspection, self._together = session, inspection, together
        if before is not None and before.template_id != inspection.template_id:
            before = None  # it got another checklist in between
        items = before.items if before is not None else items_of(session, inspection, codes)
        self._figures = before.figures if before is not None else None
        found, answers = school_and_ticks(session, inspection, [item.id for item in items])
        if found is not None:
            vouch(session, scope.asker(session), inspection, found, *items)
        self.school = session.get_one(School, inspection.school_id)
        self._items = {item.code: item for item in items}
        self.known: dict[str, Answer] = {item.code: answers[item.id] for item in items if item.id in answers}

    def save(self, code: str, *, result: str, remark: str | None = None, reason: str | None = None, seen_version: int | None = None) -> Answer:
        """One tick. Raises records.Refused (by field), records.Forbidden, AnswerTaken. The same tick again is the same answer.

        ``seen_version``: version of the answer that the inspector looked at, None when there was none.
        """
        still_open(self.inspection)
        item, known = self._item(code), self.known.get(code)
        values = _checked(result, remark, reason)
        if known is not None and _same(known, values):
            return known
        if known is not None and known.version != seen_version:
            raise AnswerTaken(known)
        made = self.figures.get(code)
        if made is not None and speaks_against(made["suggestion"], result) and not values["reason"]:
            raise records.Refused({"reason": RuleError(_("与学校记录不符，请写明理由"))})
        own = {"answered_at": clock.now(), "frozen": made}
        self.known[code] = answer = self._update(known, values, own) if known is not None else self._insert(item, values, own)
        self._begin()
        return answer

    def clear(self, code: str, seen_version: int | None = None) -> Answer | None:
        """Take a tick back; None when there was none."""
        still_open(self.inspection)
        known = self.known.get(code)
        if known is None:
            self._item(code)
        if known is None or known.result is None:
            return known
        if known.version != seen_version:
            raise AnswerTaken(known)
        empty = {"result": None, "remark": None, "reason": None}
        return self._update(known, empty, {"answered_at": clock.now(), "frozen": None})

    @property
    def figures(self) -> Figures:
        if self._figures is None:
            self._figures = figures_of(self.session, self.school, self._items.values())
        return self._figures

    def _item(self, code: str) -> ChecklistItem:
        """The item. What is ticked can be corrected, also where the school is asked it no more; else Refused."""
        item = self._items.get(code)
        return item if item is not None and ticked(self.known.get(code)) else asked_item(item, code, self.school)

    def _apart(self) -> AbstractContextManager[Any]:
        """So that one tick can fail without the others, where they are not written together."""
        return nullcontext() if self._together else self.session.begin_nested()

    def _insert(self, item: ChecklistItem, values: dict[str, Any], own: dict[str, Any]) -> Answer:
        """A first tick; when another was quicker, the database refuses the second and that one is told."""
        try:
            with self._apart():
                return add(self.session, self.inspection, item, values, own)
        except records.Refused as refused:
            other = answer_to(self.session, self.inspection, item.code) if "" in refused.errors else None
            if other is None:
                raise
            if _same(other, values):
                return other
            raise AnswerTaken(other) from refused

    def _update(self, known: Answer, values: dict[str, Any], own: dict[str, Any]) -> Answer:
        """A tick changed; when another was quicker in this very moment, that one is told."""
        try:
            with self._apart():
                return records.edit(self.session, known, values, known.version, own)
        except records.Conflict as late:
            self.session.refresh(known)
            raise AnswerTaken(known) from late

    def _begin(self) -> None:
        """The first tick begins the inspection; of two first ones it matters not whose."""
        if self.inspection.state != "planned":
            return
        try:
            with self._apart():
                records.edit(self.session, self.inspection, {}, own={"state": "open"})
        except records.Conflict:
            self.session.refresh(self.inspection)


def asked(session: Session, inspection: Inspection, school: School, codes: Collection[str]) -> Asked:
    """What ticks of these codes are held against."""
    items = items_of(session, inspection, codes)
    return Asked(inspection.template_id, items, figures_of(session, school, items))


def figures_of(session: Session, school: School, items: Iterable[ChecklistItem]) -> Figures:
    """The figures of now beside items, as they are kept with a tick."""
    return {code: freeze(session, made) for code, made in evidence.assess(session, school, items, clock.today()).items()}


def freeze(session: Session, made: Evidence) -> dict[str, Any]:
    """An evidence that was just made, as it is kept with a tick: JSON, the moment as ISO 8601 with its zone."""
    plain = ("name", "label", "version", "value", "unit", "numerator", "denominator", "percent", "level", "suggestion")
    rows = made.rows
    found = rows.found[: evidence.ROW_LIMIT] if rows and rows.found is not None else evidence.ids_of(session, made)
    return {**{key: getattr(made, key) for key in plain}, "text": made.sentence, "threshold": made.rule, "msgid": made.text,
            "params": dict(made.params), "at": made.asof.isoformat(), "entity": rows.entity if rows else None,
            "row_ids": list(found), "rows": rows.total if rows else 0}


def add(session: Session, inspection: Inspection, item: ChecklistItem, values: dict[str, Any], own: dict[str, Any]) -> Answer:
    """A tick of an item that has none; ``own`` as in records.add."""
    place = {"school": inspection.school_id, "inspection": inspection.id, "item": item.id}
    return records.add(session, Answer, {**place, **values}, own=own)


def answer_to(session: Session, inspection: Inspection, code: str) -> Answer | None:
    """The tick of an item of the checklist, by its code; None where there is none yet."""
    query = select(Answer).join(ChecklistItem, ChecklistItem.id == Answer.item_id)
    return session.scalars(query.where(Answer.inspection_id == inspection.id, ChecklistItem.code == code)).first()


def items_of(session: Session, inspection: Inspection, codes: Collection[str]) -> Sequence[ChecklistItem]:
    """The items of these codes that its checklist has."""
    return session.scalars(_items(), {"template": inspection.template_id, "codes": sorted(codes)}).all()


@cache
def _items() -> Any:
    query = select(ChecklistItem).join(ChecklistSection, ChecklistSection.id == ChecklistItem.section_id)
    return query.where(ChecklistSection.template_id == bindparam("template"), ChecklistItem.code.in_(bindparam("codes", expanding=True)))


def school_and_ticks(session: Session, inspection: Inspection, item_ids: Collection[int]) -> tuple[School | None, dict[int, Answer]]:
    """The school, and item id → tick; nothing where the inspection or its school is not the asker's.

    Read anew, whatever the session holds: another transaction may have ended since.
    """
    values = {"inspection": inspection.id, "items": sorted(item_ids)}
    found = session.execute(_ticks(), values, execution_options={"populate_existing": True}).all()
    return (found[0][0] if found else None), {answer.item_id: answer for _school, answer in found if answer is not None}


@cache
def _ticks() -> Any:
    ticked = (Answer.inspection_id == Inspection.id) & Answer.item_id.in_(bindparam("items", expanding=True))
    query = select(School, Answer).join(Inspection, Inspection.school_id == School.id).outerjoin(Answer, ticked)
    return query.where(Inspection.id == bindparam("inspection"))


def _checked(result: str, remark: str | None, reason: str | None) -> dict[str, Any]:
    """The tick with the rules of its fields applied."""
    fields = records.editable(Answer)
    given = {"result": result, "remark": remark, "reason": reason}
    if not result:
        raise records.Refused({"result": RuleError(_("请选择结果"))})
    checked, errors = {}, {}
    for key, value in given.items():
        try:
            checked[key] = records.check_value(fields[key], value)
        except RuleError as wrong:
            errors[key] = wrong
    if errors:
        raise records.Refused(errors)
    return checked


def _same(answer: Answer, values: Mapping[str, Any]) -> bool:
    return all(getattr(answer, key) == value for key, value in values.items())
