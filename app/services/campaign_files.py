"""The files of left-behind children that an inspection looks through: drawn with the notice, and drawn again to see that it was so."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.campaign import Campaign, CampaignSchool, DrawnChild
from app.models.children import Child
from app.services import draw, pieces, scope, work

Candidates = dict[int, dict[str, int]]  # school → uid → file


class Lot(NamedTuple):
    """A file by its own random name, with its lot and its place; beyond the size it is not drawn."""

    uid: str
    key: str
    place: int


@dataclass(frozen=True)
class Redraw:
    """The draw of a school's files repeated. ``sound``: the list still has its check sum; ``same``: the same files came out, by place.

    ``names``: of the drawn ones that lie in scope, by uid.
    """

    lots: list[Lot]
    size: int
    sound: bool
    same: bool
    names: dict[str, str]


def candidates(session: Session, rows: Iterable[CampaignSchool]) -> Candidates:
    """The open files of left-behind children of these schools."""
    found: Candidates = {row.school_id: {} for row in rows}
    with scope.everything(session):
        for some in pieces.some([*found]):
            query = select(Child.school_id, Child.uid, Child.id).where(Child.school_id.in_(some), *work.left_behind())
            for school_id, uid, child_id in session.execute(query):
                found[school_id][uid] = child_id
    return found


def keep(row: CampaignSchool, uids: Iterable[str]) -> None:
    """The list that a school's files are drawn from, so that anybody can draw them again."""
    row.files_from = sorted(uids)
    row.files_hash = draw.files_hash(row.files_from)


def all_kept(session: Session, campaign: Campaign) -> bool:
    """Whether the list of every school's files is kept; of a campaign that was announced before migration 0017 none is."""
    query = select(CampaignSchool.id).where(CampaignSchool.campaign_id == campaign.id, CampaignSchool.inspection_id.is_not(None))
    return session.scalar(query.where(CampaignSchool.files_hash.is_(None)).limit(1)) is None


def draw_for(session: Session, campaign: Campaign, rows: Iterable[CampaignSchool], found: Candidates) -> None:
    """So many files a school, by their own random names; told in the history as the system's work."""
    with scope.everything(session):
        for row in rows:
            uids = found[row.school_id]
            for place, uid in enumerate(draw.files(str(campaign.seed), uids, campaign.files), start=1):
                session.add(DrawnChild(child_id=uids[uid], inspection_id=row.inspection_id, place=place))
        session.flush()


def redraw(session: Session, campaign: Campaign, row: CampaignSchool) -> Redraw:
    """Repeat the draw of the files of a school whose row was found in scope."""
    then, seed = row.files_from or [], str(campaign.seed)
    lots = [Lot(uid, draw.key(seed, uid), place) for place, uid in enumerate(draw.files(seed, then, len(then)), start=1)]
    with scope.everything(session):
        kept = session.execute(select(DrawnChild.place, Child.uid).join(Child, Child.id == DrawnChild.child_id).where(
            DrawnChild.inspection_id == row.inspection_id)).all()
    again = {(one.place, one.uid) for one in lots if one.place <= campaign.files}
    # A file that was deleted since is missing among those kept, and proves nothing against the draw.
    same = {(place, uid) for place, uid in kept} <= again
    return Redraw(lots, campaign.files, draw.files_hash(then) == row.files_hash, same, _names(session, {uid for _place, uid in again}))


def _names(session: Session, uids: Collection[str]) -> dict[str, str]:
    """Uid → name, within the scope of who asks."""
    found: Any = session.execute(select(Child.uid, Child.name).where(Child.uid.in_(uids))).all()
    return dict(found)
