"""The groups of rows that many figures count over."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date, and_, or_, select, type_coerce

from app.models.care import Pairing
from app.models.children import Child, Guardian, ParentSpell
from app.models.org import School, Staff
from app.models.safety import ResponsibilityLetter
from app.models.words import _
from app.services.asking import Walked

NO_CHILDREN = _("学校没有在册的留守儿童")
KEY_GROUPS = ("needy", "disabled", "unguarded", "seriously_ill")
# Who should stand on the separate list (B12): said so, or by health and guardianship.
KEY = or_(Child.special_group.in_(KEY_GROUPS), Child.health == "disabled", Child.guard_rating == "none", Child.alone)


def on_file(school: School) -> tuple[Any, ...]:
    """Children whose file is open."""
    return Child.school_id == school.id, Child.file_state == "open"


def left_behind(school: School) -> tuple[Any, ...]:
    """Left-behind children whose file is open."""
    return *on_file(school), Child.left_behind != "0"


def staff_at_work(school: School) -> tuple[Any, ...]:
    return Staff.school_id == school.id, Staff.present


def up_to(day: Any, on: date) -> Any:
    """A last day for rows of several kinds. SQLite 3.40 skips such a bound of an index (its seek-scan), so it is kept off there."""
    return type_coerce(Walked(day), Date) <= on


def filled(column: Any) -> Any:
    """Whether a text column says something."""
    return and_(column.is_not(None), column != "")


def valid_letter(level: str, on: date) -> Any:
    """Letters of a level that hold on a day; the last day counts."""
    letter = ResponsibilityLetter
    return and_(letter.level == level, letter.signed_on <= on, letter.expires_on >= on)


def has_letter(level: str, on: date) -> Any:
    """Children with a letter that holds."""
    letter = ResponsibilityLetter
    return select(letter.id).where(letter.child_id == Child.id, valid_letter(level, on)).exists()


def has_phone_of(*ranks: str) -> Any:
    """Children with a guardian of one of these ranks whose phone is known."""
    return select(Guardian.id).where(Guardian.child_id == Child.id, Guardian.rank.in_(ranks),
                                     Guardian.phone_enc.is_not(None)).exists()


def in_force(on: date) -> Any:
    """Spells that hold on a day."""
    return and_(ParentSpell.since <= on, or_(ParentSpell.until.is_(None), ParentSpell.until >= on))


def spell_of(*where: Any) -> Any:
    """Children with such a spell of a parent."""
    return select(ParentSpell.id).where(ParentSpell.child_id == Child.id, *where).exists()


def running(on: date) -> Any:
    """Pairings that run on a day."""
    return and_(Pairing.started_on <= on, or_(Pairing.ended_on.is_(None), Pairing.ended_on >= on))
