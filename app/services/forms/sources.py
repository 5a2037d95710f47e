"""What a column of a form may show: a field, a field behind links, one of a child's people, a fact of its family.

Masks and scope are those of the asker: a field is covered as on its own page, a linked row out of sight reads as nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Float, Integer, Select, select
from sqlalchemy.orm import aliased

from app.models import crypto, entities
from app.models.base import Entity, Field, fields_of
from app.models.children import Child, Guardian
from app.services import clock, masks
from app.services.forms import family
from app.services.scope import Asker
from app.services.values import text_of

NUMBER = "#"  # numbers the rows
Read = Callable[[Any], Any]


class UnknownSource(ValueError):
    """There is nothing of that name to show."""


def field_of(model: type[Entity], source: str) -> tuple[tuple[str, ...], Field]:
    """The links that a source goes along, and the field at its end."""
    *links, key = source.split(".")
    for link in links:
        one = fields_of(model).get(link)
        if one is None or not one.target:
            raise UnknownSource(source)
        model = entities()[one.target]
    found = fields_of(model).get(key)
    if found is None or found.target and not entities()[found.target].__title__:
        raise UnknownSource(source)
    return tuple(links), found


def check(subject: str, source: str) -> None:
    """UnknownSource where rows of ``subject`` have nothing of that name."""
    role, _dot, key = source.partition(".")
    if source == NUMBER:
        return
    if subject == Child.__name__ and (source in family.FACTS or role in family.ROLES and key in fields_of(Guardian)):
        return
    field_of(entities()[subject], source)


def field_behind(subject: str, source: str) -> Field | None:
    """The field of a source, also of a child's people; None for what is no field."""
    role, _dot, key = source.partition(".")
    if source == NUMBER or source in family.FACTS:
        return None
    if subject == Child.__name__ and role in family.ROLES:
        return fields_of(Guardian).get(key)
    return field_of(entities()[subject], source)[1]


def numeric(subject: str, source: str) -> bool:
    """Whether a column holds amounts, which are summed; running numbers are not."""
    one = field_behind(subject, source)
    return one is not None and not one.target and not one.choices and isinstance(one.type, Integer | Float) and not isinstance(one.type, Boolean)


def fractional(subject: str, source: str) -> bool:
    """Whether a column holds amounts that are no whole numbers, as a score is."""
    return numeric(subject, source) and isinstance(getattr(field_behind(subject, source), "type", None), Float)


def addable(subject: str, source: str) -> bool:
    """Whether a column may have a total: not where it shows the amount of a linked row, which stands in each row that is linked to it."""
    return "." not in source or not numeric(subject, source)


class Rows:
    """The statement of a form's rows: id first, then what each source reads."""

    def __init__(self, asker: Asker, model: type[Entity], sources: Sequence[str]) -> None:
        self.asker, self.model = asker, model
        self.columns: list[Any] = [model.id]
        self.at: dict[Any, int] = {}
        self.rows: dict[tuple[str, ...], Any] = {(): model}
        self.joins: list[tuple[Any, Any]] = []
        self.readers = [self._reader(source) for source in sources]

    def statement(self) -> Select[Any]:
        found = select(*self.columns).select_from(self.model)
        for target, on in self.joins:
            found = found.outerjoin(target, on)
        return found

    def column(self, source: str) -> Any:
        """The mapped column of a source, to sort by; also of columns that are no fields, as a name's pinyin."""
        *links, key = source.split(".")
        return getattr(self._row(tuple(links)), key)

    def _row(self, links: tuple[str, ...]) -> Any:
        """The entity behind these links, joined once."""
        if links not in self.rows:
            above = self._row(links[:-1])
            one = fields_of(self._model(links[:-1]))[links[-1]]
            target = entities()[str(one.target)]
            linked = aliased(target)
            self.rows[links] = linked
            self.joins.append((linked, linked.id == getattr(above, one.column)))
        return self.rows[links]

    def _model(self, links: tuple[str, ...]) -> type[Entity]:
        model = self.model
        for link in links:
            model = entities()[str(fields_of(model)[link].target)]
        return model

    def _place(self, column: Any) -> int:
        """Where a column stands in the tuple; selected once."""
        key = (id(column.parent), column.key)
        if key not in self.at:
            self.at[key] = len(self.columns)
            self.columns.append(column)
        return self.at[key]

    def _reader(self, source: str) -> Read:
        links, one = field_of(self.model, source)
        model, row = self._model(links), self._row(links)
        if links and not self.asker.may("read", model):
            return lambda found: None
        if one.target:
            return self._name(links, one)
        at = self._place(getattr(row, one.column))
        depth = masks.level(self.asker, model, one)
        if one.secret:
            return opener(f"{model.__tablename__}.{one.key}", at, self._place(row.uid), depth)
        return (lambda found: None) if depth != "whole" else lambda found: plain(one, found[at])

    def _name(self, links: tuple[str, ...], one: Field) -> Read:
        """What the linked row is called: over the border only where the link tells so."""
        target = entities()[str(one.target)]
        if one.keeps:
            return self._kept(links, one, self._place(getattr(self._row((*links, one.key)), target.__title__)))
        if one.named:
            table: Any = target.__table__.alias()
            self.joins.append((table, table.c.id == getattr(self._row(links), one.column)))
            at = len(self.columns)
            self.columns.append(table.c[target.__title__])
            return lambda found: found[at]
        at = self._place(getattr(self._row((*links, one.key)), target.__title__))
        return lambda found: found[at]


    def _kept(self, links: tuple[str, ...], one: Field, at: int) -> Read:
        """Who was named, of what is settled: a register of years ago tells them, though they went to another school."""
        kept, settled = (self._reader(".".join((*links, key))) for key in one.keeps or ())
        return lambda found: found[at] or (kept(found) if settled(found) else None)


def opener(place: str, at: int, uid_at: int, depth: str) -> Read:
    """Unseals a cipher of the tuple as far as the depth allows."""
    if depth == "hidden":
        return lambda found: masks.DOTS if found[at] is not None else None
    return lambda found: None if found[at] is None else masks.cover(crypto.unseal(found[at], place, found[uid_at]), depth)


def plain(one: Field, value: Any) -> Any:
    """A value as a cell takes it: codes and yes or no in words, moments as the clock in China shows them."""
    if value is None or value == "":
        return None
    if one.choices or isinstance(one.type, Boolean):
        return text_of(one, value)
    return clock.local(value).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else value
