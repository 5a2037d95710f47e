"""What an entity's view declares and may refine; all that pages, forms and sheets need to know of it.

The routes stand above, in view.py, so that the pages can name what they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from flask import abort, flash, redirect, url_for
from flask_appbuilder import BaseView
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.base import Entity, OfChild, fields_of
from app.panel import loosened
from app.panel.pills import Maker
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS
from app.services import leaving, masks, reading, records, repeated

Group = tuple[str | None, Sequence[str]]


class Declared(BaseView):
    """An entity's view without its routes."""

    model: ClassVar[type[Entity]]
    columns: ClassVar[Sequence[str]]  # pages, sheets, API, in this order
    list_columns: ClassVar[Sequence[str]]
    filters: ClassVar[Sequence[str]] = ()  # fields with a code list, offered as chips
    marks: ClassVar[Mapping[str, tuple[str, Callable[[], Any]]]] = {}  # named conditions, offered as one more chip
    linked: ClassVar[Mapping[str, tuple[str, Callable[[], Any]]]] = {}  # named conditions that figures link to, offered by no chip
    orders: ClassVar[Mapping[str, str]] = {}  # field → indexed, never empty column that sorts it
    order: ClassVar[tuple[str, bool]] = ("id", True)  # default column, descending
    searched: ClassVar[Sequence[str]] = ()  # fields looked through by the quick search
    groups: ClassVar[Sequence[Group]] = ()  # headings of form and record; none: one group
    tabs: ClassVar[Sequence[str]] = ()  # entities shown below a record, by class name
    leaves: ClassVar[Mapping[str, str]] = {}  # more pages of a record, told among its tabs: name of the route → label
    bulk: ClassVar[Sequence[str]] = ("delete",)
    defaults: ClassVar[Mapping[str, Callable[[], Any]]] = {}  # field → what a new record usually has
    filled: ClassVar[Sequence[str]] = ()  # fields that every row has, and ``make`` fills where a new one says nothing of them
    pills: ClassVar[Mapping[str, Maker]] = {}  # field → level of its value
    shortcut: ClassVar[tuple[str, str, Mapping[str, Any]] | None] = None  # a faster way to add: label, endpoint, its arguments
    called_by: ClassVar[Sequence[str]] = ("child",)  # links that ``name_of`` reads
    apart: ClassVar[Sequence[str]] = ()  # columns that the record tells by ``more_of`` instead of a line
    empty_hint: ClassVar[str] = ""
    api_writes: ClassVar[bool] = True  # whether machines may add, change and delete too
    default_view = "list"

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "model" in cls.__dict__:
            cls.class_permission_name = cls.model.__name__
            cls.route_base = f"/{cls.model.__tablename__}"
            VIEWS[cls.model.__name__] = cls

    @cached_property
    def label(self) -> str:
        return self.model.__label__

    @property
    def title(self) -> str:
        return _(self.label)

    def url(self, name: str, **args: Any) -> str:
        return url_for(f"{self.endpoint}.{name}", **args)

    def may(self, verb: str) -> bool:
        return asker().may(verb, self.model)

    def row(self, pk: int, *, trash: bool = False) -> Any:
        """The row within the asker's scope, else 404."""
        return records.find(db.session(), self.model, pk, trash=trash) or abort(404)

    def opened(self, row: Any) -> Any:
        """The row, which is about to be shown: of a child's it is told who opened it from above the school."""
        reading.tell(db.session(), row)
        return row

    def parts_of(self, row: Any) -> Mapping[Entity, str]:
        """Parts of the record that have no page of their own, and what each is called: their changes stand in its history."""
        return {}

    def form_keys(self) -> tuple[str, ...]:
        """Fields of the form: the editable ones, without what the asker's place says already."""
        hidden = {"school"} if asker().school_id is not None or issubclass(self.model, OfChild) else set()
        editable = records.editable(self.model)
        return tuple(key for key in self.columns if key in editable and key not in hidden)

    def must_fill(self, key: str) -> bool:
        """Whether a new row needs a word on this field of the form."""
        return fields_of(self.model)[key].required and key not in self.filled

    def grouped(self, keys: Sequence[str]) -> list[tuple[str | None, list[str]]]:
        """The keys under the declared headings, in order; what no heading names comes first."""
        named = {key for _heading, group in self.groups for key in group}
        groups: list[tuple[str | None, list[str]]] = [(None, [key for key in keys if key not in named])]
        groups += [(heading, [key for key in group if key in keys]) for heading, group in self.groups]
        return [(heading, group) for heading, group in groups if group]

    def named(self, mark: str) -> tuple[str, Callable[[], Any]]:
        """Label and condition of a mark, offered or linked to."""
        return self.marks.get(mark) or self.linked[mark]

    # What a view may refine -------------------------------------------------------------
    def name_of(self, row: Any) -> str:
        """What the record's page is headed by."""
        if masks.nameless(asker(), self.model):
            return f"{self.title} {row.id}"
        child = getattr(row, "child", None) if "child" in fields_of(self.model) else None
        return f"{self.title} · {child}" if child is not None else str(row) if self.model.__title__ else f"{self.title} {row.id}"

    @classmethod
    def adds(cls) -> bool:
        """Whether its rows are made on a form at all; those of some follow from other work."""
        return "add" not in cls.exclude_route_methods

    def state_of(self, row: Any) -> list[dict[str, str]]:
        """Pills beside the name."""
        return []

    def missing_of(self, row: Any) -> list[str]:
        """Labels of what a complete record still lacks."""
        return []

    def links_of(self, row: Any) -> list[tuple[str, str]]:
        """Buttons of this record that lead to other pages: (label, address)."""
        return []

    def more_of(self, row: Any) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
        """Groups that the record shows below its fields: (heading, [(label, text)])."""
        return ()

    def shots_of(self, row: Any) -> tuple[str, Sequence[Mapping[str, Any]]]:
        """Heading and files (files.shown) of another row that the record shows beside its own."""
        return "", ()

    def may_change(self, row: Any) -> bool:
        """Whether this very row may be edited or deleted, beyond the role's verb."""
        return True

    def shape(self, form: Any) -> None:
        """Narrow the choices of a form before it is filled."""

    def written(self, values: Mapping[str, Any], row: Any = None) -> Mapping[str, Any]:
        """What is written of a row, or of a new one, where these values are given: by form or API, the first time and again."""
        return values

    def make(self, values: Mapping[str, Any], token: str | None) -> Any:
        """A new row from a form or the API."""
        return records.add(db.session(), self.model, self.written(values), token)

    def change(self, row: Any, values: Mapping[str, Any], version: int) -> Any:
        """A changed row from a form or the API."""
        return records.edit(db.session(), row, self.written(values, row), version)

    def stands(self, row: Any, values: Mapping[str, Any]) -> bool:
        """Whether a row says by now what a change would write, as after the same change that was sent before. What that left behind is told again."""
        said = bool(values) and repeated.stands(db.session(), row, self.written(values, row))  # what is written besides was not asked for
        if said:
            leaving.recall(db.session(), row)
        return said

    def added(self, row: Any) -> str | Response:
        """Where a saved new form leads."""
        return self.saved(row)

    def was_on(self, row: Any) -> str:
        """Where a deleted record is gone from, and its deletion leads back to; "" is its list."""
        return ""

    def saved(self, row: Any) -> Response:
        """Say so, and show the record."""
        flash(_("已保存。"), "success")
        loosened.tell()
        return redirect(self.url("show", pk=row.id))

    def actions_of(self, row: Any) -> Sequence[Mapping[str, str]]:
        """More buttons of the record: label and url."""
        return ()
