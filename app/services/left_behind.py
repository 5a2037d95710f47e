"""Who counts as left-behind: computed from where the parents were, never stored as a fact.

Sources: State Council 2016 no. 13 and
民发〔2016〕42号 (civil affairs), the indicators of the national student record
(education), and the custom of some counties (half a year).

Where the texts are silent the reading that protects the child holds:
- A parent who is dead or missing leaves nobody at home: beside a parent who is
  away that parent counts as away too, so the only parent of a child being away
  makes code 2. With nobody away the child is not left-behind but an orphan or
  without guardian, which other rules look after.
- A parent of whom nothing is recorded is not taken for away: `known` says so.
- An absence is as long as it was unbroken; a change of the place of work does
  not break it, a recorded stay at home does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from typing import NamedTuple, Protocol

from app.models.words import _
from app.services.clock import add_months, age_on

PARENTS = ("father", "mother")


class SpellLike(Protocol):
    """What is read of a spell: `since` to `until`, both days included; None = still so."""

    @property
    def parent(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def since(self) -> date: ...
    @property
    def until(self) -> date | None: ...
    @property
    def able(self) -> bool: ...


@dataclass(frozen=True)
class Spell:
    """Where one parent was (`codes.WHEREABOUTS`), for reckoning without a database."""

    parent: str
    state: str
    since: date
    until: date | None = None
    able: bool = True


class Standing(Enum):
    """What one parent is to the child on a day, in the eyes of one definition."""

    AWAY = auto()
    """Away for as long as the definition asks."""
    GONE = auto()
    """Dead or missing."""
    UNABLE = auto()
    """Not away long enough, but unable to act as guardian."""
    HOME = auto()
    UNKNOWN = auto()


@dataclass(frozen=True)
class Definition:
    """One way to count. `one_away_if`: what the other parent must be when only one is away."""

    label: str
    under_age: int | None = None
    rural_only: bool = False
    stages: frozenset[str] | None = None
    months: int = 0
    more_than: bool = False
    """Whether exactly `months` is too short ("over half a year")."""
    one_away_if: frozenset[Standing] = frozenset()


DEFINITIONS: dict[str, Definition] = {
    "civil_affairs": Definition(
        _("民政口径"), under_age=16, rural_only=True, one_away_if=frozenset({Standing.UNABLE})
    ),
    "education": Definition(
        _("教育口径"),
        stages=frozenset({"primary", "junior"}),
        months=3,
        one_away_if=frozenset({Standing.UNABLE, Standing.HOME, Standing.UNKNOWN}),
    ),
    "half_year": Definition(_("半年口径"), months=6, more_than=True),
}


class Status(NamedTuple):
    """`code` as in `codes.LEFT_BEHIND`: 0 no, 1 one parent away, 2 both. `known`: both are recorded."""

    code: int
    known: bool

    @property
    def left_behind(self) -> bool:
        return self.code > 0


def statuses(
    *, birth: date, on: date, rural: bool, stage: str, spells: Sequence[SpellLike],
    definitions: Mapping[str, Definition] = DEFINITIONS,
) -> dict[str, Status]:
    """The child's status by each definition on the day `on` (the cut-off date), side by side."""
    places, age = _whereabouts(spells, on), age_on(birth, on)
    return {key: _judge(definition, places, age, on, rural, stage) for key, definition in definitions.items()}


class _Whereabouts(NamedTuple):
    """What holds of one parent, whatever the definition: the spell in force, and since when unbroken away."""

    spell: SpellLike | None
    away_since: date | None


def _whereabouts(spells: Sequence[SpellLike], on: date) -> list[_Whereabouts]:
    """Of each parent, reckoned once for all definitions."""
    found = []
    for who in PARENTS:
        own = [s for s in spells if s.parent == who]
        spell = _in_force(own, on)
        away = spell is not None and spell.state == "away"
        found.append(_Whereabouts(spell, _away_since(own, on) if away else None))
    return found


def _judge(definition: Definition, places: list[_Whereabouts], age: int, on: date, rural: bool, stage: str) -> Status:
    standings = [_standing(definition, place, on) for place in places]
    known = Standing.UNKNOWN not in standings
    if not _covers(definition, age, rural, stage):
        return Status(0, known)
    return Status(_code(definition, standings), known)


def _covers(definition: Definition, age: int, rural: bool, stage: str) -> bool:
    return (
        age >= 0
        and (definition.under_age is None or age < definition.under_age)
        and (rural or not definition.rural_only)
        and (definition.stages is None or stage in definition.stages)
    )


def _code(definition: Definition, standings: list[Standing]) -> int:
    if Standing.AWAY not in standings:
        return 0
    one, other = standings
    if other is Standing.AWAY:
        one, other = other, one
    if other in (Standing.AWAY, Standing.GONE):
        return 2
    return 1 if other in definition.one_away_if else 0


def _standing(definition: Definition, place: _Whereabouts, on: date) -> Standing:
    """Standing of the parent who was there."""
    spell, away_since = place
    if spell is None:
        return Standing.UNKNOWN
    if spell.state in ("dead", "missing"):
        return Standing.GONE
    if away_since is not None and _long_enough(definition, away_since, on):
        return Standing.AWAY
    return Standing.HOME if spell.able else Standing.UNABLE


def _long_enough(definition: Definition, since: date, on: date) -> bool:
    reached = add_months(since, definition.months)
    return on > reached if definition.more_than else on >= reached


def _in_force(spells: Iterable[SpellLike], day: date) -> SpellLike | None:
    """The spell that holds on `day`: of several the one begun last, as the newest word."""
    holding = [s for s in spells if s.since <= day and (s.until is None or day <= s.until)]
    return max(holding, key=lambda s: (s.since, s.until or date.max), default=None)


def _away_since(spells: Sequence[SpellLike], on: date) -> date:
    """First day of the unbroken absence that holds on `on`: walks back over every change."""
    starts = {s.since for s in spells if s.since <= on}
    ends = {s.until + timedelta(1) for s in spells if s.until and s.until < on}
    since = on
    for day in sorted(starts | ends, reverse=True):
        spell = _in_force(spells, day)
        if spell is None or spell.state != "away":
            break
        since = day
    return since
