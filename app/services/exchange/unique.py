"""What must be there once: within a file, and against all rows, those over the border too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select

from app.models.base import Field, fields_of
from app.models.rules import RuleError
from app.models.words import _
from app.services import unique
from app.services.exchange.identity import NATURAL, asked, column_of, keys_of_rows
from app.services.exchange.plan import KEPT
from app.services.exchange.reader import Reader

DOUBLED = _("与第 %(row)s 行重复，请删去一行")


def refuse_doubles(reader: Reader) -> None:
    """Two rows of the file that mean the same one, or say the same."""
    seen: dict[Any, int] = {}
    said = {*reader.doubled}
    for i, (one, error) in reader.doubled.items():
        reader.complain(i, one, error)
    for marks in _marks(reader):
        if len(set(marks)) == len(marks):
            continue  # most often so, and quick
        seen.clear()
        for i, mark in enumerate(marks):
            if mark is not None and (first := seen.setdefault(mark, i)) != i and i not in said:
                said.add(i)
                reader.complain(i, None, RuleError(DOUBLED, row=reader.lines.at[first] + 1))


def _marks(reader: Reader) -> Iterator[Sequence[Any]]:
    """Of each row what no other row of the file may bear: its number, its keys, else all that it says. None: nothing."""
    lines = reader.lines
    yield [*lines.row_id]
    free = [row_id is None for row_id in lines.row_id]
    bare = {i for i in reader.everywhere if free[i]}
    for _keys, values in keys_of_rows(reader.model, _without_kept(reader), len(lines)):
        yield values if all(free) else [value if mine else None for value, mine in zip(values, free, strict=True)]
        bare = {i for i in bare if values[i] is None} if None in values else set()
    if bare:
        whole = [*zip(*lines.values.values(), strict=True)]
        yield [whole[i] if i in bare and whole[i].count(KEPT) < len(whole[i]) else None for i in reader.everywhere] if whole else []


def _without_kept(reader: Reader) -> dict[str, list[Any]]:
    """The columns of the natural keys, None where nothing is to be written."""
    keys = {key for group in NATURAL.get(reader.model.__name__, ()) for key in group}
    return {key: [None if value is KEPT else value for value in column] if KEPT in column else column
            for key, column in reader.lines.values.items() if key in keys}


def refuse_taken(reader: Reader) -> None:
    """Unique values that another row has, in the file or anywhere in the database; tells nothing of that row."""
    for one in reader.fields.values():
        if one.unique and one.key in reader.lines.values:
            _refuse_taken(reader, one)
    if reader.model.__released__:
        _refuse_reopened(reader)


def again(reader: Reader) -> None:
    """Ask the database once more what is taken."""
    reader.owners.forget()
    refuse_taken(reader)


def _refuse_taken(reader: Reader, one: Field) -> None:
    lines, values = reader.lines, reader.hashes.stored(one, reader.lines.values[one.key])
    first = dict(zip(reversed(values), range(len(values) - 1, -1, -1), strict=True))  # value → the place where it stands first
    filled = len(values) - values.count(None) if first.pop(None, None) is not None else len(values)
    for i in range(len(values)) if len(first) < filled else ():
        if values[i] is not None and first[values[i]] != i:
            reader.complain(i, one, RuleError(DOUBLED, row=lines.at[first[values[i]]] + 1))
    claimed = {value: i for value, i in first.items() if _claims(reader, i)} if reader.model.__released__ else first
    for value, owner in reader.owners.of(one, claimed.keys()).items():
        if owner != lines.row_id[claimed[value]]:
            reader.complain(claimed[value], one, RuleError(unique.TAKEN, label=one.label))
    released = {claimed[value]: holders for value, holders in reader.owners.released[one.key].items() if value in claimed}
    schools = {school or 0 for school in (*lines.school, *(holder.school_id for some in released.values() for holder in some))} if released else ()
    counties = unique.counties_of(reader.session, schools) if schools else {}
    for at, holders in released.items():
        others = [holder for holder in holders if holder.row_id != lines.row_id[at]]
        if why := unique.why_not(reader.session, one, others, lines.school[at], counties):
            reader.complain(at, one, why)


def _claims(reader: Reader, i: int) -> bool:
    """Whether the row at this place would keep its unique values for itself, as far as the file says."""
    key, gone = reader.model.__released__ or ("", None)
    return reader.lines.value(key, i) != gone


def _refuse_reopened(reader: Reader) -> None:
    """Rows that were released take up their numbers again: by then another row may bear them."""
    key, gone = reader.model.__released__ or ("", None)
    lines, fields = reader.lines, [one for one in fields_of(reader.model).values() if one.unique]
    back = {lines.row_id[i] or 0: i for i in lines.changed if lines.value(key, i) not in (None, gone)} if key in lines.values else {}
    query = select(reader.model.id, *(column_of(reader.model, one) for one in fields)).where(getattr(reader.model, key) == gone)
    found = [row for some in asked(reader.session, query, reader.model.id, back.keys()) for row in reader.session.execute(some)]
    for at, one in enumerate(fields, 1):
        owners = reader.owners.of(one, {row[at] for row in found} - {None})
        for row in found:
            if owners.get(row[at], row[0]) != row[0]:
                reader.complain(back[row[0]], reader.fields[key], RuleError(unique.TAKEN, label=one.label))
