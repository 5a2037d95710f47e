"""The files that are looked through: drawn with the notice, and drawn again to the same, on both engines."""

from hashlib import sha256
from random import Random

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.campaign import CampaignSchool, DrawnChild
from app.models.children import Child
from app.services import campaign_files, draw, scope


def test_the_list_and_its_check_sum_are_kept(office):
    office.announced()
    for place in office.places():
        query = select(Child.uid).where(Child.school_id == place.school_id, Child.left_behind != "0", Child.file_state == "open")
        wanted = sorted(office.session.scalars(query))
        assert place.files_from == wanted and place.files_hash == sha256("\n".join(wanted).encode()).hexdigest()
    assert any(len(place.files_from) > office.row.files for place in office.places())


def test_a_redraw_equals_the_draw_whatever_becomes_of_the_children(office):
    office.place("school", "must")
    office.announced()
    session, place = office.session, office.places("must")[0]
    drawn = session.execute(select(DrawnChild.place, Child.uid).join(Child, Child.id == DrawnChild.child_id).where(
        DrawnChild.inspection_id == place.inspection_id)).all()
    first = campaign_files.redraw(session, office.row, place)
    assert first.sound and first.same and {(one.place, one.uid) for one in first.lots if one.place <= first.size} == {tuple(one) for one in drawn}
    assert set(first.names) == {uid for _place, uid in drawn}
    with scope.everything(session):
        for child in session.scalars(select(Child).where(Child.school_id == place.school_id)):
            child.file_state = "moved_out"
        session.flush()
    assert campaign_files.redraw(session, office.row, place) == first


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.no_database
def test_whatever_the_order_of_the_list(seed):
    dice = Random(seed)
    uids = [f"{dice.getrandbits(128):032x}" for _number in range(dice.randrange(1, 60))]
    size, again = dice.randrange(0, 12), dice.sample(uids, len(uids))
    assert list(draw.files("种子", uids, size)) == list(draw.files("种子", again, size)) == sorted(
        uids, key=lambda uid: sha256(f"种子|{uid}".encode()).hexdigest())[:size]
    assert draw.files_hash(uids) == draw.files_hash(again)


def test_a_changed_list_or_draw_is_seen(office):
    office.announced()
    session = office.session
    place = next(one for one in office.places() if len(one.files_from) > office.row.files)
    first = campaign_files.redraw(session, office.row, place)
    with scope.everything(session):
        other = session.scalar(select(Child.id).where(Child.uid == first.lots[office.row.files].uid))
        session.scalars(select(DrawnChild).where(DrawnChild.inspection_id == place.inspection_id, DrawnChild.place == 1)).one().child_id = other
        session.flush()
    told = campaign_files.redraw(session, office.row, place)
    assert told.sound and not told.same
    place.files_from = place.files_from[1:]
    assert not campaign_files.redraw(session, office.row, place).sound


def test_the_page_is_for_who_may_see_the_drawn_files(app, client_for):
    with app.app_context(), scope.everything(db.session()):
        query = select(CampaignSchool.id, CampaignSchool.files_from).where(CampaignSchool.files_hash.is_not(None)).order_by(CampaignSchool.id)
        pk, uids = db.session.execute(query).first()
    for account in ("county", "inspector"):
        page = client_for(account).get(f"/campaign_school/files/{pk}").text
        assert "结果一致" in page and all(one in page for one in uids)
    for account in ("school", "township", "superior"):
        assert client_for(account).get(f"/campaign_school/files/{pk}").status_code in (403, 404)
