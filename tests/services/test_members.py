"""The rules of accounts on the session, by whatever way a row is written."""

import pytest
from sqlalchemy import select
from werkzeug.security import check_password_hash, generate_password_hash

from app import roles
from app.models import rules
from app.models.org import Area, Member, School, SchoolClass, Staff
from app.services import members, records, scope


@pytest.fixture
def acting(db_session):
    """acting("county") says who asks from now on; db_session takes it back."""
    session = db_session()

    def be(username):
        with scope.everything(session):
            member = session.scalars(select(Member).where(Member.username == username)).one()
            who = scope.asker_of(session, member)
        scope.bind(session, who)
        return session

    yield be
    session.rollback()
    scope.bind(session, scope.SYSTEM)


def place(session, username):
    with scope.everything(session):
        return session.scalars(select(Member).where(Member.username == username)).one()


def values(session, role, **more):
    """Values of an account that hold for the school of the account "school"."""
    with scope.everything(session):
        own = place(session, "school")
        found = {"username": f"new-{role}", "name": "新人", "role": role, "area": own.area_id, "active": True}
        if role in members.AT_SCHOOL:
            found["school"] = own.school_id
        if role == "teacher":
            found["staff"] = session.scalars(select(Staff.id).where(Staff.school_id == own.school_id)).first()
        if role in ("county", "inspector", "superior", "admin"):
            found["area"] = place(session, "county").area_id
        return {**found, **more}


@pytest.mark.parametrize("role", roles.ROLES)
@pytest.mark.parametrize("asker", ["admin", "county", "township", "school", "teacher", "inspector", "superior"])
def test_who_appoints_whom(acting, asker, role):
    session = acting(asker)
    told = values(session, role)
    if role in roles.MAY_APPOINT.get(asker, ()):
        assert records.add(session, Member, told).role == role
    else:
        with pytest.raises((records.Refused, records.Forbidden)):
            records.add(session, Member, told)


def test_nobody_changes_the_own_account(acting):
    for username in ("admin", "county", "township", "school"):
        session = acting(username)
        for change in ({"role": "inspector"}, {"active": False}, {"name": "别名"}):
            with pytest.raises(records.Refused):
                records.edit(session, place(session, username), change)
            session.rollback()


def test_nobody_touches_an_account_above_or_beside(acting):
    for asker, other in (("county", "admin"), ("township", "school"), ("school", "school2"), ("county", "township")):
        session = acting(asker)
        row = place(session, other)
        if members.manages(scope.asker(session), row):
            continue
        with pytest.raises((records.Refused, records.Forbidden)):
            records.edit(session, row, {"role": "teacher"})
        session.rollback()
        with pytest.raises(records.Forbidden):
            members.reset_password(session, place(session, other), "x")
        session.rollback()


def test_a_forgotten_old_role_is_asked_for(acting):
    """After a commit the row is expired: setting its role loads no old one, the guard must not take that for none."""
    session = acting("admin")
    row = records.add(session, Member, values(session, "county"))
    session = acting("county")
    session.expire(row)
    row.role = "teacher"
    with pytest.raises(records.Refused):
        session.flush()


def test_nobody_is_raised_above_what_the_asker_may_give(acting):
    session = acting("school")
    with pytest.raises(records.Refused) as refused:
        records.edit(session, place(session, "teacher"), {"role": "school"})
    assert "role" in refused.value.errors


@pytest.mark.parametrize(("role", "wrong", "key"), [
    ("school", {"school": None}, "school"), ("teacher", {"staff": None}, "staff"), ("teacher", {"school": None}, "school"),
    ("inspector", {"school": "own"}, "school"), ("township", {"area": "county"}, "area"), ("school", {"area": "county"}, "area")])
def test_role_and_place_belong_together(acting, role, wrong, key):
    session = acting("county")
    told = values(session, role)
    with scope.everything(session):
        ids = {"own": place(session, "school").school_id, "county": place(session, "county").area_id, None: None}
    told |= {name: ids[value] for name, value in wrong.items()}
    with pytest.raises(records.Refused) as refused:
        records.add(session, Member, told)
    assert key in refused.value.errors


def test_staff_of_another_school_is_no_teacher_here(acting):
    session = acting("county")
    told = values(session, "teacher")
    with scope.everything(session):
        told["staff"] = session.scalars(select(Staff.id).where(Staff.school_id != told["school"])).first()
    with pytest.raises(records.Refused) as refused:
        records.add(session, Member, told)
    assert "staff" in refused.value.errors


def test_no_account_outside_the_own_place(acting):
    session = acting("township")
    own = place(session, "township").area_id
    with scope.everything(session):
        foreign = session.scalars(select(School).where(School.area_id != own)).first()
        told = values(session, "school", school=foreign.id, area=foreign.area_id)
    with pytest.raises(records.Refused):
        records.add(session, Member, members.placed(session, told))


def test_area_follows_the_school(acting):
    session = acting("county")
    told = values(session, "school")
    area = told.pop("area")
    assert members.placed(session, told)["area"] == area
    session = acting("school")
    row = records.add(session, Member, members.placed(session, {
        "username": "own-teacher", "name": "新人", "role": "teacher", "active": True, "staff": values(session, "teacher")["staff"]}))
    assert (row.school_id, row.area_id) == (place(session, "school").school_id, area)


def test_reverting_is_held_against_the_rules_too(acting):
    session = acting("admin")
    row = records.add(session, Member, values(session, "inspector"))
    records.edit(session, row, {"role": "county"})
    change = members.history.of_row(session, row)[0]
    session.flush()
    session = acting("county")
    with pytest.raises(records.Refused):
        records.revert(session, row, change)


def test_a_given_password_holds_and_must_be_changed(acting):
    session = acting("school")
    teacher = place(session, "teacher")
    stamp = teacher.session_stamp
    password = members.new_password()
    members.reset_password(session, teacher, generate_password_hash(password, "pbkdf2:sha256:1000"))
    assert rules.password_for("teacher").check(password) == password
    assert check_password_hash(teacher.password, password)
    assert teacher.must_change_password and teacher.session_stamp != stamp


def test_new_passwords_differ():
    assert len({members.new_password() for _time in range(200)}) == 200


def test_rules_leave_other_entities_alone(acting):
    session = acting("school")
    row = session.scalars(select(SchoolClass)).first()
    assert records.edit(session, row, {"name": row.name}).id == row.id
    assert session.scalars(select(Area)).first() is not None
