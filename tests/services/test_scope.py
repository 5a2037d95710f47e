"""The one rule on the session: deny by default, and no way of asking goes round it; what is written is in test_scope_writing.py."""

import pytest
from sqlalchemy import and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased, selectinload
from sqlalchemy.sql.elements import BinaryExpression

from app.models.audit import AccessLog
from app.models.care import Pairing, Talk
from app.models.children import Child, Guardian
from app.models.org import Area, Member, School, SchoolClass
from app.services import clock, scope
from tests.support.bound import come, counted, member, school, session
from tests.support.statements import noted

assert school and session  # pytest finds them here by their names


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


PLAIN, HELD = Talk.__table__, [select(model.id).where(model.id == Talk.__table__.c.child_id).exists() for model in (Child, aliased(Guardian))]


@pytest.mark.parametrize("statement", [
    select(PLAIN.c.id).where(or_(*HELD)), select(PLAIN.c.id).where(and_(Child.id == PLAIN.c.child_id, Child.name != "")),
    select(func.count()).select_from(select(PLAIN.c.id).where(or_(*HELD)).subquery()), update(PLAIN).where(or_(*HELD)).values(content="x"),
    update(PLAIN).values(content=select(Child.name).where(Child.id == PLAIN.c.child_id).scalar_subquery()), delete(PLAIN).where(or_(*HELD)),
    insert(PLAIN).from_select(["content"], select(Child.name))])
def test_a_statement_that_the_rule_cannot_narrow_is_refused(school, statement):
    """SQLAlchemy takes none of these for a statement on entities, though each holds some."""
    session, own, _other = school
    with pytest.raises(scope.NoScope, match="Child"):
        session.execute(statement)
    with scope.everything(session), pytest.raises(scope.NoScope):
        session.execute(statement)
    assert own in session.scalars(select(PLAIN.c.school_id)).all(), "a bare table is asked on purpose"


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


def test_another_session_knows_nothing_of_this_ones_asker(school):
    with Session(school[0].get_bind()) as other, pytest.raises(scope.NoScope):
        other.scalars(select(Child)).all()


def test_the_rule_costs_no_further_statement(school):
    with noted(school[0].get_bind()) as seen:
        school[0].scalars(select(Child).limit(3)).all()
    assert len(seen) == 1


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


def test_a_rule_costs_no_comparison_of_its_parameters(session, monkeypatch):
    """SQLAlchemy builds an expression where it compares two marked parameters; see asking.py."""
    come(session, "inspector")
    asked = select(School.name, Child.id, Guardian.id).join(Child, Child.school_id == School.id).join(Guardian, Guardian.child_id == Child.id).limit(1)
    session.execute(asked).all()
    build, built = BinaryExpression.__init__, []
    monkeypatch.setattr(BinaryExpression, "__init__", lambda made, *given, **named: (built.append(made), build(made, *given, **named))[1])
    assert session.execute(asked).all()
    assert not built
