"""What a campaign came to: of one that is closed as it stood when it was closed, of any other as things stand; beside it the campaign before.

Everything is read within the scope of who asks, in a handful of statements whatever the number of schools.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import codes
from app.models.campaign import Campaign, CampaignSchool
from app.models.inspection import ChecklistTemplate, Inspection
from app.services import campaign_figures, campaign_kept, scope
from app.services.campaign_figures import Results


def results(session: Session, campaign: Campaign, branch: str = "", *, compared: bool = True) -> Results:
    """The results of a campaign that was found in scope, as far as its inspections are submitted.

    ``branch``: key of codes.BRANCH whose schools alone are told of; "" for all. ``compared`` False: of a campaign that another is held
    against, scores and sections alone.
    """
    kept = campaign_kept.read(session, campaign, branch) if campaign.state == "closed" else None
    return kept or _now(session, campaign, branch, compared=compared)


def freeze(session: Session, campaign: Campaign) -> None:
    """Keep what a campaign that is being closed came to, whole and by section of the bureau; the caller commits."""
    with scope.everything(session):
        campaign_kept.keep(session, {branch: _now(session, campaign, branch, compared=True) for branch in ("", *codes.BRANCH)})


def _now(session: Session, campaign: Campaign, branch: str, *, compared: bool) -> Results:
    told = campaign_figures.sum_up(session, campaign, branch, compared=compared)
    return replace(told, before=_before(session, campaign, branch)) if compared else told


def _before(session: Session, campaign: Campaign, branch: str) -> Results | None:
    """The results of the last campaign of the same area by the same checklist that began earlier and of which a school was inspected."""
    made = select(Inspection.id).join(CampaignSchool, CampaignSchool.inspection_id == Inspection.id).where(
        CampaignSchool.campaign_id == Campaign.id, Inspection.state == "submitted")
    query = select(Campaign).join(ChecklistTemplate, ChecklistTemplate.id == Campaign.template_id).where(
        Campaign.area_id == campaign.area_id, Campaign.starts_on < campaign.starts_on, Campaign.announced_on.is_not(None), made.exists(),
        ChecklistTemplate.code == select(ChecklistTemplate.code).where(ChecklistTemplate.id == campaign.template_id).scalar_subquery())
    last = session.scalars(query.order_by(Campaign.starts_on.desc(), Campaign.id.desc()).limit(1)).first()
    return replace(results(session, last, branch, compared=False), before=None) if last is not None else None
