"""A number that another row has: given up by who went to another county, kept from everybody else."""

from datetime import date
from random import Random

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from app.extensions import db
from app.models.children import Child
from app.models.org import Member, Staff
from app.services import records, scope, search, unique
from seeds import numbers
from tests.support.asking import asking
from tests.support.intake import commit, outcome, plan_of, told
from tests.support.statements import noted

BORN = date(2016, 3, 2)
CARD, STUDENT = (make(Random(10), *of) for make, of in ((numbers.id_number, (BORN, "f")), (numbers.student_number, ())))
CHILD = {"name": "李雨桐", "sex": "f", "birth_date": BORN, "stage": "primary", "id_number": CARD, "student_number": STUDENT}
STAFF = {"name": "王老师", "sex": "f", "post": "teacher", "id_number": CARD}
HEAD = ["姓名", "性别", "出生日期", "就学状态", "身份证号", "档案状态"]
MADE, GONE, BACK = ((Child, CHILD), (Staff, STAFF)), {Child: {"file_state": "moved_out"}, Staff: {"present": False}}, {
    Child: {"file_state": "open"}, Staff: {"present": True}}


def refused(call) -> dict:
    with pytest.raises(records.Refused) as caught:
        call()
    return {key: error.message for key, error in caught.value.errors.items()}


def row(state: str) -> list[list[str | None]]:
    return [HEAD, ["李雨桐", "女", BORN.isoformat(), "小学", CARD, state]]


def test_a_number_is_not_edited_in_where_it_may_not_be_registered(session):
    records.edit(session, records.add(session, Child, CHILD), GONE[Child])
    with asking(session, "school2"):
        other = records.add(session, Child, {key: value for key, value in CHILD.items() if not key.endswith("number")})
        assert refused(lambda: records.edit(session, other, {"id_number": CARD})) == {"id_number": unique.RELEASED}
        plan = plan_of(session, "Child", [["系统编号", "身份证号"], [other.id, CARD]])
        assert [(one[1], "本县有过" in one[3]) for one in told(plan)] == [("身份证号", True)]
    with asking(session, "school3"):
        other = records.add(session, Child, {key: value for key, value in CHILD.items() if not key.endswith("number")})
        assert records.edit(session, other, {"id_number": CARD}).id_number == CARD


@pytest.mark.parametrize("many", [2, 12])
def test_how_many_come_back_costs_no_statement_more(app, session, many):
    rng, cards = Random(many), [numbers.id_number(Random(many * 100 + at), BORN, "f") for at in range(many)]
    made = [records.add(session, Child, {**CHILD, "name": f"周{at}", "id_number": card, "student_number": numbers.student_number(rng)})
            for at, card in enumerate(cards)]
    for one in made:
        records.edit(session, one, GONE[Child])
    sheet = [["系统编号", "档案状态"], *([one.id, "在册"] for one in made)]
    with noted(db.engine) as sent:
        assert outcome(plan_of(session, "Child", sheet)) == {"changed": many}
    statements = len(sent)
    with asking(session, "school3"), noted(db.engine) as sent:
        new = [["姓名", "性别", "出生日期", "就学状态", "身份证号"], *([f"周{at}", "女", BORN.isoformat(), "小学", card] for at, card in enumerate(cards))]
        assert outcome(plan_of(session, "Child", new)) == {"new": many}
    assert (statements, len(sent)) <= (12, 14), (statements, len(sent))


def test_a_number_is_looked_up_by_an_index(session):
    table = Child.__table__
    query = select(table.c.id).where(table.c.id_number_hash == "x", table.c.deleted_at.is_(None))
    sqlite = session.get_bind().dialect.name == "sqlite"
    for order in () if sqlite else ("ANALYZE child", "SET LOCAL enable_seqscan = off"):
        session.execute(text(order))
    words = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    plan = session.execute(text(f"{'EXPLAIN QUERY PLAN' if sqlite else 'EXPLAIN'} {words}"))
    assert "ix_child_id_number" in str(plan.all())


@pytest.mark.parametrize(("model", "values"), MADE)
def test_who_went_to_another_county_is_registered_there_and_nowhere_else(session, model, values):
    numbers_of = {key for key in values if key.endswith("number")}
    here = records.add(session, model, values)
    for account in ("school2", "school3"):
        with asking(session, account):
            assert refused(lambda: records.add(session, model, values)) == dict.fromkeys(numbers_of, unique.TAKEN), account
    records.edit(session, here, GONE[model])
    for account in ("school", "school2"):
        with asking(session, account):
            assert refused(lambda: records.add(session, model, values)) == dict.fromkeys(numbers_of, unique.RELEASED), account
    with asking(session, "school3"):
        there = records.add(session, model, values)
        assert there.school_id != here.school_id
    assert set(refused(lambda: records.edit(session, here, BACK[model]))) == numbers_of, "one of both bears it"
    with asking(session, "school3"):
        records.edit(session, there, GONE[model])
    records.edit(session, here, BACK[model])
    with asking(session, "school3"):
        assert set(refused(lambda: records.edit(session, there, BACK[model]))) == numbers_of


def test_each_county_finds_its_own_by_the_number(session):
    here = records.add(session, Child, CHILD)
    records.edit(session, here, GONE[Child])
    with asking(session, "school3"):
        there = records.add(session, Child, CHILD)
        assert session.scalars(search.children(CARD)).all() == [there.id]
    assert session.scalars(search.children(CARD)).all() == [here.id]


def test_a_workbook_meets_the_same_rules(session):
    assert outcome(first := plan_of(session, "Child", row("在册"))) == {"new": 1}
    commit(session, "Child", first)
    try:
        with asking(session, "school3"):
            assert [one[1] for one in told(plan_of(session, "Child", row("在册")))] == ["身份证号"]
        commit(session, "Child", plan_of(session, "Child", row("已转出")))
        assert outcome(plan_of(session, "Child", row("已转出"))) == {"unchanged": 1}, "the own row is known by its number though it gave it up"
        with asking(session, "school2"):
            assert "本县有过" in told(plan_of(session, "Child", row("在册")))[0][3]
        with asking(session, "school3"):
            commit(session, "Child", plan_of(session, "Child", row("在册")))
            assert outcome(plan_of(session, "Child", row("在册"))) == {"unchanged": 1}
        found = told(plan_of(session, "Child", row("在册")))
        assert [(one[1], "已经登记过" in one[3]) for one in found] == [("档案状态", True)]
    finally:
        with scope.everything(session):
            session.rollback()
            for child in session.scalars(select(Child).where(Child.name == "李雨桐", Child.birth_date == BORN)):
                child.file_state, child.id_number, child.student_number = "moved_out", None, None
            session.commit()


def test_a_house_with_doubled_numbers_goes_below_the_version_and_up_again(app):
    with app.app_context():
        session = db.session()
        scope.bind(session, scope.SYSTEM)
        made = []
        for account in ("school", "school3"):
            with asking(session, account):
                made.append(records.add(session, Child, {**CHILD, "name": "周小满"}))
            if account == "school":
                with asking(session, account):
                    records.edit(session, made[0], GONE[Child])
        session.commit()
        ids = [one.id for one in made]
        db.session.remove()
        try:
            downgrade(revision="0019")
            hashes = dict(db.session.execute(select(Child.__table__.c.id, Child.__table__.c.id_number_hash).where(Child.__table__.c.id.in_(ids))).all())
            assert hashes[ids[0]] is None and hashes[ids[1]] is not None
            db.session.remove()
        finally:
            upgrade()
        session = db.session()
        scope.bind(session, scope.SYSTEM)
        assert [session.get_one(Child, pk).id_number for pk in ids] == [CARD, CARD], "nothing of the text is lost"
        with asking(session, "school2"):
            assert refused(lambda: records.add(session, Child, CHILD))["id_number"] == unique.TAKEN
        assert session.scalar(select(Member.school_id).where(Member.username == "school3")) == session.get_one(Child, ids[1]).school_id
        session.rollback()
