"""What an evidence is, and the register of the functions that compute one.

An evidence is the figure beside a tick: computed from the school's own records, judged against the
item's parameters, with the rows behind it. A function takes (place, parameters) and is a generator: it
yields what it reads (``tally``, ``look``, or several at once) and is sent what was found; a figure that
reads nothing is returned at once. So the figures of a sheet wait together, and their reads go out as one
statement (reads.py). These run on ORM entities, so that the scope of who asks applies.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select, true
from sqlalchemy.orm import Session

from app.models.base import Entity
from app.models.inspection import ChecklistItem
from app.models.org import School
from app.services import clock, scope
from app.services.alone import alone
from app.services.evidence.place import Place, placed
from app.services.evidence.reads import answers

ROW_LIMIT = 200  # rows frozen with a tick, or read at once
RECENT_DAYS = 30  # how far back daily records (meals, bus runs) are looked at


@dataclass(frozen=True)
class Rows:
    """The rows behind a figure, as a query of their ids that runs only when someone looks; ``found``: the ids, where they were read for the figure itself."""

    model: type[Entity]
    ids: Select[Any]
    total: int
    found: Sequence[int] | None = None

    @property
    def entity(self) -> str:
        return self.model.__name__


@dataclass(frozen=True)
class Evidence:
    """A figure and what it says.

    ``value`` is the number shown, in ``unit``; ``numerator`` of ``denominator`` where it is a part of a
    whole; ``percent`` 0–100. ``level`` is ok, warn, bad or none (no record at all); ``suggestion`` is
    pass, partly, fail or None (the records decide nothing). ``text`` and ``threshold`` are Chinese
    msgids whose places ``params`` fill.
    """

    text: str
    value: float | None = None
    unit: str = ""
    numerator: int | None = None
    denominator: int | None = None
    percent: float | None = None
    level: str = "none"
    suggestion: str | None = None
    threshold: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    rows: Rows | None = None
    asof: datetime = field(default_factory=clock.now)
    name: str = ""
    label: str = ""
    version: int = 1

    @property
    def sentence(self) -> str:
        return self.text % self.params

    @property
    def rule(self) -> str:
        """The threshold as a sentence."""
        return self.threshold % self.params if self.threshold else ""


Params = Mapping[str, Any]
Figure = Generator[Any, Any, Evidence]
Compute = Callable[[Place, Params], Figure | Evidence]


@dataclass(frozen=True)
class Source:
    """A registered function: its name, its label, the parameters it falls back on, and which version of the rule it is.

    The version rises whenever the same records would give another figure; what is frozen with a tick says it.
    """

    name: str
    label: str
    compute: Compute
    defaults: Mapping[str, Any]
    version: int


REGISTRY: dict[str, Source] = {}


def evidence(name: str, *, label: str, version: int = 1, **defaults: Any) -> Callable[[Compute], Compute]:
    """Register a function under the name that checklist items call it by."""

    def keep(compute: Compute) -> Compute:
        if name in REGISTRY:
            raise ValueError(f"evidence {name} is registered twice")
        REGISTRY[name] = Source(name, label, compute, defaults, version)
        return compute

    return keep


def compute(session: Session, school: School, name: str, on: date, params: Params | None = None) -> Evidence:
    """One figure of a school on a day; KeyError for an unknown name."""
    return _together(session, placed(session, school, on), {name: (REGISTRY[name], params or {})})[name]


def assess(session: Session, school: School, items: Iterable[ChecklistItem], on: date) -> dict[str, Evidence]:
    """Item code → evidence of the items that have one; empty for a school outside the asker's scope."""
    asked = {item.code: (REGISTRY[item.evidence], item.parameters or {}) for item in items if item.evidence in REGISTRY}
    at = placed(session, school, on) if asked else None
    if at is None or not at.seen:
        return {}
    with alone(session, school.id):
        return _together(session, at, asked)


def _together(session: Session, at: Place, asked: Mapping[str, tuple[Source, Params]]) -> dict[str, Evidence]:
    """The figures, side by side: what all of them wait for is read at once, until each has its evidence."""
    running = {key: source.compute(at, {**source.defaults, **params}) for key, (source, params) in asked.items()}
    made = {key: one for key, one in running.items() if isinstance(one, Evidence)}
    sent: dict[str, Any] = {key: None for key in running if key not in made}
    while sent:
        waiting = {}
        for key, found in sent.items():
            try:
                waiting[key] = running[key].send(found)  # type: ignore[union-attr]
            except StopIteration as done:
                made[key] = done.value
        sent = _answered(session, waiting)
    return {key: replace(made[key], name=source.name, label=source.label, version=source.version) for key, (source, _params) in asked.items()}


def _answered(session: Session, waiting: Mapping[str, Any]) -> dict[str, Any]:
    """What each figure asked for; a tuple of reads is answered with a list."""
    several = {key: reads if isinstance(reads, tuple) else (reads,) for key, reads in waiting.items()}
    found = iter(answers(session, [read for reads in several.values() for read in reads]))
    taken = {key: [next(found) for _read in reads] for key, reads in several.items()}
    return {key: told if isinstance(waiting[key], tuple) else told[0] for key, told in taken.items()}


def ids_of(session: Session, made: Evidence | None, limit: int = ROW_LIMIT) -> list[int]:
    """Ids of the rows behind a figure, at most ``limit``, within the scope of who asks."""
    if made is None or made.rows is None or not made.rows.total:
        return []
    return list(session.scalars(made.rows.ids.limit(limit)))


def rows_of(session: Session, made: Evidence | None, limit: int = ROW_LIMIT, after: int = 0) -> Sequence[Any]:
    """ORM rows behind a figure by id, those with an id above ``after``; none where the role may not read them."""
    if made is None or made.rows is None or not scope.asker(session).may("read", made.rows.model):
        return []
    return by_ids(session, made.rows.model, made.rows.ids, limit, after)


def by_ids(session: Session, model: type[Entity], ids: Select[Any] | Collection[int], limit: int = ROW_LIMIT,
           after: int = 0) -> Sequence[Any]:
    """ORM rows of a query of ids or of frozen ids, within the scope of who asks."""
    wanted = ids.order_by(None) if isinstance(ids, Select) else ids
    return session.scalars(select(model).where(model.id.in_(wanted), model.id > after).order_by(model.id).limit(limit)).all()


def ids(model: Any, *where: Any) -> Select[Any]:
    """A query of ids, in their order."""
    return select(model.id).where(*where).order_by(model.id)


def among(model: Any, found: Collection[int]) -> Rows:
    """Rows that were found one by one."""
    return Rows(model, ids(model, model.id.in_(found)), len(found), sorted(found))


def untrue(condition: Any) -> Any:
    """The opposite of a condition, where nothing known counts as untrue."""
    return condition.is_not(true())
