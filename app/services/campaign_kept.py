"""The results of a closed campaign as they stood at its closing: registers, findings and letters go on, they do not.

A campaign that is opened again is reckoned anew until it is closed again, under the next number. Those that were closed before this was kept
(migration 0018) have none, and are reckoned as things stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.models.campaign import Campaign, CampaignSchool
from app.models.campaign_result import CAMPAIGN_RESULT
from app.models.inspection import Finding, FindingStep
from app.services import clock
from app.services.campaign_figures import ItemResult, Results, SchoolResult, Unmade
from app.services.findings import DECISIONS

KEPT = ("planned", "sections", "grades", "branches", "drawn", "office")  # as they are


def keep(session: Session, told: Mapping[str, Results]) -> None:
    """Keep the results of one campaign by section of the bureau; the caller commits."""
    campaign_id, now = told[""].campaign.id, clock.now()
    last = session.scalar(select(func.max(CAMPAIGN_RESULT.c.closing)).where(CAMPAIGN_RESULT.c.campaign_id == campaign_id)) or 0
    session.execute(insert(CAMPAIGN_RESULT), [
        {"campaign_id": campaign_id, "closing": last + 1, "branch": branch, "made_at": now, "figures": _plain(one)} for branch, one in told.items()])


def read(session: Session, campaign: Campaign, branch: str) -> Results | None:
    """What was kept at the last closing of a campaign that was found in scope; None where nothing was."""
    query = select(CAMPAIGN_RESULT).where(CAMPAIGN_RESULT.c.campaign_id == campaign.id, CAMPAIGN_RESULT.c.branch == branch)
    row = session.execute(query.order_by(CAMPAIGN_RESULT.c.closing.desc()).limit(1)).first()
    if row is None:
        return None
    before = row.figures["before"]
    last = session.get(Campaign, before["campaign"]) if before else None
    return Results(campaign, **_of(row.figures), made_at=row.made_at, closing=row.closing,
                   before=Results(last, **_of(before)) if last is not None else None)


def decided_since(session: Session, told: Results) -> int:
    """Objections that were decided after the closing, and so do not count in what was kept."""
    if told.made_at is None:
        return 0
    query = select(func.count(FindingStep.id)).join(Finding, Finding.id == FindingStep.finding_id).join(
        CampaignSchool, CampaignSchool.inspection_id == Finding.inspection_id)
    return session.scalar(query.where(CampaignSchool.campaign_id == told.campaign.id, FindingStep.kind.in_(DECISIONS), FindingStep.at > told.made_at)) or 0


def _plain(told: Results) -> dict[str, Any]:
    """As JSON; ``_of`` is the way back."""
    plain = {key: getattr(told, key) for key in KEPT}
    plain |= {"schools": [asdict(one) for one in told.schools], "items": [list(one) for one in told.items], "unmade": [list(one) for one in told.unmade]}
    return {**plain, "before": {**_plain(told.before), "campaign": told.before.campaign.id} if told.before is not None else None}


def _of(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {**{key: plain[key] for key in KEPT}, "schools": [SchoolResult(**one) for one in plain["schools"]],
            "items": [ItemResult(*one) for one in plain["items"]], "unmade": [Unmade(*one) for one in plain["unmade"]]}
