"""The one rule on the session: deny by default, and no way of asking goes round it."""

from datetime import date

import pytest
from sqlalchemy import delete, event, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased, selectinload

from app.extensions import db
from app.models.audit import AccessLog
from app.models.care import Pairing, Talk
from app.models.children import Child, Guardian
from app.models.org import Area, Member, School, SchoolClass, Staff
from app.services import clock, records, scope


@pytest.fixture
def session(app):
    with app.app_context():
        made = db.session()
        yield made
        made.rollback()


def member(session, username):
    with scope.everything(session):
        return session.scalars(select(Member).where(Member.username == username)).one()


def come(session, username):
    """Bind the session to an account; returns its asker."""
    asker = scope.asker_of(session, member(session, username))
    scope.bind(session, asker)
    return asker


def counted(session, model, school_id):
    with scope.everything(session):
        return session.scalar(select(func.count(model.id)).where(model.school_id == school_id))


@pytest.fixture
def school(session):
    """The school admin's session: (session, own school, another school)."""
    asker = come(session, "school")
    return session, asker.school_id, member(session, "school2").school_id


# Deny by default ---------------------------------------------------------------------------
@pytest.mark.parametrize("ask", [
    lambda s: s.scalars(select(Child)).all(), lambda s: s.get(Child, 1), lambda s: s.query(Child).count(),
    lambda s: s.execute(select(func.count(Child.id))), lambda s: s.execute(update(Child).values(name="x")), lambda s: s.execute(delete(Child))])
def test_without_an_asker_nothing_runs(session, ask):
    with pytest.raises(scope.NoScope):
        ask(session)


def test_without_an_asker_nothing_is_written(session):
    session.add(Area(code="990188", name="无人县", level="county"))
    with pytest.raises(scope.NoScope):
        session.flush()


def test_everything_is_asked_for_aloud_and_ends(session):
    with scope.everything(session):
        assert session.scalar(select(func.count(Child.id))) > 300
    with pytest.raises(scope.NoScope):
        session.scalar(select(func.count(Child.id)))


# The tree of areas ---------------------------------------------------------------------------
@pytest.mark.parametrize(("account", "values"), [
    ("county", {"parent": None}), ("county", {"code": "990199"}), ("admin", {"code": "9911"})])
def test_nobody_moves_the_place_he_stands_on(session, account, values):
    who = come(session, account)
    row = records.find(session, Area, who.area_id)
    before = {"parent": row.parent_id, "code": row.code}
    with pytest.raises(records.Refused) as refused:
        records.edit(session, row, values, row.version)
    assert set(refused.value.errors) <= {"parent", "code"}
    session.rollback()
    assert (row.parent_id, row.code, row.path) == (before["parent"], before["code"], who.path)


def test_an_area_cannot_be_cut_off_from_those_above(session):
    who = come(session, "county")
    below = session.scalars(select(Area).where(Area.parent_id == who.area_id).order_by(Area.id)).first()
    with pytest.raises(records.Refused) as refused:
        records.edit(session, below, {"parent": None}, below.version)
    assert set(refused.value.errors) == {"parent"}
    session.rollback()
    assert below.path.startswith(who.path)


def test_an_area_moves_within_the_place(session):
    who = come(session, "county")
    first, second = session.scalars(select(Area).where(Area.parent_id == who.area_id).order_by(Area.id).limit(2)).all()
    records.edit(session, second, {"parent": first.id}, second.version)
    assert second.path == f"{first.path}{second.code}/"


# Every way of asking -----------------------------------------------------------------------
def one_alias(s):
    other = aliased(Child)
    return [row.school_id for row in s.scalars(select(other))]


def joined(s):
    other = aliased(Child)
    return [row for (row,) in s.execute(select(other.school_id).select_from(Guardian).join(other, other.id == Guardian.child_id))]


WAYS = {
    "select": lambda s: [row.school_id for row in s.scalars(select(Child))],
    "columns": lambda s: list(s.scalars(select(Child.school_id))),
    "alias": one_alias, "join to an alias": joined,
    "query": lambda s: [row.school_id for row in s.query(Child)],
    "subquery": lambda s: list(s.scalars(select(select(Child.school_id).subquery().c.school_id))),
    "in": lambda s: list(s.scalars(select(Guardian.school_id).where(Guardian.child_id.in_(select(Child.id))))),
    "exists": lambda s: list(s.scalars(select(School.id).where(exists().where(Child.school_id == School.id)))),
    "group by": lambda s: [row[0] for row in s.execute(select(Child.school_id, func.count(Child.id)).group_by(Child.school_id))],
    "union": lambda s: [row[0] for row in s.execute(select(Child.school_id).union_all(select(Talk.school_id)))],
    "yield_per": lambda s: [row.school_id for row in s.scalars(select(Child).execution_options(yield_per=7))],
    "eager": lambda s: [row.child.school_id for row in s.scalars(select(Guardian).options(selectinload(Guardian.child)))],
    "lazy": lambda s: [row.child.school_id for row in s.scalars(select(Guardian).limit(5))],
    "cte": lambda s: list(s.scalars(select(select(Talk.school_id).cte().c.school_id))),
}


@pytest.mark.parametrize("way", sorted(WAYS))
def test_every_way_of_asking_stays_in_the_school(school, way):
    session, own, _other = school
    assert set(WAYS[way](session)) == {own}


def test_get_of_a_foreign_row_finds_nothing(school):
    session, own, other = school
    with scope.everything(session):
        ids = {place: session.scalar(select(Child.id).where(Child.school_id == place)) for place in (own, other)}
    session.expunge_all()
    assert session.get(Child, ids[own]) is not None
    assert session.get(Child, ids[other]) is None


def test_count_is_that_of_the_own_school(school):
    session, own, other = school
    assert session.scalar(select(func.count(Talk.id))) == counted(session, Talk, own) != 0
    assert counted(session, Talk, other) != 0


def test_a_link_out_of_scope_reads_as_nothing(session):
    """The inspector's account lies above the school: its name stays there."""
    inspector = member(session, "inspector")
    come(session, "school")
    session.expunge_all()
    assert session.get(Member, inspector.id) is None


@pytest.mark.parametrize("statement", [
    update(Child).values(character="x"), delete(Talk), update(Talk).where(Talk.id == 1).values(content="x")])
def test_bulk_changes_are_refused(school, statement):
    with pytest.raises(scope.NoScope):
        school[0].execute(statement)


# Places ------------------------------------------------------------------------------------
@pytest.mark.parametrize("account", ["admin", "county", "inspector", "township", "superior"])
def test_a_place_sees_the_schools_below_it_and_no_other(session, account):
    asker = come(session, account)
    seen = set(session.scalars(select(School.id)))
    with scope.everything(session):
        below = set(session.scalars(select(School.id).join(Area, Area.id == School.area_id).where(Area.path.startswith(asker.path))))
        every = set(session.scalars(select(School.id)))
    assert seen == below and seen
    assert (seen == every) == (account in ("admin", "superior"))


def test_a_teacher_sees_own_class_and_running_pairings(session):
    asker = come(session, "teacher")
    seen = set(session.scalars(select(Child.id)))
    with scope.everything(session):
        classes = set(session.scalars(select(SchoolClass.id).where(SchoolClass.teacher_id == asker.staff_id)))
        expected = set(session.scalars(select(Child.id).where(Child.school_class_id.in_(classes)))) | set(session.scalars(
            select(Pairing.child_id).where(Pairing.staff_id == asker.staff_id, (Pairing.ended_on.is_(None)) | (Pairing.ended_on >= clock.today()))))
        whole = counted(session, Child, asker.school_id)
    assert seen == expected and 0 < len(seen) < whole
    assert set(session.scalars(select(Talk.child_id))) <= seen


def test_deleted_rows_show_in_the_trash_alone(school):
    session, _own, _other = school
    row = session.scalars(select(Talk).limit(1)).one()
    row.deleted_at = clock.now()
    session.flush()
    assert session.scalar(select(func.count(Talk.id)).where(Talk.id == row.id)) == 0
    with scope.trash(session):
        assert session.scalar(select(func.count(Talk.id)).where(Talk.id == row.id)) == 1


# Writing -----------------------------------------------------------------------------------
def foreign(session, model, school_id):
    with scope.everything(session):
        return session.scalar(select(model.id).where(model.school_id == school_id))


def test_a_row_for_another_schools_child_is_refused(school):
    session, own, other = school
    session.add(Talk(child_id=foreign(session, Child, other), talked_on=date(2026, 1, 5), teacher_id=foreign(session, Staff, own), content="x"))
    with pytest.raises(scope.OutOfScope):
        session.flush()


def test_a_row_at_another_school_is_refused(school):
    session, _own, other = school
    session.add(SchoolClass(school_id=other, name="九（9）班", grade=9))
    with pytest.raises(scope.OutOfScope):
        session.flush()


def test_a_link_to_another_schools_row_is_refused(school):
    session, own, other = school
    row = session.scalars(select(SchoolClass).limit(1)).one()
    row.teacher_id = foreign(session, Staff, other)
    with pytest.raises(scope.OutOfScope):
        session.flush()


def test_a_row_taken_from_over_the_border_cannot_be_saved(school):
    session, _own, other = school
    with scope.everything(session):
        row = session.scalars(select(Child).where(Child.school_id == other).limit(1)).one()
    row.character = "x"
    with pytest.raises(scope.OutOfScope):
        session.flush()


def test_a_childs_row_gets_the_childs_school(school):
    session, own, _other = school
    child = session.scalars(select(Child).limit(1)).one()
    talk = Talk(child_id=child.id, talked_on=date(2026, 1, 5), teacher_id=foreign(session, Staff, own), content="x")
    session.add(talk)
    session.flush()
    assert (talk.school_id, talk.origin_school_id) == (own, own)


# The database itself -----------------------------------------------------------------------
def columns_of(session, row_id):
    row = dict(session.connection().execute(select(Talk.__table__).where(Talk.__table__.c.id == row_id)).mappings().one())
    return {key: value for key, value in row.items() if key != "id"}


def test_the_database_refuses_a_talk_at_a_school_that_is_not_the_childs(school):
    session, own, other = school
    with scope.everything(session):
        talk = session.scalars(select(Talk).where(Talk.school_id == own).limit(1)).one()
    with pytest.raises(IntegrityError):
        session.connection().execute(insert(Talk.__table__).values(**{**columns_of(session, talk.id), "uid": "z" * 32, "school_id": other}))


def test_a_move_of_the_child_carries_the_file(session):
    scope.bind(session, scope.SYSTEM)
    own, other = member(session, "school").school_id, member(session, "school2").school_id
    child = session.scalars(select(Child).where(Child.school_id == own).order_by(Child.id).limit(1)).one()
    below = {model: session.scalar(select(func.count(model.id)).where(model.child_id == child.id)) for model in (Talk, Guardian)}
    child.school_id, child.school_class_id = other, None
    session.flush()
    session.expire_all()
    for model, number in below.items():
        rows = session.scalars(select(model).where(model.child_id == child.id)).all()
        assert len(rows) == number > 0
        assert {row.school_id for row in rows} == {other}
        assert {row.origin_school_id for row in rows} == {own}
    come(session, "school2")
    session.expunge_all()
    assert session.get(Child, child.id) is not None


def test_another_session_knows_nothing_of_this_ones_asker(school):
    with Session(school[0].get_bind()) as other, pytest.raises(scope.NoScope):
        other.scalars(select(Child)).all()


def statements(session, ask):
    """How many statements a call sends."""
    sent = []
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *args: sent.append(args[2]))
    ask()
    return len(sent)


def test_the_rule_costs_no_further_statement(school):
    assert statements(school[0], lambda: school[0].scalars(select(Child).limit(3)).all()) == 1


def test_an_admin_sees_what_the_own_place_did_and_no_other(session):
    """What belongs to no school was done by somebody: an admin of one county sees nothing of another county's office."""
    asker, stranger = come(session, "county"), member(session, "school3")
    with scope.everything(session):
        for who in (asker.member_id, stranger.id):
            session.execute(insert(AccessLog.__table__).values(
                at=clock.now(), member_id=who, who=f"甲{who}", action="export", entity="Child", uid=f"{who:032d}", version=1,
                created_at=clock.now(), updated_at=clock.now()))
    admin = scope.Asker(10**6, "管理员", "admin", asker.area_id, asker.path)
    scope.bind(session, admin)
    told = set(session.scalars(select(AccessLog.who).where(AccessLog.uid.in_([f"{who:032d}" for who in (asker.member_id, stranger.id)]))))
    assert told == {f"甲{asker.member_id}"}
