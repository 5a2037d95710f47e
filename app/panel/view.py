"""How an entity is shown: one declaration, and list, record, forms, trash, history follow from it.

Subclasses say model and columns, a few lines each (app/views/). The framework makes the routes, the
permissions (``can_read on Talk``) and the place in the application; the pages are made here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from flask import abort, redirect, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.base import Entity, OfChild, fields_of
from app.panel import editing, pages, tracing
from app.panel.address import whole
from app.panel.pills import Maker
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS
from app.services import masks, records

Group = tuple[str | None, Sequence[str]]


class PanelView(BaseView):
    """Base of all entity views."""

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
    bulk: ClassVar[Sequence[str]] = ("delete",)
    defaults: ClassVar[Mapping[str, Callable[[], Any]]] = {}  # field → what a new record usually has
    pills: ClassVar[Mapping[str, Maker]] = {}  # field → level of its value
    shortcut: ClassVar[tuple[str, str, Mapping[str, Any]] | None] = None  # a faster way to add: label, endpoint, its arguments
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

    def form_keys(self) -> tuple[str, ...]:
        """Fields of the form: the editable ones, without what the asker's place says already."""
        hidden = {"school"} if asker().school_id is not None or issubclass(self.model, OfChild) else set()
        editable = records.editable(self.model)
        return tuple(key for key in self.columns if key in editable and key not in hidden)

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

    def may_change(self, row: Any) -> bool:
        """Whether this very row may be edited or deleted, beyond the role's verb."""
        return True

    def shape(self, form: Any) -> None:
        """Narrow the choices of a form before it is filled."""

    def make(self, values: Mapping[str, Any], token: str | None) -> Any:
        """A new row from a form or the API."""
        return records.add(db.session(), self.model, values, token)

    def change(self, row: Any, values: Mapping[str, Any], version: int) -> Any:
        """A changed row from a form or the API."""
        return records.edit(db.session(), row, values, version)

    def added(self, row: Any) -> str | Response:
        """Where a saved new form leads."""
        return editing.saved(self, row)

    def opened(self, row: Any) -> None:
        """What reading one record leaves behind."""

    def actions_of(self, row: Any) -> Sequence[Mapping[str, str]]:
        """More buttons of the record: label and url."""
        return ()

    # Pages ------------------------------------------------------------------------------
    @expose("/show/<int:pk>")
    @has_access
    @permission_name("read")
    def show(self, pk: int) -> str:
        row = self.row(pk)
        self.opened(row)
        return pages.show_page(self, row)

    @expose("/add", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def add(self) -> str | Response:
        return editing.add(self)

    @expose("/edit/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def edit(self, pk: int) -> Any:
        return editing.edit(self, pk)

    @expose("/delete/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("delete")
    def delete(self, pk: int) -> str | Response:
        return editing.delete(self, [self.row(pk)])

    @expose("/bulk", methods=["POST"])
    @has_access
    @permission_name("delete")
    def bulk_action(self) -> str | Response:
        if request.form.get("action") not in self.bulk:
            abort(400)
        ids = [pk for pk in map(whole, request.form.getlist("row")) if pk is not None]
        rows = [row for row in (records.find(db.session(), self.model, pk) for pk in ids) if row is not None]
        return editing.delete(self, rows) if rows else redirect(self.url("list"))

    @expose("/trash/", methods=["GET", "POST"])
    @has_access
    @permission_name("delete")
    def trash(self) -> str | Response:
        return tracing.trash(self)

    @expose("/history/<int:pk>")
    @has_access
    @permission_name("read")
    def history(self, pk: int) -> str:
        return tracing.history_page(self, self.row(pk))

    @expose("/history/<int:pk>/<int:change>", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def revert(self, pk: int, change: int) -> str | Response:
        return tracing.revert(self, self.row(pk), change)

    @expose("/reveal/<int:pk>/<key>", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def reveal(self, pk: int, key: str) -> str | Response:
        return tracing.reveal(self, self.row(pk), key)

    @expose("/list/")  # last, because its name hides the builtin from what follows
    @has_access
    @permission_name("read")
    def list(self) -> str:
        return pages.list_page(self)
