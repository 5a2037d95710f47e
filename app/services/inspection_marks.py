"""Which inspections are still to be made, as conditions that lists, counts, figures and rules share.

An inspection of a campaign that is over is never made: nothing can be ticked there any more. Asked of the tables, past the scope: a school
sees its own row of a campaign and not the campaign.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, select

from app.models.campaign import Campaign, CampaignSchool
from app.models.inspection import Inspection

CAMPAIGN: Any = Campaign.__table__.alias("over_campaign")
PLACE: Any = CampaignSchool.__table__.alias("over_place")


def over(inspection_id: Any) -> ColumnElement[bool]:
    """Whether the inspection of this id (a column) is of a closed campaign."""
    return _closed().where(PLACE.c.inspection_id == inspection_id).exists()


def _closed() -> Any:
    return select(PLACE.c.id).join(CAMPAIGN, CAMPAIGN.c.id == PLACE.c.campaign_id).where(CAMPAIGN.c.state == "closed", PLACE.c.deleted_at.is_(None))


def to_do() -> ColumnElement[bool]:
    """Inspections that are still to be made, or to be ended."""
    return (Inspection.state != "submitted") & ~over(Inspection.id)


def going() -> ColumnElement[bool]:
    """Schools' rows of campaigns that are not over."""
    return select(CAMPAIGN.c.id).where(CAMPAIGN.c.id == CampaignSchool.campaign_id, CAMPAIGN.c.state != "closed").exists()


def any_over(inspection_ids: Collection[int]) -> Any:
    """The statement that gives something where one of these inspections is of a closed campaign."""
    return _closed().where(PLACE.c.inspection_id.in_(inspection_ids)).limit(1)
