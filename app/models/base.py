"""What an entity is made of: fields, links, secrets, and where a row belongs.

Label, hint, rule and kind of data are said here once, on the column; pages, forms, sheets,
the API, masks and the history read them from ``fields_of(model)``.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar

from flask_appbuilder import Model
from sqlalchemy import DateTime, ForeignKey, ForeignKeyConstraint, Integer, LargeBinary, String, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship
from sqlalchemy.types import TypeEngine

from app.models import clock, crypto
from app.models.words import _


class Kind(StrEnum):
    """Kind of data of a column: it decides masks, encryption, search, sorting and bulk export."""

    PUBLIC = "public"  # may stand on a notice board
    INTERNAL = "internal"  # for those at work
    PERSONAL = "personal"  # about one person: name, birth date, what was said; whatever is written freely and may name somebody
    SENSITIVE = "sensitive"  # numbers and addresses that find a person: encrypted, masked


PUBLIC, INTERNAL, PERSONAL, SENSITIVE = Kind.PUBLIC, Kind.INTERNAL, Kind.PERSONAL, Kind.SENSITIVE


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database. Naive values are refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Field:
    """One declared column, link or secret, as every other part of the house reads it."""

    key: str
    label: str
    kind: Kind
    type: TypeEngine[Any] | None = None
    rule: Callable[[Any], Any] | None = None
    hint: str = ""
    choices: Mapping[str, str] | None = dataclass_field(default=None, hash=False)
    target: str | None = None  # name of the linked entity
    same_school: bool = False  # a link that takes only rows of this row's school
    owned: bool = False  # a link to what this row belongs to: it goes to the trash and comes back with it
    among: Mapping[str, tuple[Any, ...]] | None = dataclass_field(default=None, hash=False)  # a link takes only rows with these values
    named: bool = False  # a link whose row's name is told to whoever sees this row, though that row lie over the border
    keeps: tuple[str, str] | None = None  # of a link: a text that keeps the name of who went to another school, and what is filled once that is settled
    secret: bool = False
    confided: bool = False  # a text that in a withheld row takes a permission of its own (roles.CONFIDED)
    unique: bool = False
    read_only: bool = False  # derived or set by the panel: shown, never in a form or an import
    required: bool = False
    default: Any = None

    @property
    def column(self) -> str:
        """Name of the mapped attribute that holds the value: a link's is its ``_id``."""
        return f"{self.key}_id" if self.target else f"{self.key}_enc" if self.secret else self.key


@dataclass
class _Mark:
    label: str
    kind: Kind
    options: dict[str, Any] = dataclass_field(default_factory=dict)


class _Link(_Mark):
    pass


class _Secret(_Mark):
    pass


def field(label: str, type_: Any, kind: Kind, *, rule: Any = None, hint: str = "",
          choices: Mapping[str, str] | None = None, read_only: bool = False,
          unique: bool = False, index: bool = False, default: Any = None, confided: bool = False) -> Any:
    """A typed column. Whether it must be filled is said by its annotation (``str | None``)."""
    said = {"label": label, "kind": kind, "rule": rule, "hint": hint, "choices": choices, "read_only": read_only, "unique": unique, "default": default,
            "confided": confided}
    return mapped_column(type_, info={"said": said}, index=index, default=default)


def link(label: str, target: str, *, kind: Kind = INTERNAL, hint: str = "", required: bool = True, same_school: bool = False,
         read_only: bool = False, owned: bool = False, among: Mapping[str, tuple[Any, ...]] | None = None, named: bool = False,
         keeps: tuple[str, str] | None = None) -> Any:
    """A reference to another entity (by class name): a foreign key column and its relationship.
    ``same_school`` makes the database itself refuse a row of another school: the key then is
    composite, (target id, own school) → (id, school of the target). ``owned`` says that the row is
    part of what it points at; a row that others only point at cannot be deleted while they do.
    ``among`` narrows the look-up and is enforced (column of the target → values); ``named`` tells the
    target's name, and nothing else of it, to whoever sees this row. ``keeps`` names the text that keeps the
    target's name where a ``same_school`` link is emptied because its row went to another school, and the field
    that is filled once the matter is settled: what was settled before keeps the name, which answers for the link.
    """
    return _Link(label, kind, {"target": target, "hint": hint, "required": required,
                               "same_school": same_school, "read_only": read_only, "owned": owned,
                               "among": among, "named": named, "keeps": keeps})


def secret(label: str, *, rule: Any = None, hint: str = "", unique: bool = False) -> Any:
    """A sensitive text: encrypted at rest and bound to its row, found only by its keyed hash."""
    return _Secret(label, SENSITIVE, {"rule": rule, "hint": hint, "unique": unique})


class SecretAttribute:
    """Reads and writes one encrypted text of a row; empty text is stored as nothing."""

    def __init__(self, table: str, key: str) -> None:
        self.key, self.place = key, f"{table}.{key}"

    def __get__(self, row: Any, owner: type) -> Any:
        if row is None:
            return self
        sealed = getattr(row, f"{self.key}_enc")
        return None if sealed is None else crypto.unseal(sealed, self.place, row.uid)

    def __set__(self, row: Any, value: str | None) -> None:
        if value == self.__get__(row, type(row)):
            return  # an unchanged text keeps its cipher, so that the history stays quiet
        if not row.uid:
            row.uid = new_uid()
        setattr(row, f"{self.key}_enc", crypto.seal(value, self.place, row.uid) if value else None)
        setattr(row, f"{self.key}_hash", crypto.digest(value, self.place) if value else None)


def new_uid() -> str:
    """The row's own random name: ciphers are bound to it."""
    return uuid.uuid4().hex


def utc_now() -> datetime:
    """Now, as the clock that tests can freeze says."""
    return clock.now()


def table_of(class_name: str) -> str:
    """The table of an entity by the house's naming: SchoolClass → school_class."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", class_name).lower()


class Entity(Model):
    """Base of everything declared. Subclasses say ``__tablename__``, ``__label__``, their fields."""

    __abstract__ = True
    __label__: str
    __fields__: dict[str, Field]
    __complete__: dict[str, Field]  # made by fields_of
    __title__: str = ""  # the field a row is called by
    __apart__: str = ""  # the field that tells rows of one name apart, where neither class nor school does
    __indexed__: tuple[str, ...] = ()  # links that an index of __table_args__ begins with, of all rows, so that they need none of their own
    __withheld__: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({})  # field → codes of rows that no bulk export takes beyond the school

    __released__: tuple[str, Any] | None = None  # field and its value by which a row gives up its unique values, to whoever registers them in another county

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), default=new_uid, insert_sentinel=True)  # tells new rows of one statement apart
    version: Mapped[int] = mapped_column(Integer, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, onupdate=utc_now)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def __init_subclass__(cls, **options: Any) -> None:
        if "__tablename__" in cls.__dict__:
            cls.__fields__ = {}
            constraints: list[Any] = []
            for key, value in _declared(cls):
                if isinstance(value, _Link):
                    constraints += _make_link(cls, key, value)
                elif isinstance(value, _Secret):
                    _make_secret(cls, key, value)
                elif "said" in getattr(getattr(value, "column", None), "info", {}):
                    said = value.column.info["said"]
                    cls.__fields__[key] = Field(key, type=value.column.type, **said)
            own = cls.__dict__.get("__table_args__", ())
            cls.__table_args__ = (*own, *_school_key(cls), *constraints)
        super().__init_subclass__(**options)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}

    @classmethod
    def problems(cls, values: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong between the values of one row (field key → message); rules look at one value each."""
        return {}

    @classmethod
    def kept(cls, before: Mapping[str, Any], after: Mapping[str, Any] | None) -> dict[str, str]:
        """Why a row may not change so, or (None) not be put away: field key ("" for the whole row) → message, empty where it may."""
        return {}

    def __str__(self) -> str:
        return str(getattr(self, self.__title__)) if self.__title__ else f"{self.__label__} {self.id}"


def _declared(cls: type) -> list[tuple[str, Any]]:
    """Marks of the class and of its plain mixins, in the order they were written."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if base is cls or getattr(base, "__mixin_fields__", False):
            found.update({k: v for k, v in vars(base).items() if not k.startswith("__")})
    return list(found.items())


def _make_link(cls: Any, key: str, mark: _Link) -> list[Any]:
    options = dict(mark.options)
    target, same_school = options["target"], options["same_school"]
    table, required = table_of(target), options["required"]
    single = () if same_school else (ForeignKey(f"{table}.id"),)
    setattr(cls, f"{key}_id", mapped_column(Integer, *single, nullable=not required, index=key not in cls.__indexed__))
    setattr(cls, key, relationship(
        target, primaryjoin=f"remote({target}.id) == foreign({cls.__name__}.{key}_id)"))
    cls.__fields__[key] = Field(key, mark.label, mark.kind, **options)
    if not same_school:
        return []
    return [ForeignKeyConstraint([f"{key}_id", "school_id"], [f"{table}.id", f"{table}.school_id"],
                                 onupdate="CASCADE", name=f"fk_{cls.__tablename__}_{key}_school")]


def _make_secret(cls: Any, key: str, mark: _Secret) -> None:
    setattr(cls, f"{key}_enc", mapped_column(LargeBinary, nullable=True))
    setattr(cls, f"{key}_hash", mapped_column(String(32), nullable=True, index=not mark.options["unique"]))
    setattr(cls, key, SecretAttribute(cls.__tablename__, key))
    cls.__fields__[key] = Field(key, mark.label, mark.kind, type=String(), secret=True, **mark.options)


class Scoped:
    """Rows that are seen by place; ``services/scope.py`` holds the one rule."""


class OfArea(Scoped):
    """Rows that hang on an area of the tree: an area sees its own and those below."""

    __mixin_fields__ = True
    area = link(_("所属区域"), "Area", kind=PUBLIC)


class OfSchool(Scoped):
    """Rows of one school. Each carries its own ``school_id``: one indexable condition, no join."""

    __mixin_fields__ = True
    school_id: Mapped[int] = mapped_column(Integer)  # stands for the link's column in conditions
    school = link(_("学校"), "School", kind=PUBLIC)


def _school_key(cls: Any) -> list[Any]:
    """So that composite keys of other tables can refer to (id, school_id)."""
    return [UniqueConstraint("id", "school_id", name=f"uq_{cls.__tablename__}_school")] if issubclass(cls, OfSchool) else []


class OfChild(OfSchool):
    """Rows of one child's file. The file moves with the child; the school that made it stays known."""

    __mixin_fields__ = True
    child_id: Mapped[int] = mapped_column(Integer)
    child = link(_("儿童"), "Child", kind=PERSONAL, same_school=True, owned=True)
    origin_school_id: Mapped[int | None] = mapped_column(Integer)


def fields_of(model: type[Entity]) -> dict[str, Field]:
    """The declared fields of an entity by key, with what the mapping adds: whether they must be filled."""
    if "__complete__" not in model.__dict__:
        model.__complete__ = {key: _complete(model, one) for key, one in model.__fields__.items()}
    return model.__complete__


def _complete(model: type[Entity], one: Field) -> Field:
    if one.target or one.secret:
        return one
    return replace(one, required=not model.__table__.c[one.column].nullable and one.default is None)
