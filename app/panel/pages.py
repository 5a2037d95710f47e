"""The list and the record of any entity: what the templates need, from the view's declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import Boolean, false, func, select

from app.extensions import db
from app.models import entities
from app.models.base import Field, OfSchool, fields_of
from app.models.by_row import ByRow
from app.models.letters import JOINT, Several
from app.panel import chips, files
from app.panel.address import Address
from app.panel.chips import choices_of
from app.panel.declared import Declared
from app.panel.rows import Column, Listed
from app.panel.security import asker
from app.panel.views_by_entity import VIEWS, url_of, view_of
from app.services import choosing, listing, masks, search
from app.services.forms import places
from app.services.table import Table, linked_text, table_of

TAB_ROWS = 50


def list_page(view: Declared) -> str:
    return render_template("panel/list.html", page=list_context(view, address_of(view)))


def address_of(view: Declared, args: Mapping[str, str] | None = None) -> Address:
    """What the request, or ``args``, ask of the list."""
    return asked_of(view, view.url("list"), request.args if args is None else args)


def asked_of(view: Declared, path: str, args: Mapping[str, str]) -> Address:
    """What ``args`` ask of the list; needs no request."""
    filters = {key: choices_of(fields_of(view.model)[key]) for key in view.filters}
    return Address.parse(path, args, filters, {**view.linked, **view.marks}, view.orders)


def worded(one: Field, text: str) -> str:
    """A coded word in the reader's language; what people typed stays as it is."""
    if isinstance(one.type, Several):
        return _(JOINT).join(_(word) for word in text.split(JOINT)) if text else text
    return choosing.said(text, _) if isinstance(one.choices, ByRow) else _(text) if text and choices_of(one) else text


def conditions(view: Declared, address: Address, most: int | None = None) -> list[Any]:
    """The SQL conditions of an address; export and list share them. ``most`` as in services/search.py."""
    found = []
    for key, code in address.filters:
        column = getattr(view.model, key)
        found.append(column.is_(code == "1") if isinstance(fields_of(view.model)[key].type, Boolean) else column == code)
    if address.mark:
        found.append(view.named(address.mark)[1]())
    if address.place and issubclass(view.model, OfSchool):
        place = places.find(db.session(), address.place)
        found.append(place.holds(view.model.school_id) if place is not None else false())
    if address.search:
        found.append(search.condition(asker(), view.model, address.search, list(view.searched), most))
    return found


def told(view: Declared, address: Address) -> str:
    """The filter in plain words, for the head of a workbook."""
    fields = fields_of(view.model)
    parts = [_(fields[key].label) + _("：") + _(choices_of(fields[key])[code]) for key, code in address.filters]
    parts += [_(view.named(address.mark)[0])] if address.mark else []
    parts += [name] if (name := _place_name(view, address)) else []
    parts += [_("查找：%(text)s", text=address.search)] if address.search else []
    return _("；").join(parts) or _("全部")


def _place_name(view: Declared, address: Address) -> str:
    place = places.find(db.session(), address.place) if address.place and issubclass(view.model, OfSchool) else None
    return place.name if place is not None else ""


def query_of(view: Declared, address: Address, most: int | None = None) -> listing.Query:
    column, descending = view.order
    if address.order:
        column, descending = view.orders[address.order], False
    if address.direction:
        descending = address.direction == "desc"
    return listing.Query(column, descending, conditions(view, address, most), address.after, address.before, address.size,
                         few=bool(address.search))


def list_context(view: Declared, address: Address) -> SimpleNamespace:
    """Everything that panel/list.html shows."""
    table = table_of(view.model, tuple(view.list_columns))
    page = listing.fetch(db.session(), table, query_of(view, address, search.MOST + 1))
    first = address.first if page.has_previous else 1
    return SimpleNamespace(
        title=view.title, count_text=_count_text(view, address, page), headings=_headings(view, address), rows=_rows(view, table, page.rows),
        search=address.search, search_hint=search_hint(view), chips=chips.bar(type(view), address, _place_name(view, address)),
        hidden=[pair for pair in address.pairs(page=False) if pair[0] != "q"],
        first=first, last=first + len(page.rows) - 1, **_neighbours(address, page, first), **_actions(view, address), long=page.count > listing.COUNT_LIMIT,
        empty_hint=_(view.empty_hint) if view.empty_hint and not address.pairs() else _("没有符合条件的记录。") if address.pairs() else "")


def count_text(count: int) -> str:
    return _("%(count)s 条", count=f"{count:,}") if count <= listing.COUNT_LIMIT else _("超过 %(count)s 条", count=f"{listing.COUNT_LIMIT:,}")


def _cut(view: Declared, address: Address, page: listing.Page) -> bool:
    """Whether a search found more than the page takes up. So few rows cannot be some of many, unless they were narrowed down."""
    some = address.filters or address.mark or address.place or page.count * search.KEYS_OF_ONE >= search.MOST
    return bool(address.search and some) and search.cut(db.session(), view.model, address.search, page.count)


def _count_text(view: Declared, address: Address, page: listing.Page) -> str:
    return _("至少 %(count)s 条，请多输入一个字", count=f"{page.count:,}") if _cut(view, address, page) else count_text(page.count)


def _neighbours(address: Address, page: listing.Page, first: int) -> dict[str, str | None]:
    rows = page.rows
    back = address.first_page() if first - address.size <= 1 else None
    before = back or Address(**{**address.__dict__, "after": None, "before": rows[0][0] if rows else None, "first": max(1, first - address.size)})
    after = Address(**{**address.__dict__, "before": None, "after": rows[-1][0] if rows else None, "first": first + len(rows)})
    return {"prev_url": before.url() if page.has_previous and rows else None, "next_url": after.url() if page.has_next and rows else None}


def _actions(view: Declared, address: Address) -> dict[str, Any]:
    bulk = [{"name": "delete", "label": _("删除所选"), "confirm": None}] if "delete" in view.bulk and view.may("delete") else []
    return {
        "add_url": view.url("add") if view.may("write") and view.adds() else None,
        "shortcut": {"label": _(view.shortcut[0]), "url": url_for(view.shortcut[1], **view.shortcut[2])}
        if view.shortcut and view.may("write") else None,
        "import_url": f"/sheets/{view.model.__tablename__}/import" if view.may("import") else None,
        "export_url": address.url(f"/sheets/{view.model.__tablename__}/export.xlsx", page=False) if view.may("export") else None,
        "trash_url": view.url("trash") if view.may("delete") and "trash" not in view.exclude_route_methods else None,
        "bulk": bulk, "bulk_url": view.url("bulk_action") if bulk else None}


def search_hint(view: Declared) -> str | None:
    names = {one.target for one in fields_of(view.model).values()} if "child" in fields_of(view.model) else set()
    if view.model.__name__ == "Child" or "Child" in names:
        return _("姓名、拼音首字母")
    shown = [one for one in map(fields_of(view.model).__getitem__, view.searched) if not masks.masked(asker(), view.model, one)]
    return _("、").join(_(one.label) for one in shown[:2]) or None


def _headings(view: Declared, address: Address) -> list[dict[str, Any]]:
    column, descending = (view.orders[address.order], address.direction == "desc") if address.order else view.order
    found = []
    for key in view.list_columns:
        one = fields_of(view.model)[key]
        sorts = view.orders.get(key)
        now = ("desc" if descending else "asc") if sorts and sorts == column else None
        turned = "asc" if now == "desc" else "desc" if now == "asc" else "asc"
        found.append({"label": _(one.label), "direction": now, "numeric": _numeric(one),
                      "url": address.first_page(order=key, direction=turned).url() if sorts else None})
    return found


def _numeric(one: Field) -> bool:
    return bool(one.type is not None and one.type.python_type in (int, float) and not one.choices) if one.type is not None and not one.target else False


def _rows(view: Declared, table: Table, rows: Any) -> Listed:
    who = asker()
    columns = [Column(read, view.pills[one.key]() if one.key in view.pills else None, masks.masked(who, table.model, one))
               for one, read in zip(table.fields, table.text_readers(who, _), strict=True)]
    return Listed(rows, columns, view.url("show", pk=0)[:-1])


# The record -----------------------------------------------------------------------------
def show_page(view: Declared, row: Any) -> str:
    tab = request.args.get("tab", "")
    page = record_context(view, row, tab)
    page.groups = None if page.related else [*_facts(view, row), *_more(view, row)]
    page.files = None if page.related else files.of_record(row)
    page.shots = ("", ()) if page.related else view.shots_of(row)
    return render_template("panel/show.html", page=page)


def record_context(view: Declared, row: Any, tab: str = "") -> SimpleNamespace:
    """Name, state, tabs and buttons of a record; shared by its pages."""
    changeable = view.may_change(row)
    shown = [entity for entity in view.tabs if asker().may("read", entity)]
    related = _related(view, row, tab) if tab in shown else None
    tabs = [{"label": _("资料"), "count": None, "url": view.url("show", pk=row.id), "on": not related and str(request.endpoint).endswith(".show")}]
    tabs += [{"label": _(entities()[entity].__label__), "count": count, "url": view.url("show", pk=row.id, tab=entity), "on": tab == entity}
             for entity, count in _counts_below(view, row, shown).items()]
    tabs[1:1] = [{"label": _(label), "count": None, "url": view.url(name, pk=row.id), "on": request.endpoint == f"{view.endpoint}.{name}"}
                 for name, label in view.leaves.items()]
    if "history" not in view.exclude_route_methods:
        tabs.append({"label": _("修改历史"), "count": None, "url": view.url("history", pk=row.id), "on": str(request.endpoint).endswith(".history")})
    return SimpleNamespace(
        title=view.name_of(row), pills=view.state_of(row), missing=view.missing_of(row), links=view.links_of(row), tabs=tabs, groups=None, related=related,
        edit_url=view.url("edit", pk=row.id) if view.may("write") and changeable else None,
        delete_url=view.url("delete", pk=row.id) if view.may("delete") and changeable else None,
        history_url=None, actions=view.actions_of(row), back_url=view.url("list"))


def _link_to(entity: str, target: str) -> Field:
    """The field of ``entity`` that points at ``target``."""
    return next(one for one in fields_of(entities()[entity]).values() if one.target == target)


def _below(view: Declared, row: Any, entity: str) -> Any:
    model = entities()[entity]
    return getattr(model, _link_to(entity, view.model.__name__).column) == row.id


def _counts_below(view: Declared, row: Any, shown: Sequence[str]) -> dict[str, int]:
    """Entity → its rows of this record, all in one statement."""
    counts = [select(func.count(entities()[entity].id)).where(_below(view, row, entity)).scalar_subquery() for entity in shown]
    return dict(zip(shown, db.session.execute(select(*counts)).one(), strict=True)) if counts else {}


def _related(view: Declared, row: Any, entity: str) -> SimpleNamespace:
    key = _link_to(entity, view.model.__name__).key
    found = short_list(entity, _below(view, row, entity), hidden=key)
    found.add_url = url_of(entity, "add", **{key: row.id}) if asker().may("write", entity) and VIEWS[entity].adds() else None
    return found


def short_list(entity: str, condition: Any, *, hidden: str = "", size: int = TAB_ROWS) -> SimpleNamespace:
    """The first rows of an entity that meet a condition, for the table of a tab or of the rows behind a figure."""
    other, instance = VIEWS[entity], view_of(entity)
    shown = [column for column in other.list_columns if column != hidden]
    table = table_of(other.model, shown)
    page = listing.fetch(db.session(), table, listing.Query(other.order[0], other.order[1], [condition], size=size))
    return SimpleNamespace(
        title=instance.title, count_text=count_text(page.count), rows=_rows(instance, table, page.rows), bulk=None,
        headings=[{"label": _(fields_of(other.model)[column].label), "url": None, "direction": None, "numeric": False} for column in shown],
        first=1 if page.rows else 0, last=len(page.rows), prev_url=None, next_url=None, empty_hint=_(other.empty_hint) if other.empty_hint else "",
        add_url=None)


def _facts(view: Declared, row: Any) -> list[tuple[str | None, list[dict[str, Any]]]]:
    return [(_(heading) if heading else None, [_fact(view, row, fields_of(view.model)[key]) for key in keys])
            for heading, keys in view.grouped([key for key in view.columns if key not in view.apart])]


def _fact(view: Declared, row: Any, one: Field) -> dict[str, Any]:
    who = asker()
    value = getattr(row, one.key)
    depth = masks.level_of(who, row, one)
    hidden = bool(value) and depth != "whole"
    if one.secret or hidden:
        text = masks.cover(value if one.secret else masks.DOTS, depth)
    else:
        text = linked_text(db.session(), row, one) if one.target else choosing.text(db.session(), row, one, value)
    linked = one.target and not hidden and value is not None and one.target in VIEWS and who.may("read", one.target)
    return {"label": _(one.label), "text": worded(one, text), "long": len(text) > 60,
            "reveal_url": view.url("reveal", pk=row.id, key=one.key) if hidden and masks.may_reveal(who) else None,
            "url": url_of(str(one.target), "show", pk=value.id) if linked else None}


def _more(view: Declared, row: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    """What the view has to tell beside the declared fields."""
    return [(heading, [{"label": label, "text": text, "long": len(text) > 60 or len(label) > 20} for label, text in told])
            for heading, told in view.more_of(row)]

