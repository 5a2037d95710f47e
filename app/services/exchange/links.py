"""Links in sheets are names: a name told apart by its row's number where several bear it, and the way back."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Container
from functools import cached_property
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import entities
from app.models.base import Entity, Field, OfSchool
from app.models.rules import RuleError
from app.models.words import _
from app.services.sheet.text import compact
from app.services.values import parse

NUMBERED = re.compile(r"(.*\S)\s*[#＃]\s*(\d{1,9})")
UNKNOWN = _("找不到“%(name)s”，或不在您的管辖范围")


def marker(session: Session, target: str, at: int) -> Callable[[Any, Any], Any]:
    """(tuple with the linked id at ``at``, name) → the name; "name #id" where another visible row bears it too."""
    shared = shared_names(session, entities()[target])
    return lambda row, name: marked(row[at], name, shared)


def marked(row_id: Any, name: Any, shared: Container[str]) -> Any:
    """The name; "name #id" where it is one of the ``shared`` or could be taken for one that is so marked."""
    return f"{name} #{row_id}" if name in shared or (name and NUMBERED.fullmatch(str(name))) else name


def shared_names(session: Session, model: type[Entity]) -> set[str]:
    """What more than one visible row is called."""
    title = getattr(model, model.__title__)
    return set(session.scalars(select(title).group_by(title).having(func.count() > 1)))


class Names:
    """The visible rows of the linked entities by name: one query an entity and import."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._known: dict[str, _Known] = {}

    def known(self, target: str) -> _Known:
        if target not in self._known:
            self._known[target] = _Known(self.session, entities()[target])
        return self._known[target]

    def resolve(self, one: Field, raw: Any, school_id: int | None) -> int | None:
        """The id that a cell means. RuleError where there is none, or more than one.

        ``school_id``: the row's school, which narrows a link that the database ties to it.
        """
        text = parse(one, raw)
        if not text:
            return None
        known = self.known(one.target or "")
        found = known.find(text)
        if one.same_school and school_id is not None:
            found = [row_id for row_id in found if known.school.get(row_id, school_id) == school_id]
        if not found:
            raise RuleError(UNKNOWN, name=text[:30])
        if len(found) > 1:
            raise RuleError(_("有 %(count)s 个“%(name)s”，请写成“%(name)s #系统编号”，编号见导出的表格"), count=len(found), name=text[:30])
        return found[0]


class _Known:
    """Name → ids, of one entity within the asker's scope."""

    def __init__(self, session: Session, model: type[Entity]) -> None:
        self.name: dict[int, str] = {}
        self.school: dict[int, int] = {}
        self.exact: dict[str, list[int]] = defaultdict(list)
        own = model.school_id if issubclass(model, OfSchool) else model.id
        for row_id, name, place in session.execute(select(model.id, getattr(model, model.__title__), own)):
            self.name[row_id] = name
            self.exact[name].append(row_id)
            if issubclass(model, OfSchool):
                self.school[row_id] = place

    @cached_property
    def loose(self) -> dict[str, list[int]]:
        """By the name whatever spaces and widths; made only when a cell is written otherwise than the name."""
        found: dict[str, list[int]] = defaultdict(list)
        for name, ids in self.exact.items():
            found[compact(name)] += ids
        return found

    def find(self, text: str) -> list[int]:
        """By number if the name fits it, by the exact name, by the name whatever spaces and widths."""
        numbered = NUMBERED.fullmatch(text)
        if numbered and compact(self.name.get(int(numbered[2]), "")) == compact(numbered[1]):
            return [int(numbered[2])]
        return self.exact.get(text) or self.loose.get(compact(text), [])
