"""A child's people and where its parents are, for the forms: read for some hundred children at once.

Roles: the parents and grandparents by their relation, ``entrusted`` the guardian that the parents entrusted. Of one
who has died the official form wants "—" (its notes 4); a dead parent is known from the whereabouts too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.base import fields_of
from app.models.children import Guardian, ParentSpell
from app.models.codes import PARENT, RELATION
from app.models.words import _
from app.services import masks
from app.services.evidence.group import in_force
from app.services.scope import Asker
from app.services.values import text_of

GONE = "—"
RELATIONS = ("father", "mother", "grandfather", "grandmother", "maternal_grandfather", "maternal_grandmother")
ROLES = {**{role: RELATION[role] for role in RELATIONS}, "entrusted": _("委托监护人")}
ABSENT = ("away", "dead", "missing")
FACTS = {"family.both_away": _("父母双方外出"), "family.one_unable": _("一方外出、一方无监护能力"),
         "family.unable_parent": _("无监护能力的一方"), "family.entrusted": _("有委托监护人")}


class Families:
    """The people and whereabouts of some children."""

    def __init__(self, session: Session, asker: Asker, child_ids: Sequence[int], on: date) -> None:
        self.asker = asker
        self.people: dict[tuple[int, str], Guardian] = {}
        self.spells: dict[int, dict[str, ParentSpell]] = {}
        if asker.may("read", Guardian):
            for one in session.scalars(select(Guardian).where(Guardian.child_id.in_(child_ids)).order_by(Guardian.id)):
                for role in _roles(one):
                    self.people.setdefault((one.child_id, role), one)
        if asker.may("read", ParentSpell):
            query = select(ParentSpell).where(ParentSpell.child_id.in_(child_ids), in_force(on)).order_by(ParentSpell.since, ParentSpell.id)
            for spell in session.scalars(query):
                self.spells.setdefault(spell.child_id, {})[spell.parent] = spell  # of several the one begun last

    def value(self, child_id: int, source: str) -> Any:
        """What a source of one child says; None where nothing is known."""
        role, _dot, key = source.partition(".")
        if source in FACTS:
            return getattr(self, f"_{key}")(child_id)
        found, spell = self.people.get((child_id, role)), self.spells.get(child_id, {}).get(role)
        dead = found is not None and found.deceased or spell is not None and spell.state == "dead"
        if dead and (found is None or key != "name"):
            return GONE
        if key == "workplace" and spell is not None and spell.state == "away":
            return spell.where_to or (found.workplace if found is not None else None)
        return None if found is None else self._field(found, key)

    def _field(self, found: Guardian, key: str) -> Any:
        one = fields_of(Guardian)[key]
        depth = masks.level(self.asker, Guardian, one)
        value = getattr(found, key) if depth != "hidden" or not one.secret else masks.DOTS if getattr(found, f"{key}_hash") else None
        if one.secret:
            return masks.cover(value, depth) or None
        return None if depth != "whole" or value is None else text_of(one, value) if one.choices or isinstance(value, bool) else value

    def _states(self, child_id: int) -> list[str]:
        return [spell.state for spell in self.spells.get(child_id, {}).values()]

    def _both_away(self, child_id: int) -> bool | None:
        states = self._states(child_id)
        return None if len(states) < len(PARENT) else "away" in states and all(state in ABSENT for state in states)

    def _one_unable(self, child_id: int) -> bool | None:
        states = self._states(child_id)
        return None if len(states) < len(PARENT) else "away" in states and self._unable_parent(child_id) is not None

    def _unable_parent(self, child_id: int) -> str | None:
        return next((PARENT[parent] for parent, spell in self.spells.get(child_id, {}).items() if spell.state == "home" and not spell.able), None)

    def _entrusted(self, child_id: int) -> bool:
        return (child_id, "entrusted") in self.people


def _roles(one: Guardian) -> list[str]:
    """A grandmother who is the entrusted guardian stands in both places."""
    return [one.relation] * (one.relation in RELATIONS) + ["entrusted"] * (one.rank == "second")
