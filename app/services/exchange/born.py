"""Births, and what was done for children, at the moment of writing: since the plan was read somebody may have put the one right, or written the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.models.base import Entity
from app.models.children import Child
from app.models.rules import BORN, RuleError
from app.services import births, scope
from app.services.exchange.altered import Altered
from app.services.exchange.identity import asked
from app.services.exchange.plan import Plan


class Births:
    """What a plan would write of either; ``new``: places of its new rows."""

    def __init__(self, model: type[Entity], plan: Plan, new: Sequence[int], altered: Altered) -> None:
        self._model, self._new, self._altered = model, new, altered
        self._dated = bool(births.days_of(model))
        self._children = {*(plan.lines.value("child", i) for i in new), *altered.children()} if self._dated else set()
        self._later = altered.born_later()

    def lock(self, session: Session) -> None:
        """Hold the children before anything else is written (births.py)."""
        births.lock(session, self._children)
        births.lock(session, self._later, to_move=True)

    def wrong(self, session: Session, ids: Sequence[int]) -> Iterator[tuple[int, str, RuleError]]:
        """Place, field and what is wrong by now, once all is written; ``ids`` are those of the new rows."""
        with scope.everything(session):
            yield from self._too_early(session, {**dict(zip(ids, self._new, strict=True)), **dict(zip(self._altered.ids, self._altered.places, strict=True))})
            yield from self._too_late(session)

    def _too_early(self, session: Session, places: dict[int, int]) -> Iterator[tuple[int, str, RuleError]]:
        for row in self._broken(session, self._model, self._model.id, places) if self._dated else ():
            days = {key: getattr(row, key) for key in births.days_of(self._model)}
            said = self._model.problems({**days, BORN: row.birth_date})
            yield from ((places[row.row], key, RuleError(said[key])) for key in days if key in said)

    def _too_late(self, session: Session) -> Iterator[tuple[int, str, RuleError]]:
        first = dict[int, tuple[date, str]]()
        for model in births.done() if self._later else ():
            for row in self._broken(session, model, Child.id, self._later):
                days = [day for key in births.days_of(model) if (day := getattr(row, key))]
                first[row.child] = min(first.get(row.child, (date.max, "")), (min(days), model.__label__))
        yield from ((self._later[child], "birth_date", births.too_late(*said)) for child, said in first.items())

    @staticmethod
    def _broken(session: Session, model: type[Entity], column: Any, ids: Any) -> Iterator[Any]:
        return (row for query in asked(session, births.broken(model), column, ids) for row in session.execute(query))
