"""A child goes to another school: what goes along, what ends, who may, and what is refused."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models.audit import Attachment, Change
from app.models.care import Pairing, Talk
from app.models.children import Child, ChildKey, Guardian, ParentSpell
from app.models.org import Member, SchoolClass, Staff
from app.models.safety import ResponsibilityLetter
from app.services import clock, history, moving, records, scope, search
from tests.support.asking import asking


@pytest.fixture
def child(session):
    """A child of the school's with a whole file, a running pairing, a letter and files on both."""
    with scope.everything(session):
        here = session.scalar(select(Member.school_id).where(Member.username == "school"))
        whole = (Child.id.in_(select(model.child_id)) for model in (Talk, Guardian, ParentSpell))
        found = session.scalars(select(Child).where(Child.school_id == here, *whole).order_by(Child.id)).first()
        staff = session.scalar(select(Staff.id).where(Staff.school_id == here))
        day = clock.today() - timedelta(days=90)
        signed = {"level": "school_family", "school_year": "2025-2026", "signer": "某人", "signed_on": day, "expires_on": day}
        letter = ResponsibilityLetter(school_id=here, child_id=found.id, **signed)
        pairing = Pairing(child_id=found.id, kind="teacher", staff_id=staff, started_on=day)
        outside = Pairing(child_id=found.id, kind="cadre", helper_name="某干部", started_on=day)
        session.add_all([letter, pairing, outside])
        session.flush()
        file = {"name": "a.png", "media_type": "image/png", "size": 1, "sha256": "0" * 64}
        session.add_all(Attachment(school_id=here, entity=entity, row_id=row_id, stored_as=f"00/{entity}", **file)
                        for entity, row_id in (("Child", found.id), ("ResponsibilityLetter", letter.id), ("Pairing", pairing.id)))
        session.flush()
    return found


@pytest.fixture
def there(session):
    """Ids of another school of the township and of one of its classes."""
    with asking(session, "township"):
        with scope.everything(session):
            own_id = session.scalar(select(Member.school_id).where(Member.username == "school"))
        return session.execute(select(SchoolClass.school_id, SchoolClass.id).where(SchoolClass.school_id != own_id).order_by(SchoolClass.id)).first()


def values(there, **more):
    return {"school": there[0], "school_class": there[1], "moved_on": clock.today(), "reason": "随父母到县城居住", **more}


def schools_of(session, model, *where):
    with scope.everything(session):
        return set(session.scalars(select(model.school_id).where(*where)))


@pytest.mark.parametrize("account", ["township", "county"])
def test_the_whole_file_goes_along(session, child, there, account):
    pk, here, name = child.id, child.school_id, child.name
    with asking(session, account):
        ended = moving.move(session, records.find(session, Child, pk), values(there), child.version)
    assert ended >= 1 and (child.school_id, child.school_class_id) == there
    for model in (Talk, Guardian, ParentSpell, Pairing, ResponsibilityLetter, ChildKey):
        assert schools_of(session, model, model.child_id == pk) <= {there[0]}, model.__name__
    assert schools_of(session, ChildKey, ChildKey.child_id == pk) == {there[0]}
    assert schools_of(session, Attachment, Attachment.stored_as.in_(("00/Child", "00/ResponsibilityLetter", "00/Pairing"))) == {there[0]}
    with scope.everything(session):
        pairings = session.scalars(select(Pairing).where(Pairing.child_id == pk)).all()
        assert all(one.ended_on is not None for one in pairings if one.staff_id) and any(one.ended_on is None for one in pairings if not one.staff_id)
        told = history.of_row(session, child, 1)[0]
        lines = {line[0]: line[4] for line in told.lines}
        assert (told.action, lines["note.reason"], lines["note.day"]) == ("move", "随父母到县城居住", clock.today().isoformat())
        assert {"note.school", "school_id", "school_class_id"} < set(lines)
        same = session.scalars(select(Change.entity).where(Change.request_id == told.request_id, Change.action == "move")).all()
        assert sorted(same) == ["Child", *["Pairing"] * ended]
    assert records.find(session, Child, pk) is None, "the old school sees the child no more"
    assert pk not in session.scalars(search.children(name)).all()
    assert here != there[0]


def test_it_comes_back_the_same_way(session, child, there):
    home, old_class = child.school_id, child.school_class_id
    with asking(session, "township"):
        moving.move(session, child, values(there), child.version)
        moving.move(session, child, values((home, old_class)), child.version)
        assert [one.action for one in history.of_row(session, child, 2)] == ["move", "move"]
    assert (child.school_id, child.school_class_id) == (home, old_class) and records.find(session, Child, child.id) is child


@pytest.mark.parametrize("account", ["school", "teacher", "inspector", "superior", "admin"])
def test_others_move_nobody(session, child, there, account):
    with asking(session, account), pytest.raises(records.Forbidden):
        moving.move(session, child, values(there), child.version)


@pytest.mark.parametrize(("more", "key"), [
    ({"school": None}, "school"), ({"moved_on": None}, "moved_on"), ({"reason": "  "}, "reason"), ({"reason": "长" * 201}, "reason"),
    ({"moved_on": "tomorrow"}, "moved_on"), ({"moved_on": "unborn"}, "moved_on"), ({"school": "home"}, "school"),
    ({"school_class": "home"}, "school_class"), ({"school": "abroad", "school_class": None}, "school")])
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_written(session, child, there, more, key):
    pk, home = child.id, child.school_id
    with scope.everything(session):
        known = {"tomorrow": clock.today() + timedelta(days=1), "unborn": child.birth_date - timedelta(days=1), "home": home,
                 "abroad": session.scalar(select(Member.school_id).where(Member.username == "school3"))}
        if key == "school_class":
            known["home"] = session.scalar(select(SchoolClass.id).where(SchoolClass.school_id == home))
    with asking(session, "township"):
        with pytest.raises(records.Refused) as refused:
            moving.move(session, child, values(there, **{name: known.get(value, value) if isinstance(value, str) else value for name, value in more.items()}))
        assert list(refused.value.errors) == [key]
    with session.no_autoflush:
        assert session.scalar(select(Child.__table__.c.school_id).where(Child.__table__.c.id == pk)) == home


def test_who_looked_at_an_older_state_is_told(session, child, there):
    with asking(session, "township"), pytest.raises(records.Conflict):
        moving.move(session, child, values(there), child.version + 1)


def test_an_earlier_state_comes_back_without_the_old_place(session, child, there):
    """The words of before go back at the new school; the child stays where it is now."""
    with scope.everything(session):
        here, before = child.school_id, child.residence
        records.edit(session, child, {"residence": "新村三组"})
        first = session.scalars(select(Change).where(Change.entity == "Child", Change.row_id == child.id).order_by(Change.id.desc())).first()
    with asking(session, "township"):
        moving.move(session, child, values(there))
    with scope.everything(session):
        records.revert(session, child, first)
        session.refresh(child)
        assert (child.residence, child.school_id, child.school_class_id) == (before, there[0], there[1]) and here != there[0]
