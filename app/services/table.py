"""Rows of an entity as plain tuples: what lists, sheets and the API read from.

One statement, in which each link's name is a subquery by id; never ORM objects (five times slower). Joined, PostgreSQL
would read all rows that a link may point at before it sorts; so it looks up the names of the rows that it shows. A linked
row out of scope reads as nothing, because the scope's rule goes along; a link declared ``named`` tells its name.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Date, Select, String, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from app.models import crypto, entities
from app.models.base import Entity, Field, OfChild, fields_of
from app.models.by_row import ByRow
from app.models.children import Child
from app.services import choosing, masks
from app.services.scope import Asker
from app.services.values import text_of


def table_of(model: type[Entity], keys: Sequence[str]) -> Table:
    """The table of these columns, made once: its statement never changes."""
    return _table(model.__name__, tuple(keys))


@lru_cache(maxsize=256)
def _table(entity: str, keys: tuple[str, ...]) -> Table:
    return Table(entities()[entity], keys)


class Table:
    """The columns of an entity to read: ``statement`` gives tuples, ``cells`` makes texts of one."""

    def __init__(self, model: type[Entity], keys: Sequence[str]) -> None:
        self.model = model
        self.fields = [fields_of(model)[key] for key in keys]
        self.columns: list[Any] = [model.id, model.uid]
        for one in self.fields:
            self.columns += self._columns(one)
        self.statement: Select[Any] = select(*self.columns).select_from(model)

    def _columns(self, one: Field) -> list[Any]:
        own = getattr(self.model, one.column)
        if not one.target:
            if one.confided:
                return [own, getattr(self.model, _kind_of(self.model)[0])]
            return [own, self._basis(one.choices)] if isinstance(one.choices, ByRow) else [own]
        target = entities()[one.target]
        bare = one.named or _within(one, target)
        linked: Any = target.__table__.alias() if bare else aliased(target)  # the scope narrows no bare table
        return [own, _of_linked(linked.c if bare else linked, target.__title__, own)]

    def _basis(self, by: ByRow) -> Any:
        """The column that decides on the choices of a row."""
        link, _dot, key = by.column.rpartition(".")
        if not link:
            return getattr(self.model, key)
        above = fields_of(self.model)[link]
        return _of_linked(aliased(entities()[str(above.target)]), key, getattr(self.model, above.column))

    def values(self, asker: Asker) -> Callable[[Any], list[Any]]:
        """tuple → one value a field: typed, links as their name, secrets as this asker may see them."""
        readers = list(self._readers(asker))
        return lambda row: [read(row) for read in readers]

    def _readers(self, asker: Asker) -> Iterator[Callable[[Any], Any]]:
        at = 2
        for one in self.fields:
            depth = masks.level(asker, self.model, one)
            if depth == "whole" and masks.confided(asker, one):
                yield _confided(at, _kind_of(self.model)[1])
            else:
                yield _pick(at + 1 if one.target else at) if depth == "whole" and not one.secret else self._covered(one, at, depth)
            at += _width(one)

    def _covered(self, one: Field, at: int, depth: str) -> Callable[[Any], Any]:
        return _opener(f"{self.model.__tablename__}.{one.key}", at, depth) if one.secret else _withheld(one, at)

    def text_readers(self, asker: Asker, say: Callable[[str], str] = str) -> list[TextReader]:
        """How pages show each field; ``say`` puts coded words into the reader's language."""
        at, found = 2, []
        for one in self.fields:
            depth = masks.level(asker, self.model, one)
            if one.secret or depth != "whole":
                found.append(TextReader(None, self._covered(one, at, depth)))
            elif masks.confided(asker, one):
                found.append(TextReader(None, _confided(at, _kind_of(self.model)[1])))
            elif isinstance(one.choices, ByRow):
                found.append(TextReader(None, _chosen(one, at, say)))
            else:
                found.append(TextReader(at + bool(one.target), _worder(one, say)))  # a link's id stands before its name
            at += _width(one)
        return found

    def link_ids(self) -> dict[str, int]:
        """Field key → place of the linked row's id in the tuple."""
        found, at = {}, 2
        for one in self.fields:
            if one.target:
                found[one.key] = at
            at += _width(one)
        return found


def _of_linked(columns: Any, key: str, own: Any) -> Any:
    """A column of the row that ``own`` points at, NULL where there is none; ``columns`` are those of an alias."""
    return select(getattr(columns, key)).where(columns.id == own).scalar_subquery()


def _width(one: Field) -> int:
    """How many columns a field takes: a link its id and the name, what depends on the row its value and what decides."""
    return 2 if one.target or one.confided or isinstance(one.choices, ByRow) else 1


def _kind_of(model: type[Entity]) -> tuple[str, tuple[str, ...]]:
    """The column that says of a row whether it is withheld, and the codes by which it is."""
    (found,) = model.__withheld__.items()
    return found


def _confided(at: int, codes: Collection[str]) -> Callable[[Any], Any]:
    """A text that is covered in the rows of these kinds."""
    return lambda row: masks.DOTS if row[at] and row[at + 1] in codes else row[at]


def _chosen(one: Field, at: int, say: Callable[[str], str]) -> Callable[[Any], str]:
    """Value and what decides on its choices → its text."""
    return lambda row: choosing.said(choosing.choices(one, row[at + 1]).get(row[at], row[at] or ""), say)


def _within(one: Field, target: type[Entity]) -> bool:
    """Whether who sees a row may see what this link points at: the database keeps both in one school, and nothing but the school counts.

    That it is not deleted is seen to elsewhere: nothing that others lean on can be (services/parts.py).
    """
    return one.same_school and target is not Child and not issubclass(target, OfChild)


def _pick(at: int) -> Callable[[Any], Any]:
    return lambda row: row[at]


def _withheld(one: Field, at: int) -> Callable[[Any], Any]:
    """A text reads as covered; what has a type of its own reads as nothing."""
    if one.target or one.choices or not isinstance(one.type, String):
        return lambda row: None
    return lambda row: masks.DOTS if row[at] else None


def _opener(place: str, at: int, depth: str) -> Callable[[Any], Any]:
    """Unseal a cipher of the tuple; what is hidden whole is not even unsealed."""
    if depth == "hidden":
        return lambda row: masks.DOTS if row[at] is not None else None
    return lambda row: None if row[at] is None else masks.cover(crypto.unseal(row[at], place, row[1]), depth)


class TextReader(NamedTuple):
    """Makes the text of one field: of the value at place ``at``, or, without a place, of the whole tuple."""

    at: int | None
    text: Callable[[Any], str | None]

    def column(self, rows: Sequence[Any], made: Callable[[str], str]) -> list[str]:
        """``made`` of the text of each row; made once for equal values, of which a column has few."""
        if self.at is None:
            return [made(self.text(row) or "") for row in rows]
        known, at = _Once(lambda value: made(self.text(value) or "")), self.at
        return [known[row[at]] for row in rows]


class _Once(dict[Any, str]):
    """value → what is made of it, the first time that it is asked for."""

    def __init__(self, make: Callable[[Any], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: Any) -> str:
        made = self[value] = self._make(value)
        return made


def _worder(one: Field, say: Callable[[str], str]) -> Callable[[Any], str | None]:
    """Value of a field → its text."""
    if one.choices is not None or isinstance(one.type, Boolean):
        return lambda value: say(text) if (text := text_of(one, value)) else ""
    if isinstance(one.type, Date):
        return lambda value: value.isoformat() if value is not None else ""
    if one.target or isinstance(one.type, String):
        return lambda value: value
    return lambda value: text_of(one, value)


def names(session: Session, model: type[Entity], ids: Sequence[int]) -> dict[int, str]:
    """id → what the row is called, of those in scope."""
    title = getattr(model, model.__title__)
    return {row_id: str(name) for row_id, name in session.execute(select(model.id, title).where(model.id.in_(ids)))}


def seen(session: Session, wanted: Mapping[str, Collection[int]]) -> set[tuple[str, int]]:
    """(entity, id) of those of these rows that are in scope: entity → ids, all in one statement."""
    models = entities()
    asked = [select(literal(name).label("entity"), models[name].id.label("id")).where(models[name].id.in_(ids)) for name, ids in wanted.items() if ids]
    return {(name, row_id) for name, row_id in session.execute(asked[0] if len(asked) == 1 else union_all(*asked))} if asked else set()


def names_anywhere(session: Session, model: type[Entity], ids: Collection[int]) -> dict[int, str]:
    """The same of all rows, over the border and in the trash: only for links declared ``named``."""
    table: Any = model.__table__
    return {row_id: str(name) for row_id, name in session.execute(select(table.c.id, table.c[model.__title__]).where(table.c.id.in_(ids)))}


def linked_text(session: Session, row: Any, one: Field) -> str:
    """What the row of a link is called; nothing of one out of scope unless the link is ``named``."""
    value = getattr(row, one.key)
    if value is not None or not one.named:
        return text_of(one, value)
    row_id = getattr(row, one.column)
    return names_anywhere(session, entities()[str(one.target)], [row_id]).get(row_id, "") if row_id else ""
