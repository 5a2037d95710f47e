"""What an upload would change of the rows that are there, and where each row of it belongs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import null, or_, select

from app.models.base import Field, OfChild, OfSchool, fields_of
from app.models.care import Pairing
from app.models.children import Child
from app.models.org import Member
from app.models.rules import RuleError
from app.models.words import _
from app.services import belonging, births, clock, leaving, masks, pieces, records
from app.services.exchange.cells import ROW_ID, as_read, cells, filled, same
from app.services.exchange.checked import Linked, covered
from app.services.exchange.identity import asked, column_of
from app.services.exchange.links import UNKNOWN
from app.services.exchange.plan import Altered
from app.services.exchange.reader import SHOWN, Reader, told
from app.services.exchange.whole import Both, whole_rows
from app.services.sheet.grid import Once
from app.services.values import parse, text_of

CHUNK = 5_000  # ids in one IN list
NOT_YOURS = _("找不到这一项，或不在您的管辖范围")


def compare(reader: Reader) -> None:
    """Hold each line against the row that it means; the others are new."""
    lines = reader.lines
    new = reader.read_new()
    check_place(reader, new, [None] * len(new))
    reader.hold_together(new)
    wanted = [i for i in reader.everywhere if lines.row_id[i] is not None]
    rows = _rows(reader, [lines.row_id[i] or 0 for i in wanted])
    there = [i for i in wanted if lines.row_id[i] in rows]
    for i in wanted:
        if lines.row_id[i] not in rows:
            reader.complain(i, ROW_ID, RuleError(_("找不到这条记录，或不在您的管辖范围")))
    share = max(1, len(reader.fields) * CHUNK // max(1, len(there)))
    for places in pieces.some(there, CHUNK):
        _compare_some(reader, places, rows)
        reader.done.step(share)
    _hold_changed(reader)


def _compare_some(reader: Reader, places: list[int], rows: Mapping[int, Any]) -> None:
    lines, show = reader.lines, cells(reader.session, reader.who, reader.table)
    found = [rows[lines.row_id[i] or 0] for i in places]
    for i, row in zip(places, found, strict=True):
        lines.version[i], lines.school[i] = row[-2], row[-1] or lines.school[i]
    shown = dict(zip((ROW_ID.key, *(one.key for one in reader.table.fields)), zip(*map(show, found), strict=True), strict=True))
    links = reader.table.link_ids()
    for key in reader.written:
        _compare_column(reader, reader.fields[key], places, shown[key], [row[links[key]] for row in found] if key in links else None)
    _take_back(reader, places)
    _reopen(reader, places)
    check_place(reader, places, shown.get("school") or [None] * len(places))


def _compare_column(reader: Reader, one: Field, places: list[int], shown: Sequence[Any], ids: Sequence[Any] | None) -> None:
    """The cells of a field that say something else than the database."""
    lines, raws, known = reader.lines, reader.raws(one.key), {value: as_read(one, value) for value in set(shown)}
    before = [*map(known.__getitem__, shown)]
    silent = one.key == (reader.model.__released__ or ("",))[0]  # an empty cell there says no state: _take_back asks what the row is in
    other = [at for at, (i, old) in enumerate(zip(places, before, strict=True))
             if raws[i] != old and not (silent and raws[i] is None) and not same(raws[i], old) and not covered(raws[i])]
    parsed = Once(lambda old: _parsed(one, old))
    borne = _borne(reader, one, [places[at] for at in other if covered(shown[at])])
    for at, value in zip(other, reader.outcomes(one, [places[at] for at in other]), strict=True):
        i = places[at]
        if type(value) is RuleError:
            reader.complain(i, one, value)
        elif i in borne and reader.hashes.stored(one, [value]) == [borne[i]]:
            continue
        elif value != (ids[at] if ids is not None else parsed[before[at]]):
            lines.set(one.key, [i], [value])
            lines.changed.add(i)
            lines.altered[i].append(Altered(lines.at[i], one.label, _told(one, before[at], shown[at]), _told(one, raws[i], value)))


def _borne(reader: Reader, one: Field, places: Sequence[int]) -> dict[int, str | None]:
    """Place → keyed hash of what its row has, where that is shown covered: who may not see a number can say it all the same."""
    if not one.secret or not places:
        return {}
    row_ids = {reader.lines.row_id[i] or 0: i for i in places}
    query = select(reader.model.id, column_of(reader.model, one))
    return {row_ids[row_id]: kept for some in asked(reader.session, query, reader.model.id, row_ids.keys()) for row_id, kept in reader.session.execute(some)}


def _take_back(reader: Reader, places: Sequence[int]) -> None:
    """Who had left and stands in a roster that does not say in what state is there again, as somebody new would be; an empty cell says nothing.

    So is who goes to another school by it. A row that is meant by its 系统编号 is put right in what the sheet says, and in nothing else.
    """
    key, gone = reader.model.__released__ or ("", None)
    if not key or key not in filled(reader.model, list(reader.fields), reader.who):
        return
    one, lines, numbers, said, whole = fields_of(reader.model)[key], reader.lines, reader.raws(ROW_ID.key), reader.raws(key), _is_roster(reader)
    meant = {lines.row_id[i] or 0: i for i in places if numbers[i] is said[i] is None and (whole or lines.value("school", i) is not None)}
    query = select(reader.model.id).where(getattr(reader.model, key) == gone)
    for i in sorted(meant[row_id] for some in asked(reader.session, query, reader.model.id, meant.keys()) for row_id in reader.session.scalars(some)):
        lines.set(key, [i], [one.default])
        lines.changed.add(i)
        lines.altered[i].append(Altered(lines.at[i], one.label, text_of(one, gone), text_of(one, one.default)))


def _reopen(reader: Reader, places: Sequence[int]) -> None:
    """Where the sheet opens again what was settled, the name goes that was kept of who had left: a flush would see to it, the writer goes past it."""
    model, lines, fields = reader.model, reader.lines, fields_of(reader.model)
    if not (pairs := leaving.kept(model.__name__)):
        return
    keys, changed = [key for pair in pairs for key in pair], {lines.row_id[i] or 0: i for i in places if i in lines.changed}
    query = select(model.id, *(getattr(model, key) for key in keys)).where(or_(*(getattr(model, text).is_not(None) for text, _settled in pairs)))
    for row_id, *values in (row for some in asked(reader.session, query, model.id, changed) for row in reader.session.execute(some)):
        i, before = changed[row_id], dict(zip(keys, values, strict=True))
        for text in leaving.reopened(model, Both(lines[i].values, before).__getitem__):
            lines.set(text, [i], [None])
            lines.altered[i].append(Altered(lines.at[i], fields[text].label, masks.cover(before[text], masks.level(reader.who, model, fields[text])), ""))


def _is_roster(reader: Reader) -> bool:
    """Whether the sheet says all that somebody new needs; one with a number and a telephone is no list of who is there."""
    needed = {key for key, one in records.editable(reader.model).items() if one.required}
    return needed - ({"school"} if reader.who.school_id else set()) <= reader.header.at.keys()


def _rows(reader: Reader, ids: list[int]) -> dict[int, Any]:
    """id → tuple of the table, with version and school at its end."""
    wanted = sorted({row_id for row_id in ids if 0 < row_id < 2**31})
    place = reader.model.school_id if issubclass(reader.model, OfSchool) else null()
    statement, found = reader.table.statement.add_columns(reader.model.version, place), {}
    for some in asked(reader.session, statement, reader.model.id, wanted):
        found.update({row[0]: row for row in reader.session.execute(some)})
    return found


# Where it belongs ---------------------------------------------------------------------------
def check_place(reader: Reader, places: Sequence[int], shown: Sequence[Any]) -> None:
    """A school that is named beside a row must be the row's; a teacher's child stands in an own class."""
    one = reader.fields.get("school")
    if one is not None and one.key in reader.header.at and one.key not in reader.written:
        _check_schools(reader, one, places, shown)
    if reader.who.by_class and reader.model is Child:
        _check_classes(reader, places)


def _check_schools(reader: Reader, one: Field, places: Sequence[int], shown: Sequence[Any]) -> None:
    raws, schools = reader.raws(one.key), reader.lines.school
    asked = [i for i, name in zip(places, shown, strict=True) if raws[i] is not None and not (name and same(raws[i], name))]
    named = Linked(one, reader.names).within([raws[i] for i in asked], [None] * len(asked))
    for i, school_id in zip(asked, named, strict=True):
        if type(school_id) is RuleError:
            reader.complain(i, one, school_id)
        elif schools[i] is not None and school_id != schools[i]:
            reader.complain(i, one, RuleError(UNKNOWN, name=str(raws[i])[:30]))


def _check_classes(reader: Reader, places: Sequence[int]) -> None:
    lines, one = reader.lines, fields_of(Child)["school_class"]
    for i in places:
        if lines.row_id[i] is not None and "school_class" not in lines[i].values:
            continue
        mine = lines.value("school_class", i) in reader.who.class_ids or lines.row_id[i] in reader.who.paired_ids
        if not mine and not any(wrong.label == one.label for wrong in lines.wrong.get(i, ())):
            reader.complain(i, one, RuleError(NOT_YOURS))


# Changed rows as a whole --------------------------------------------------------------------
def _hold_changed(reader: Reader) -> None:
    """What a changed row must be as a whole: rules between its values, links within its school."""
    lines = reader.lines
    changed = [i for i in sorted(lines.changed) if i not in lines.wrong]
    moved = _moves(reader)
    if not (records.says(reader.model, "problems") or records.says(reader.model, "kept")):
        changed = [i for i in changed if lines.value("school", i) is not None] if moved else []
    for some in pieces.some(changed, CHUNK):
        kept = whole_rows(reader.session, reader.model, [lines.row_id[i] or 0 for i in some])
        wholes = {i: Both(lines[i].values, kept[lines.row_id[i] or 0]) for i in some}
        born = births.of(reader.session, reader.model, [whole.get("child") for whole in wholes.values()])
        _hold_births(reader, some, kept)
        for i, whole in wholes.items():
            reader.refuse(i, reader.model.problems(births.Beside(whole, born)))
            reader.refuse(i, records.held(reader.who, reader.model, partial(kept.__getitem__, lines.row_id[i] or 0), lines[i].values))
            if moved and i not in lines.wrong:
                for key, error in belonging.strangers(reader.session, reader.model, whole, kept=True).items():
                    reader.complain(i, fields_of(reader.model)[key], error)
    if moved:
        _tell_leaving(reader)


def _hold_births(reader: Reader, places: Sequence[int], kept: Mapping[int, Any]) -> None:
    """No child is born after what was done for it."""
    lines, places_of = reader.lines, {reader.lines.row_id[i] or 0: i for i in places if "birth_date" in reader.lines[i].values}
    changes = {row_id: (kept[row_id]["birth_date"], lines.value("birth_date", i)) for row_id, i in places_of.items()}
    for row_id, error in births.late(reader.session, reader.model, changes).items():
        reader.complain(places_of[row_id], fields_of(reader.model)["birth_date"], error)


def _tell_leaving(reader: Reader) -> None:
    """What hangs on rows that go to another school: it holds them, or lets go, which is told as a change of its own."""
    lines, session, model = reader.lines, reader.session, reader.model
    going = {lines.row_id[i] or 0: i for i in sorted(lines.changed) if i not in lines.wrong and lines.value("school", i) is not None}
    for row_id, error in leaving.holding(session, model, going).items():
        reader.complain(going.pop(row_id), fields_of(model)["school"], error)
    loosened = [(found.row_id, found.leaner, found.field, "") for found in leaving.leaners(session, model, going.keys()) if found.leaner.deleted_at is None]
    today, ended_on = clock.today().isoformat(), fields_of(Pairing)["ended_on"]
    loosened += [(pairing.staff_id, pairing, ended_on, today) for pairing in leaving.ending(session, model, going.keys())]
    active = fields_of(Member)["active"]
    loosened += [(member.staff_id or 0, member, active, text_of(active, False)) for member in leaving.accounts(session, model, going.keys())
                 if member.deleted_at is None]
    named = {row_id for row_id, *_rest in loosened}  # few of the thousands that may go
    rows = {row.id: row for some in asked(session, select(model), model.id, named) for row in session.scalars(some)}
    called = partial(masks.called, reader.who)
    for row_id, leaner, one, new in loosened:
        lines.altered[going[row_id]].append(Altered(lines.at[going[row_id]], one.label, f"{called(leaner)} · {called(rows[row_id])}", new))


def _parsed(one: Field, before: Any) -> Any:
    try:
        return parse(one, before)
    except RuleError:
        return before


def _told(one: Field, raw: Any, value: Any) -> str:
    """A value in words; links by the name that stands in the cell."""
    return told(one, raw) if one.secret or one.target else text_of(one, value)[:SHOWN]


def _moves(reader: Reader) -> bool:
    """Whether the upload may take rows to another school."""
    return "school" in reader.written and issubclass(reader.model, OfSchool) and not issubclass(reader.model, OfChild)
