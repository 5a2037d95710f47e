"""Versions of the checklist: a published one is never changed again; another is made from a copy.

Held on the session (``before_flush``), so that a page, the API and the command line obey alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import event, func, inspect, select
from sqlalchemy.orm import Session

from app.models.base import fields_of
from app.models.inspection import ChecklistItem, ChecklistSection, ChecklistTemplate
from app.models.org import School
from app.models.rules import RuleError
from app.models.words import _
from app.services import checklist_place, clock, records, scope
from app.services.conditions import CONDITIONS, applies
from app.services.evidence import REGISTRY

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
PARTS = ChecklistTemplate | ChecklistSection | ChecklistItem


def outline(session: Session, template_id: int) -> tuple[list[ChecklistSection], list[ChecklistItem]]:
    """The sections of a version in their order, and the items, section by section, in theirs."""
    query = select(ChecklistSection, ChecklistItem).outerjoin(ChecklistItem, ChecklistItem.section_id == ChecklistSection.id)
    order = (ChecklistSection.position, ChecklistSection.id, ChecklistItem.position, ChecklistItem.id)
    found = session.execute(query.where(ChecklistSection.template_id == template_id).order_by(*order)).all()
    return list(dict.fromkeys(section for section, _item in found)), [item for _section, item in found if item is not None]


def sections_of(session: Session, template_id: int) -> list[ChecklistSection]:
    """The sections of a version, in their order."""
    return outline(session, template_id)[0]


def items_of(session: Session, template_id: int) -> list[ChecklistItem]:
    """The items of a version, section by section, in their order."""
    return outline(session, template_id)[1]


def asked_item(item: ChecklistItem | None, code: str, school: School) -> ChecklistItem:
    """The item that a tick at this school is for; Refused where the version has none of this code, or the school is not asked it."""
    if item is None:
        raise records.Refused({"item": RuleError(_("清单里没有 %(code)s 这一条"), code=code)})
    if not applies(item, school):
        raise records.Refused({"item": RuleError(_("%(code)s 不适用于这所学校；学校资料有误请先更正"), code=code)})
    return item


def item_for(session: Session, template_id: int, code: str, school: School) -> ChecklistItem:
    """The same by its code alone."""
    query = select(ChecklistItem).join(ChecklistSection, ChecklistSection.id == ChecklistItem.section_id)
    found = session.scalars(query.where(ChecklistSection.template_id == template_id, ChecklistItem.code == code)).first()
    return asked_item(found, code, school)


def publish(session: Session, template: ChecklistTemplate) -> ChecklistTemplate:
    """Make a draft valid from today on. Refused names what an inspection could not work with."""
    problem = _problem(items_of(session, template.id))
    if template.state == "published" or problem:
        raise records.Refused({"": problem or RuleError(_("这份清单已经发布"))})
    session.info["publishing"] = template.id
    try:
        return records.edit(session, template, {}, own={"state": "published", "published_on": clock.today()})
    finally:
        session.info.pop("publishing")


def _problem(items: list[ChecklistItem]) -> RuleError | None:
    if not items:
        return RuleError(_("清单里还没有条目"))
    for item in items:
        if item.evidence and item.evidence not in REGISTRY:
            return RuleError(_("%(code)s 的系统算法不存在：%(name)s"), code=item.code, name=item.evidence)
        if item.applies_when and item.applies_when not in CONDITIONS:
            return RuleError(_("%(code)s 的适用条件不存在：%(name)s"), code=item.code, name=item.applies_when)
    code, times = Counter(item.code for item in items).most_common(1)[0]
    return RuleError(_("编号 %(code)s 用了两次"), code=code) if times > 1 else None


def new_version(session: Session, template: ChecklistTemplate, token: str | None = None) -> ChecklistTemplate:
    """The asker's own draft with the same sections and items, numbered after the last version of the code; a used token gives back the draft it made."""
    if token and (made := records.made_by(session, ChecklistTemplate, token)):
        return made
    if not checklist_place.copies(session, template):
        raise records.Refused({"": RuleError(checklist_place.NOT_YOURS)})
    with scope.trash(session), scope.everything(session):  # a number is given once, also by who is not seen from here
        last = session.scalar(select(func.max(ChecklistTemplate.number)).where(ChecklistTemplate.code == template.code))
    draft = _copy(session, template, token=token, number=(last or 0) + 1)
    with records.together(session):
        sections = {section.id: _copy(session, section, template=draft.id) for section in sections_of(session, template.id)}
    items = session.scalars(select(ChecklistItem).where(ChecklistItem.section_id.in_(sections))
                            .order_by(ChecklistItem.section_id, ChecklistItem.position, ChecklistItem.id)).all()
    with records.together(session):
        for item in items:
            _copy(session, item, section=sections[item.section_id].id, parameters=parameters_of(item))
    return draft


def _copy(session: Session, row: Any, token: str | None = None, **changed: Any) -> Any:
    values = {key: value for key, value in records.current(row).items() if not fields_of(type(row))[key].read_only}
    return records.add(session, type(row), {**values, **changed}, token)


def takes(evidence: str | None, own: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Which parameters an item has and what each is by itself: those of its function; without one, its own."""
    return REGISTRY[evidence].defaults if evidence in REGISTRY else own or {}


def parameters_of(item: ChecklistItem) -> dict[str, Any]:
    """What an item is measured with, said or by default; what its function does not know is left out."""
    own = item.parameters or {}
    return {name: own.get(name, default) for name, default in takes(item.evidence, own).items()}


def numbers_in(text: str | None) -> set[str]:
    """The numbers that a text says in digits."""
    return set(_NUMBER.findall(text or ""))


def contradicts(item: ChecklistItem) -> list[str]:
    """Names of the parameters that were changed while the text still says the number they have by default."""
    told, usual = numbers_in(item.text), takes(item.evidence, item.parameters)
    return [name for name, value in parameters_of(item).items() if str(usual[name]) in told and str(value) not in told]


@event.listens_for(Session, "before_flush")
def _hold(session: Session, *_args: Any) -> None:
    """Refuse any change to a published version and what hangs on it, and to another's."""
    touched = [row for row in (*session.new, *session.deleted, *session.dirty)
               if isinstance(row, PARTS) and (row not in session.dirty or session.is_modified(row))]
    if not touched:
        return
    with session.no_autoflush, scope.trash(session):
        versions = _versions(session, touched)
        checklist_place.hold(session, touched, versions)
        query = select(ChecklistTemplate.id).where(ChecklistTemplate.id.in_(versions), ChecklistTemplate.state == "published")
        if versions and session.scalars(query.limit(1)).first() or any(_published_unseen(session, row) for row in touched):
            raise records.Refused({"": RuleError(_("清单已经发布，不能再改；请复制为新版本"))})


def _versions(session: Session, rows: Iterable[Any]) -> set[int]:
    """Ids of the versions that rows hang on, before and after the change."""
    sections = {one for row in rows if isinstance(row, ChecklistItem) for one in _linked(row, "section")}
    found = {one for row in rows if isinstance(row, ChecklistSection) for one in _linked(row, "template")}
    found.update(row.id for row in rows if isinstance(row, ChecklistTemplate) and row.id)
    if sections:
        with scope.everything(session):
            found.update(session.scalars(select(ChecklistSection.template_id).where(ChecklistSection.id.in_(sections))))
    return found


def _linked(row: Any, key: str) -> list[int]:
    """Ids that a link points at and pointed at, whether it was set by id or by row."""
    attrs = inspect(row).attrs
    linked = [one.id for one in attrs[key].history.sum() if one is not None]
    return [value for value in (*attrs[f"{key}_id"].history.sum(), *linked) if value is not None]


def _published_unseen(session: Session, row: Any) -> bool:
    """Whether a row sets itself published past ``publish``."""
    if not isinstance(row, ChecklistTemplate) or not inspect(row).attrs.state.history.added:
        return False
    return row.state == "published" and (row.id is None or session.info.get("publishing") != row.id)
