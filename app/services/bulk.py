"""One list for every school or area at once: a workbook each in one zip, or a sheet each in one book.

Scope and masks are those of the asker; one line in the access log tells the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, BinaryIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.base import Entity, OfSchool
from app.models.org import Area, School
from app.models.words import _
from app.services import clock
from app.services.exchange.cells import keys_of
from app.services.exchange.raw import Raw
from app.services.exporting import allowed, log, subtitle
from app.services.scope import Asker
from app.services.sheet.body import Body, Chunk, Spool, bodies
from app.services.sheet.book import CREATOR, Press, Target, opened, part_name
from app.services.sheet.contents import NAME, write_contents
from app.services.sheet.errors import SheetError
from app.services.sheet.layout import MAX_ROWS
from app.services.sheet.mould import ABOVE, Leaf, Mould
from app.services.sheet.names import Once, numbered
from app.services.sheet.rows import Rows
from app.services.sheet.strings import Strings

_SAMPLE = 500  # rows looked at for columns that repeat themselves
MOST_SHEETS = 200  # of one book; nobody finds a sheet among more
TOO_MANY = _("共 %(count)s 个单位，一个工作簿最多放 %(most)s 张表，请改为打包下载（每个单位一个文件）。")

TOO_LONG = _("“%(name)s”的数据一张表放不下，请改为打包下载（每个单位一个文件）。")


@dataclass(frozen=True)
class Place:
    """A school, or an area with its schools."""

    name: str
    school_ids: tuple[int, ...]


@dataclass(frozen=True)
class Order:
    """What goes out: field keys, SQL conditions, the title, the filter in words; ``by`` "school" or the level of an area.

    ``school_ids`` are the schools that were chosen, of those in scope; without it all.
    """

    model: type[Entity]
    columns: Sequence[str]
    by: str = "school"
    conditions: Sequence[Any] = ()
    title: str = ""
    told: str = ""
    school_ids: Sequence[int] | None = None

    @property
    def heading(self) -> str:
        return self.title or self.model.__label__


def places(session: Session, order: Order) -> list[Place]:
    """The schools that the asker sees, in the order of their ids, or the areas of these schools by their code."""
    chosen = [] if order.school_ids is None else [School.id.in_(order.school_ids)]
    query = select(School.id, School.name, Area.path).join(Area, Area.id == School.area_id).where(*chosen)
    schools = session.execute(query.order_by(School.id)).all()
    if order.by == "school":
        return [Place(name, (school_id,)) for school_id, name, _path in schools]
    areas: dict[str, str] = dict(session.execute(select(Area.code, Area.name).where(Area.level == order.by)).all())
    found: dict[str, list[int]] = {}
    for school_id, _name, path in schools:
        code = next((code for code in path.split("/") if code in areas), "")
        found.setdefault(code, []).append(school_id)
    return [Place(areas.get(code, _("直属学校")), tuple(ids)) for code, ids in sorted(found.items())]


def write_zip(session: Session, asker: Asker, order: Order, target: BinaryIO) -> int:
    """A workbook for each place, packed into ``target`` as they are made (it need not seek); returns the rows.

    Ends the session's transaction. Forbidden without the verb.
    """
    raw, groups = _read(session, asker, order)
    names, stamp, rows = Once(numbered), clock.local(clock.now()).timetuple()[:6], 0
    with ZipFile(target, "w", ZIP_STORED) as package, closing(Press(raw.cells, raw.width, title=order.heading, sheet_name=order.heading)) as press:
        sample, groups = _looked(groups)
        press.learn(sample)
        for place, chunks in groups:
            entry = ZipInfo(names.name(f"{order.heading}-{place.name}") + ".xlsx", stamp)
            with package.open(entry, "w") as file:
                rows += press.write(file, chunks, lambda count, place=place: subtitle(asker, count, _told(order, place), order.model))  # type: ignore[arg-type, misc]
    log(session, order.model, order.columns, rows)
    return rows


def write_sheets(session: Session, asker: Asker, order: Order, target: Target) -> int:
    """A sheet for each place in one book, behind a page of contents; returns the rows. SheetError for too many places.

    Ends the session's transaction. Forbidden without the verb.
    """
    raw, groups = _read(session, asker, order)
    found = places(session, order)
    if len(found) > MOST_SHEETS:
        raise SheetError(TOO_MANY, count=len(found), most=MOST_SHEETS)
    names = Once(part_name)
    names.name(NAME)
    sheets = [names.name(place.name) for place in found]
    columns = [cell.column for cell in raw.cells]

    def mould(counts: Sequence[int]) -> Mould:
        lines = [(place.name, sheet, count) for place, sheet, count in zip(found, sheets, counts, strict=True)]
        leaves = [Leaf(sheet, f"{order.heading}　{place.name}", columns, at)
                  for at, (place, sheet) in enumerate(zip(found, sheets, strict=True))]
        head = subtitle(asker, sum(counts), order.told, order.model)
        return Mould(leaves, order.heading, CREATOR, lambda book: write_contents(book, order.heading, head, lines))

    with closing(Spool()) as spool:
        made = mould([0] * len(found))
        strings = Strings(made.first_string)
        sample, groups = _looked(groups)
        writer = Rows(raw.cells, made.styles() if found else [0] * len(columns), raw.width, strings, sample)
        filled = [_one(bodies(spool, writer.format, chunks, ABOVE, MAX_ROWS - ABOVE), place) for place, chunks in groups]
        counts = [body.rows for body in filled]
        with opened(target) as file:
            told = [subtitle(asker, count, _told(order, place), order.model) for place, count in zip(found, counts, strict=True)]
            mould(counts).write(file, told, filled, strings)
    log(session, order.model, order.columns, sum(counts))
    return sum(counts)


def _one(sheets: Sequence[Body], place: Place) -> Body:
    if len(sheets) > 1:
        raise SheetError(TOO_LONG, name=place.name)
    return sheets[0]


def _told(order: Order, place: Place) -> str:
    return f"{place.name}　{order.told or _('全部')}"


# Rows by place ------------------------------------------------------------------------
Groups = Iterator[tuple[Place, Iterable[Chunk]]]


def _read(session: Session, asker: Asker, order: Order) -> tuple[Raw, Groups]:
    """The table, and for each place its rows."""
    allowed(asker, order.model)
    if not issubclass(order.model, OfSchool):
        raise ValueError(f"{order.model.__name__} belongs to no school")
    raw, found = Raw(session, asker, order.model, keys_of(order.model, order.columns)), places(session, order)
    if order.by == "school":
        return raw, _by_school(raw, raw.place(order.model.school_id), order, found)
    return raw, ((place, raw.chunks([*order.conditions, order.model.school_id.in_(place.school_ids)], [order.model.id])) for place in found)


def _by_school(raw: Raw, at: int, order: Order, found: Sequence[Place]) -> Groups:
    """One statement for all, in the order of the schools; a school without rows gets none."""
    model: Any = order.model
    chosen = [] if order.school_ids is None else [model.school_id.in_(order.school_ids)]
    pieces = _pieces(raw.chunks([*order.conditions, *chosen], [model.school_id, model.id]), at)
    school, rows = next(pieces, (None, []))
    for place in found:
        chunks = []
        while school is not None and school <= place.school_ids[0]:
            if school == place.school_ids[0]:  # else its school lies in the trash
                chunks.append(rows)
            school, rows = next(pieces, (None, []))
        yield place, chunks


def _pieces(chunks: Iterable[Chunk], at: int) -> Iterator[tuple[int | None, Chunk]]:
    """The rows of one school each, as far as one chunk holds them."""
    for chunk in chunks:
        for school, rows in groupby(chunk, itemgetter(at)):
            yield school, list(rows)


def _looked(groups: Groups) -> tuple[Chunk, Groups]:
    """Some rows of the first places, and all groups."""
    seen: list[tuple[Place, Iterable[Chunk]]] = []
    sample: list[tuple[Any, ...]] = []
    for place, chunks in groups:
        parts = iter(chunks)
        first = next(parts, [])
        sample.extend(first)
        seen.append((place, chain([first], parts) if first else []))
        if len(sample) >= _SAMPLE:
            break
    return sample, chain(seen, groups)

