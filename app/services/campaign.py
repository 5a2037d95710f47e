"""The steps of a campaign: draw, take the draw back, repeat it, close, open again.

The way a draw goes stands in services/draw.py, what may be changed when in services/campaign_rules.py.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.campaign import Campaign, CampaignSchool
from app.models.inspection import Finding, Inspection
from app.models.org import Area, School
from app.models.rules import RuleError, clean_text
from app.models.words import _
from app.services import campaign_results, clock, draw, history, records, scope
from app.services.campaign_plan import ON_THE_WAY
from app.services.campaign_rules import working
from app.services.draw import STRATA, Candidate, Drawn

SHORTEST_REASON = 4


class Eligible(NamedTuple):
    """A school that may be drawn."""

    school_id: int
    name: str
    lot: Candidate


@dataclass(frozen=True)
class Redraw:
    """A draw repeated from what is recorded of it. ``sound``: the list still has its check sum; ``same``: the same schools came out."""

    lots: list[Drawn]
    names: dict[str, str]  # by school code
    areas: dict[str, str]  # by area code
    sizes: dict[str, int]
    sound: bool
    same: bool
    joined: list[str]
    left: list[str]
    changed: list[str]

    @property
    def groups(self) -> list[tuple[str, str, int, int]]:
        """Area, stratum, eligible schools, drawn schools."""
        counts = Counter((one.school.area, one.school.stratum) for one in self.lots)
        return [(self.areas.get(area, area), stratum, count, min(count, self.sizes[stratum]))
                for (area, stratum), count in sorted(counts.items(), key=lambda pair: (pair[0][0], STRATA.index(pair[0][1])))]


def sizes(campaign: Campaign) -> dict[str, int]:
    """Stratum → how many schools an area."""
    return {stratum: getattr(campaign, stratum) for stratum in STRATA}


def eligible(session: Session, campaign: Campaign) -> list[Eligible]:
    """The schools of the campaign's area that are of a stratum, without those that were put in or left out, by code."""
    settled = select(CampaignSchool.school_id).where(CampaignSchool.campaign_id == campaign.id, CampaignSchool.how != "drawn")
    above = campaign.area.path
    query = select(School.id, School.name, School.code, School.type, Area.path).join(Area, Area.id == School.area_id).where(
        Area.path >= above, Area.path < above + "\uffff", School.id.not_in(settled)).order_by(School.code)
    return [Eligible(school_id, name, Candidate(code, draw.STRATUM_OF[kind], _unit(campaign, path)))
            for school_id, name, code, kind, path in session.execute(query) if kind in draw.STRATUM_OF]


def _unit(campaign: Campaign, path: str) -> str:
    """Code of the area over which the sizes are asked: the campaign's own, or the one right below it that holds the school."""
    below = path.removeprefix(campaign.area.path).partition("/")[0] if campaign.unit == "township" else ""
    return below or campaign.area.code


def make_draw(session: Session, campaign: Campaign) -> list[CampaignSchool]:
    """Draw the schools of a campaign that was found in scope; the caller commits. Refused where it was drawn or announced already."""
    _only_in(campaign, "draft", _("已经发出通知，不能再抽签"))
    if campaign.drawn_at is not None:
        raise records.Refused({"": RuleError(_("已经抽过签；要重抽请先撤销抽签"))})
    schools = {one.lot.code: one for one in eligible(session, campaign)}
    lots = [one.lot for one in schools.values()]
    seed = campaign.seed or secrets.token_hex(8)
    drawn = draw.draw(seed, lots, sizes(campaign))
    if not drawn:
        raise records.Refused({"": RuleError(_("没有可以抽的学校，请核对抽样区域和所数"))})
    own = {"drawn_at": clock.now(), "list_hash": draw.list_hash(lots), "drawn_from": [list(one) for one in sorted(lots)]}
    with working(session, campaign):
        records.edit(session, campaign, {"seed": seed}, own=own)
        with records.together(session):
            return [_drawn(session, campaign, schools[one.school.code].school_id, one) for one in drawn]


def _drawn(session: Session, campaign: Campaign, school_id: int, one: Drawn) -> CampaignSchool:
    place = {"school": school_id, "campaign": campaign.id, "how": "drawn"}
    return records.add(session, CampaignSchool, place, own={"stratum": one.school.stratum, "place": one.place})


def take_back(session: Session, campaign: Campaign, reason: str) -> None:
    """Undo a draw before the notice, for a reason that the history tells; the caller commits."""
    _only_in(campaign, "draft", _("已经发出通知，抽签不能再撤销"))
    told = _reason(reason)
    rows = session.scalars(select(CampaignSchool).where(CampaignSchool.campaign_id == campaign.id, CampaignSchool.how == "drawn")).all()
    with working(session, campaign), history.noted(session, campaign, {"note.undrawn": told}):
        records.edit(session, campaign, {}, own={"drawn_at": None, "list_hash": None, "drawn_from": None})
        if rows:
            records.delete(session, *rows)


def redraw(session: Session, campaign: Campaign) -> Redraw:
    """Repeat the draw of a campaign that was drawn, and say which schools came, went or changed since."""
    then = [Candidate(*one) for one in campaign.drawn_from or ()]
    now = {one.lot.code: one for one in eligible(session, campaign)}
    lots = draw.ranked(campaign.seed or "", then)
    wanted = sizes(campaign)
    again = {(one.school.code, one.place) for one in lots if one.place <= wanted[one.school.stratum]}
    query = select(School.code, CampaignSchool.place).join(School, School.id == CampaignSchool.school_id)
    kept = session.execute(query.where(CampaignSchool.campaign_id == campaign.id, CampaignSchool.how == "drawn"))
    known = {one.code: one for one in then}
    names, areas = _names(session, School, known), _names(session, Area, {one.area for one in then})
    return Redraw(
        lots, names, areas, wanted, sound=draw.list_hash(then) == campaign.list_hash, same=again == {tuple(row) for row in kept},
        joined=[one.name for code, one in now.items() if code not in known], left=[names.get(code, code) for code in known if code not in now],
        changed=[names.get(code, code) for code, one in known.items() if code in now and now[code].lot != one])


def _names(session: Session, model: Any, codes: Iterable[str]) -> dict[str, str]:
    """Code → name, of deleted ones too."""
    with scope.trash(session):
        found: Any = session.execute(select(model.code, model.name).where(model.code.in_([*codes]))).all()
    return dict(found)


def unmade(session: Session, campaign: Campaign) -> dict[CampaignSchool, str]:
    """The schools' rows of a campaign that was found in scope whose inspection is not submitted, with the school's name."""
    query = select(CampaignSchool, School.name).join(School, School.id == CampaignSchool.school_id)
    query = query.join(Inspection, Inspection.id == CampaignSchool.inspection_id)
    query = query.where(CampaignSchool.campaign_id == campaign.id, Inspection.state != "submitted").order_by(School.name)
    found: Any = session.execute(query.execution_options(populate_existing=True)).all()
    return dict(found)


def unaccounted(session: Session, campaign: Campaign) -> dict[CampaignSchool, str]:
    """Those of them of which nobody has said why."""
    return {place: name for place, name in unmade(session, campaign).items() if not place.unvisited}


def close(session: Session, campaign: Campaign, reason: str = "") -> None:
    """End a campaign: from then on it is read only, and what it came to is kept. The caller commits. Refused while a school waits for the word on an
    objection, and without a ``reason`` where a school was not inspected and its row tells none: that goes onto these rows and into the history.

    What is being ticked, checked or submitted in this moment ends first; what comes after is refused.
    """
    _hold_all(session, campaign)
    if campaign.state not in ON_THE_WAY:
        raise records.Refused({"": RuleError(_("只有已通知或检查中的行动可以结束"))})
    if waiting := _undecided(session, campaign):
        raise records.Refused({"": RuleError(_("还有 %(count)s 条申辩没有裁决，请先裁决，再结束行动"), count=waiting)})
    left = unaccounted(session, campaign)
    told = _reason(reason) if left else ""
    with working(session, campaign), history.noted(session, campaign, {"note.unvisited": told}) if left else nullcontext():
        for place in left:
            records.edit(session, place, {"unvisited": told})
        records.edit(session, campaign, {}, own={"state": "closed"})
    campaign_results.freeze(session, campaign)


def _hold_all(session: Session, campaign: Campaign) -> None:
    """Keep the inspections of a campaign as they are until the transaction ends, then the campaign: in the order in which ticks hold them."""
    places = select(CampaignSchool.inspection_id).where(CampaignSchool.campaign_id == campaign.id)
    with scope.everything(session):
        session.execute(select(Inspection.id).where(Inspection.id.in_(places)).order_by(Inspection.id).with_for_update(key_share=True))
    session.refresh(campaign, with_for_update={"key_share": True})


def _undecided(session: Session, campaign: Campaign) -> int:
    """Findings of a campaign to which the school objected, and the county has not said its word."""
    query = select(func.count(Finding.id)).join(CampaignSchool, CampaignSchool.inspection_id == Finding.inspection_id)
    return session.scalar(query.where(CampaignSchool.campaign_id == campaign.id, Finding.state == "objected")) or 0


def reopen(session: Session, campaign: Campaign, reason: str) -> None:
    """Open a closed campaign again, for a reason that the history tells; the caller commits."""
    _only_in(campaign, "closed", _("这次行动没有结束，不用重新打开"))
    told = _reason(reason)
    with working(session, campaign), history.noted(session, campaign, {"note.reopened": told}):
        records.edit(session, campaign, {}, own={"state": "running"})


def _only_in(campaign: Campaign, state: str, message: str) -> None:
    if campaign.state != state:
        raise records.Refused({"": RuleError(message)})


def _reason(text: str) -> str:
    """A reason of some letters; Refused under "reason" for anything less."""
    told = clean_text(text)[:200]
    if len(set(told)) < SHORTEST_REASON:
        raise records.Refused({"reason": RuleError(_("请写明理由，至少 %(least)s 个字"), least=SHORTEST_REASON)})
    return told
