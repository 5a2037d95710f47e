"""Rows of an entity as the database driver gives them, and what cells to make of them: for sheets of any length.

The statement goes through the session like every other, so that the scope's rule narrows it. What is left
out is what costs most: a row object a row, and a date object a cell. A value that repeats itself (a day, a code,
a link's id) is made into its cell once; few linked rows are read beforehand and not joined.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Float, String, Text, cast, null, select
from sqlalchemy.orm import Session, aliased

from app.models import crypto, entities
from app.models.base import Entity, Field, UtcDateTime, fields_of
from app.models.parameters import Parameters, told
from app.services import clock, masks, progress, withheld
from app.services.exchange.cells import ROW_ID
from app.services.exchange.links import marked, shared_names
from app.services.scope import Asker
from app.services.sheet.rows import Cell
from app.services.values import column_of

CHUNK = 1000  # rows the database hands over at a time
FEW = 20_000  # linked rows whose names are read beforehand: 3 MB


class Raw:
    """The fields ``keys`` of an entity, the row's number first, as ``asker`` may see them.

    ``cells`` say what to make of a row of ``chunks``, ``width`` how many values it has.
    """

    def __init__(self, session: Session, asker: Asker, model: type[Entity], keys: Sequence[str]) -> None:
        self._session, self._asker, self._model = session, asker, model
        self._columns: list[Any] = [model.id]
        self._joins: list[tuple[Any, Any]] = []
        self.cells = [Cell(column_of(ROW_ID), 0)]
        self.cells += [self._cell(fields_of(model)[key]) for key in keys]

    @property
    def width(self) -> int:
        return len(self._columns)

    def place(self, column: Any) -> int:
        """Read this column too; returns its place in a row."""
        self._columns.append(column)
        return len(self._columns) - 1

    def chunks(self, conditions: Sequence[Any], order: Sequence[Any]) -> Iterator[list[tuple[Any, ...]]]:
        """The rows, some at a time, those in scope alone."""
        statement = select(*self._columns).select_from(self._model).where(*conditions, *withheld.conditions(self._asker, self._model)).order_by(*order)
        for target, on in self._joins:
            statement = statement.outerjoin(target, on)
        result: Any = self._session.execute(statement, execution_options={"yield_per": CHUNK, "in_order": True})
        raw = result.raw  # the driver's rows beneath the ORM's, the one that is buffered beforehand included
        try:
            while found := raw.cursor_strategy.fetchmany(raw, raw.cursor, CHUNK):
                if len(found[0]) != self.width:
                    raise RuntimeError("a row has other columns than were asked for")
                yield found
                progress.tell(self._session, len(found))
        finally:
            result.close()

    def _cell(self, one: Field) -> Cell:
        column, own, depth = column_of(one), getattr(self._model, one.column), masks.level(self._asker, self._model, one)
        if depth == "hidden":
            return Cell(column, self.place(_filled(one, own)), read=lambda there: masks.DOTS if there else None)
        if one.secret:
            place = f"{self._model.__tablename__}.{one.key}"
            return Cell(column, self.place(own), open=_opener(place, depth), along=self.place(self._model.uid))
        if one.target:
            return self._linked(one, own)
        # JSON as its text: PostgreSQL's driver would give an object, and a cell that is made once needs a key.
        return Cell(column, self.place(cast(own, Text) if isinstance(own.type, Parameters) else own), read=self._reader(own.type))

    def _reader(self, type_: Any) -> Callable[[Any], Any] | None:
        """What SQLAlchemy makes of the driver's value; of moments what the clock in Shanghai shows, without a zone."""
        dialect = self._session.get_bind(self._model).dialect
        if isinstance(type_, Parameters):
            return lambda raw: told(json.loads(raw) or {})  # "null" was kept for none once
        if isinstance(type_, Float):
            return None  # both drivers give numbers; the processor would ask for the column's type, which only a cursor knows
        read = type_.dialect_impl(dialect).result_processor(dialect, None)
        if isinstance(type_, UtcDateTime):
            return lambda raw: clock.local(read(raw)).replace(tzinfo=None)
        return read

    # Links ------------------------------------------------------------------------------
    def _linked(self, one: Field, own: Any) -> Cell:
        """A linked row is its name; out of scope it is nothing, unless the link is ``named``."""
        target, column = entities()[str(one.target)], column_of(one)
        told_apart = self._asker.may("import", self._model)
        many = self._session.scalar(select(target.id).offset(FEW).limit(1)) is not None
        if not (one.named or many):
            return Cell(column, self.place(own), read=self._names(target, told_apart).get)
        at, name = self.place(own), self._joined(one, target, own)
        if not told_apart:
            return Cell(column, name)
        shared = shared_names(self._session, target)
        return Cell(column, name, open=lambda said, row_id: marked(row_id, said, shared), along=at)

    def _names(self, target: type[Entity], told_apart: bool) -> dict[int, str]:
        """id → name of the visible rows."""
        names: dict[int, str] = dict(self._session.execute(select(target.id, getattr(target, target.__title__))).all())
        if told_apart:
            shared = {name for name, times in Counter(names.values()).items() if times > 1}
            names = {row_id: marked(row_id, name, shared) for row_id, name in names.items()}
        return names

    def _joined(self, one: Field, target: type[Entity], own: Any) -> int:
        linked: Any = target.__table__.alias() if one.named else aliased(target)  # the scope narrows no bare table
        columns = linked.c if one.named else linked
        self._joins.append((linked, columns.id == own))
        return self.place(getattr(columns, target.__title__))


def _filled(one: Field, own: Any) -> Any:
    """Whether there is anything, of a field that is hidden whole: it is not even read. Of what is no text not even that is told."""
    if one.secret:
        return own.is_not(None)
    return null() if one.target or one.choices or not isinstance(own.type, String) else own != ""


def _opener(place: str, depth: str) -> Callable[[Any, Any], str]:
    """(cipher, row's uid) → the text as far as it may be seen."""
    unseal, cover = crypto.opener(place), masks.cover
    return unseal if depth == "whole" else lambda sealed, uid: cover(unseal(sealed, uid), depth)
