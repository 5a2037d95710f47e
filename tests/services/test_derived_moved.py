"""What is kept on children stays right where a row is taken from one child to another, and where a school comes under another definition."""

from contextlib import suppress

import pytest
from sqlalchemy import func, select

from app.models.audit import Change
from app.models.care import Talk
from app.models.children import Child, ParentSpell
from app.models.counts import TOUCHED
from app.models.org import Area, School
from app.models.staged import STAGED
from app.services import derived, records, scope
from app.services.exchange import staging, undo
from tests.panel.test_editing import form_of
from tests.services.test_derived import KEPT, kept
from tests.support.dying import Dead, dies_at
from tests.support.intake import commit, plan_of
from tests.support.sheets import asked_by

CHILD = Child.__table__
TALKED = KEPT.index("last_talk_on")


def right(session):
    """What is kept on children, once it was held against a recount from scratch."""
    session.flush()
    before = kept(session)
    derived.recount(session, [*before])
    assert kept(session) == before
    return before


def spells_and_another(session):
    """The spells of a child who is left behind by both parents, and a child who is not at all."""
    one = session.scalars(select(Child).where(Child.left_behind == "2").order_by(Child.id)).first()
    other = session.scalars(select(Child).where(Child.left_behind == "0", Child.stage == one.stage, Child.birth_date < one.birth_date)).first()
    return session.scalars(select(ParentSpell).where(ParentSpell.child_id == one.id)).all(), one.id, other.id


def last_talk_and_another(session):
    """The only talk of a child on its last day, and a child of the same school with none since."""
    talk = session.scalars(select(Talk).join(Child, Child.id == Talk.child_id).where(Child.last_talk_on == Talk.talked_on).order_by(Talk.id)).first()
    other = session.scalars(select(Child.id).where(Child.last_talk_on < talk.talked_on, Child.id != talk.child_id)).first()
    return talk, talk.child_id, other


def test_a_row_that_is_edited_to_another_child_and_set_back(session):
    spells, one, other = spells_and_another(session)
    start = right(session)
    for spell in spells:
        records.edit(session, spell, {"child": other})
    after = right(session)
    assert after[one][0] != start[one][0] and after[other][0] != start[other][0]
    assert session.get(Child, one).left_behind == after[one][0]  # the page of the same request sees it
    for spell in spells:
        with scope.everything(session):
            change = session.scalars(select(Change).where(Change.entity == "ParentSpell", Change.row_id == spell.id).order_by(Change.id.desc())).first()
        records.revert(session, spell, change)
    assert right(session) == start


def imported(session):
    """Ids of child and other, what was kept before, and the batch that took the last talk from the one to the other."""
    talk, one, other = last_talk_and_another(session)
    start = right(session)
    session.commit()
    names = {row_id: f"{session.get(Child, row_id).name} #{row_id}" for row_id in (one, other)}
    plan = plan_of(session, "Talk", [["系统编号", "儿童"], [talk.id, names[other]]])
    assert plan.counts()["changed"] == 1, plan.wrong
    return one, other, start, plan


def test_an_import_that_takes_a_talk_to_another_child_and_its_undoing(app):
    with asked_by(app, "school") as session:
        one, other, start, plan = imported(session)
        batch = commit(session, "Talk", plan)
        after = right(session)
        assert after[one][TALKED] != start[one][TALKED] and after[other][TALKED] != start[other][TALKED]
        assert undo.undo(session, batch).rows == 1
        assert right(session) == start


def test_an_import_that_was_killed_before_it_counted_is_brought_to_its_end(app):
    """On PostgreSQL all is one transaction: nothing is left over there."""
    with asked_by(app, "school") as session:
        one, other, start, plan = imported(session)
        with suppress(Dead), dies_at(staging, "in_steps"):
            commit(session, "Talk", plan)
        session.rollback()
        found = session.connection().execute(select(STAGED.c.request_id)).scalars().all()
        session.commit()
        assert len(found) == (session.get_bind().dialect.name == "sqlite")
        for request_id in found:
            staging.sweep(session, request_id)
        after = right(session)
        assert after[one][TALKED] != start[one][TALKED] and after[other][TALKED] != start[other][TALKED]


@pytest.mark.parametrize("moved", ["school", "township"])
def test_a_school_or_a_township_that_comes_to_a_county_with_another_definition(db_session, moved):
    here, there = db_session.scalars(select(Area).where(Area.level == "county").order_by(Area.id).limit(2)).all()
    there.definition = next(one for one in ("civil_affairs", "education") if one != here.definition)
    placed = select(School).join(Area, Area.id == School.area_id).where(Area.path.startswith(here.path), Area.level == "township")
    school = db_session.scalars(placed).first()
    db_session.flush()
    start = right(db_session)
    db_session.execute(TOUCHED.delete())
    if moved == "school":
        school.area_id = db_session.scalars(select(Area.id).where(Area.path.startswith(there.path), Area.level == "township")).first()
    else:
        db_session.get(Area, school.area_id).parent_id = there.id
    after = right(db_session)
    changed = {row_id for row_id in after if after[row_id] != start[row_id]}
    schools = set(db_session.scalars(select(CHILD.c.school_id).where(CHILD.c.id.in_(changed))))
    assert school.id in schools <= set(db_session.scalars(select(TOUCHED.c.school_id)))
    assert db_session.scalar(select(func.count(Child.id)).where(Child.school_id == school.id)) > 0
    db_session.rollback()


def test_by_rest_and_by_the_page(app, client_for):
    client = client_for("school")
    with asked_by(app, "school") as session:
        spells, one, other = spells_and_another(session)
        name = session.get(Child, other).name
        first, *rest = [(spell.id, spell.version, spell.parent, spell.state, spell.since, spell.able) for spell in spells]
    assert client.put(f"/api/v1/parent_spell/{first[0]}", json={"child": other, "version": first[1]}).status_code == 200
    for row_id, _version, parent, state, since, able in rest:
        _page, hidden = form_of(client, f"/parent_spell/edit/{row_id}")
        saved = client.post(f"/parent_spell/edit/{row_id}", data={
            "child": str(other), "child__text": name, "parent": parent, "state": state, "since": since.isoformat(),
            **({"able": "1"} if able else {}), **hidden})
        assert saved.status_code == 302, saved.text
    with asked_by(app, "school") as session:
        assert session.scalar(select(func.count(ParentSpell.id)).where(ParentSpell.child_id == one)) == 0 and rest
        right(session)
