"""What the public is told of a campaign (督导条例 23: the report is made public): schools with their grades, counts and averages.

Nothing of a person stands in it, no remark, no photo, no school's single tick. How often an item was failed is told only where it counted in
some schools, so that no item that is about few children points at one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import codes
from app.models.campaign import Campaign, CampaignSchool
from app.models.inspection import ChecklistItem, ChecklistSection, ChecklistTemplate
from app.models.org import Area
from app.services import campaign_results
from app.services.campaign_results import ItemResult, Results, SchoolResult, mean

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
    """The report; ``final`` once the campaign is closed."""

    results: Results
    template: ChecklistTemplate
    office: str
    items_asked: int  # items of the checklist
    drawn: int  # schools drawn at random, of those planned
    average: float | None
    before: float | None  # the average of the campaign before
    sections: Mapping[str, float | None]
    strata: Sequence[Stratum]
    schools: Sequence[SchoolResult]  # by name: a place in a ranking is nobody's business outside
    items: Sequence[ItemResult]
    final: bool


def public(session: Session, campaign: Campaign) -> Public:
    """The report on a campaign that was found in scope, as far as its inspections are submitted."""
    told = campaign_results.results(session, campaign)
    asked = select(func.count(ChecklistItem.id)).join(ChecklistSection, ChecklistSection.id == ChecklistItem.section_id).where(
        ChecklistSection.template_id == campaign.template_id)
    drawn = select(func.count(CampaignSchool.id)).where(CampaignSchool.campaign_id == campaign.id, CampaignSchool.how == "drawn")
    name = select(Area.name).where(Area.id == campaign.area_id)
    template, office, items, schools = session.execute(
        select(ChecklistTemplate, name.scalar_subquery(), asked.scalar_subquery(), drawn.scalar_subquery()).where(
            ChecklistTemplate.id == campaign.template_id)).one()
    return Public(
        told, template, office, items, schools, average(one.score for one in told.schools),
        average(one.score for one in told.before.schools) if told.before is not None else None,
        {code: average(one.sections.get(code) for one in told.schools) for code in told.sections}, _strata(told),
        sorted(told.schools, key=lambda one: ([*codes.STRATUM, None].index(one.stratum), one.name)),
        [one for one in told.items if one.counted >= LEAST][:MOST_ITEMS],
        final=campaign.state == "closed")


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
