"""What the public is told of a campaign (督导条例 23: the report is made public): schools with their grades, counts and averages.

Nothing of a person stands in it, no remark, no photo, no school's single tick. How often an item was failed is told only where it counted in
some schools, so that no item that is about few children points at one of them.

Two reports of one campaign, before and after one more school, would tell that school's score: what they say of all schools less what they said of all
but one. So there is one: it is made of what was kept at the closing (campaign_kept.py), and of a campaign that was opened again and closed once more it
tells the schools and their grades, and no average, count of findings or item any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import codes
from app.models.campaign import Campaign
from app.models.inspection import ChecklistItem, ChecklistSection, ChecklistTemplate
from app.services import campaign_results
from app.services.campaign_figures import ItemResult, Results, SchoolResult, mean

LEAST = 3  # schools in which an item must have counted, and of which an average tells no school's own score
MOST_ITEMS = 10


@dataclass(frozen=True)
class Stratum:
    """The schools of a stratum ("" where a school has none): how many, and their average score; None where it would tell a school's own."""

    key: str
    count: int
    average: float | None


@dataclass(frozen=True)
class Public:
    """The report. ``first``: of the first closing, with averages, items and findings; without them of a later one."""

    results: Results
    template: ChecklistTemplate
    items_asked: int  # items of the checklist
    average: float | None
    before: float | None  # the average of the campaign before
    sections: Mapping[str, float | None]
    strata: Sequence[Stratum]
    schools: Sequence[SchoolResult]  # by name: a place in a ranking is nobody's business outside
    items: Sequence[ItemResult]
    first: bool
    counts_findings: bool


def public(session: Session, campaign: Campaign) -> Public | None:
    """The report on a campaign that was found in scope; None before it is closed, and where nothing was kept at its closing."""
    told = campaign_results.results(session, campaign)
    if told.made_at is None:
        return None
    first = told.closing == 1
    asked = select(func.count(ChecklistItem.id)).join(ChecklistSection, ChecklistSection.id == ChecklistItem.section_id).where(
        ChecklistSection.template_id == campaign.template_id)
    template, items = session.execute(select(ChecklistTemplate, asked.scalar_subquery()).where(ChecklistTemplate.id == campaign.template_id)).one()
    averaged = told.schools if first else ()
    return Public(
        told, template, items, average(one.score for one in averaged),
        average(one.score for one in told.before.schools) if told.before is not None and first else None,
        {code: average(one.sections.get(code) for one in averaged) for code in told.sections},
        [one if first else replace(one, average=None) for one in _strata(told)],
        sorted(told.schools, key=lambda one: ([*codes.STRATUM, None].index(one.stratum), one.name)),
        [one for one in told.items if one.counted >= LEAST][:MOST_ITEMS] if first else [],
        first=first, counts_findings=first and len(told.schools) >= LEAST)


def average(found: Iterable[float | None]) -> float | None:
    """Of what is known; None of so few that it would tell a school's own."""
    known = [one for one in found if one is not None]
    return mean(known) if len(known) >= LEAST else None


def _strata(told: Results) -> list[Stratum]:
    """Where the strata without an average have few schools together, so that the whole less the others told theirs, one more goes without."""
    made = [Stratum(key or "", len(scores), average(scores)) for key in (*codes.STRATUM, None)
            if (scores := [one.score for one in told.schools if one.stratum == key])]
    hidden = sum(one.count for one in made if one.average is None)
    shown = sorted((one for one in made if one.average is not None), key=lambda one: one.count)
    return [replace(one, average=None) if 0 < hidden < LEAST and one is shown[0] else one for one in made] if shown else made
