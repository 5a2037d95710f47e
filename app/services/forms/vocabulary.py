"""What the columns of a form may show, and what clerks call it: 儿童 · 姓名, 谈过心的人数 ÷ 留守儿童.

By the form's basis: the entity whose rows it lists, or the book of its figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.models import entities
from app.models.base import Entity, Field, fields_of
from app.models.children import Child, Guardian
from app.models.words import _
from app.services import choosing
from app.services.forms import family, figures, sources


class _Words(Mapping[str, str]):
    """A vocabulary that knows what can be filled, and lists of it what is near."""

    def __init__(self, basis: str) -> None:
        self.basis = basis

    def __len__(self) -> int:
        return sum(1 for _code in self)


class Figures(_Words):
    """The figures of a book, and their shares in its first."""

    def __getitem__(self, code: str) -> str:
        book = figures.BOOKS[self.basis]
        if code == figures.PLACE:
            return _("区域")
        one = figures.measure(book, code)
        if one is None:
            raise KeyError(code)
        return choosing.OVER.join(book.labels[key] for key in (one.key, one.of) if key)

    def __iter__(self) -> Iterator[str]:
        first, *others = figures.BOOKS[self.basis].labels
        return iter((figures.PLACE, first, *others, *(f"{key}/{first}" for key in others)))


class Sources(_Words):
    """The fields of an entity and those one link away; of a child also its people."""

    def __getitem__(self, code: str) -> str:
        try:
            sources.check(self.basis, code)
        except sources.UnknownSource as unknown:
            raise KeyError(code) from unknown
        role, _dot, key = code.partition(".")
        if code == sources.NUMBER:
            return _("序号")
        if self.basis == Child.__name__ and code in family.FACTS:
            return family.FACTS[code]
        if self.basis == Child.__name__ and role in family.ROLES:
            return choosing.WITHIN.join((family.ROLES[role], fields_of(Guardian)[key].label))
        return choosing.WITHIN.join(self._along(code))

    def _along(self, code: str) -> Iterator[str]:
        model = entities()[self.basis]
        for key in code.split("."):
            one = fields_of(model)[key]
            yield one.label
            model = entities()[str(one.target)] if one.target else model

    def __iter__(self) -> Iterator[str]:
        own = fields_of(entities()[self.basis])
        yield sources.NUMBER
        yield from (key for key, one in own.items() if _ends(one))
        if self.basis == Child.__name__:
            yield from family.FACTS
            yield from (f"{role}.{key}" for role in family.ROLES for key, one in fields_of(Guardian).items() if not one.target)
        for link in (one for one in own.values() if one.target):
            yield from (f"{link.key}.{key}" for key, one in _fields_behind(link).items() if _ends(one) and not (one.target and key in own))


class Order(Sources):
    """What rows are sorted by: names of fields, apart by a space; a name goes by its pinyin."""

    def __getitem__(self, code: str) -> str:
        return choosing.THEN.join(super(Order, self).__getitem__(part.replace("pinyin", "name")) for part in code.split())

    def __iter__(self) -> Iterator[str]:
        return iter(())


def _fields_behind(link: Field) -> Mapping[str, Field]:
    target: type[Entity] = entities()[str(link.target)]
    return fields_of(target)


def _ends(one: Field) -> bool:
    """Whether a source may end here: a linked row needs a name."""
    return not one.target or bool(entities()[one.target].__title__)


@choosing.vocabulary("source")
def of(basis: str) -> Mapping[str, str]:
    """Source → label, of a form with this basis."""
    return Figures(basis) if basis in figures.BOOKS else Sources(basis) if basis in entities() else {}


@choosing.vocabulary("order")
def order(basis: str) -> Mapping[str, str]:
    return Order(basis)
