"""Terms are one table of the whole desk: who writes them, and which days they may have; by every way, on both engines."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from app.models.audit import Change
from app.models.org import Area, Member
from app.models.term import Term
from app.services import records, scope
from app.services.term_rules import NOT_YOURS
from tests.support.asking import asking

GOOD = {"name": "试", "school_year": "2031—2032", "number": 1, "starts_on": date(2031, 9, 1), "ends_on": date(2032, 1, 20)}


def posted(**changes):
    return {key: str(value) for key, value in {**GOOD, **changes}.items()}


@pytest.fixture
def session(db_session):
    with asking(db_session(), "admin"):
        yield db_session()
        db_session.rollback()


def refused(work):
    with pytest.raises(records.Refused) as caught:
        work()
    return caught.value.errors


def living(session):
    return session.scalars(select(Term).order_by(Term.starts_on)).all()


@pytest.fixture
def below(look):
    """The account ``admin`` with the county as its place, as long as the test lasts."""

    def put(username):
        def work(session):
            member = session.scalars(select(Member).where(Member.username == "admin")).one()
            before, member.area_id = member.area_id, session.scalar(select(Member.area_id).where(Member.username == username))
            return before
        return work

    top = look(put("county"))
    yield
    look(lambda session: setattr(session.scalars(select(Member).where(Member.username == "admin")).one(), "area_id", top))


def state(session, pk):
    with scope.trash(session):
        return session.execute(select(Term.name, Term.deleted_at).where(Term.id == pk)).one()


def told(look):
    return look(lambda session: ([(one.name, one.starts_on, one.version) for one in living(session)],
                                 session.scalar(select(func.count(Change.id)).where(Change.entity == "Term"))))


@pytest.mark.usefixtures("below")
def test_an_admin_below_others_changes_no_term_by_any_way(client_for, look):
    client, before = client_for("admin"), told(look)
    pk = look(lambda session: living(session)[-1].id)
    page = client.post("/term/add", data=posted())
    assert page.status_code == 200 and NOT_YOURS.message in page.get_data(as_text=True)
    version = look(lambda session: session.get(Term, pk).version)
    page = client.post(f"/term/edit/{pk}", data=posted(_version=version))
    assert NOT_YOURS.message in page.get_data(as_text=True)
    client.post(f"/term/delete/{pk}", data={"_sure": "1"})
    for method, path, sent in (("POST", "", posted() | {"number": 1}), ("PATCH", pk, {"version": version, "name": "改了"}), ("DELETE", pk, {})):
        answer = client.open(f"/api/v1/term/{path}", method=method, json=sent)
        assert answer.status_code == 422 and NOT_YOURS.message in str(answer.get_json()), (method, answer.get_data(as_text=True))
    assert client.get("/sheets/term/import").status_code == 403
    assert told(look) == before
    assert "/term/add" not in client.get("/term/list/").get_data(as_text=True)


def test_the_admin_of_the_whole_desk_goes_on_to_work(client_for, look):
    client = client_for("admin")
    assert "/term/add" in client.get("/term/list/").get_data(as_text=True)
    assert client.post("/term/add", data=posted()).status_code == 302
    pk = look(lambda session: living(session)[-1].id)
    assert client.post(f"/term/edit/{pk}", data=posted(_version=1, name="改了")).status_code == 302
    assert client.post(f"/term/delete/{pk}", data={"_sure": "1"}).status_code == 302
    assert look(lambda session: state(session, pk))[1] is not None
    assert client.post("/term/trash/", data={"row": str(pk)}).status_code == 302
    assert look(lambda session: state(session, pk)) == ("改了", None)
    client.post(f"/term/delete/{pk}", data={"_sure": "1"})


def test_what_is_wrong_with_the_days_stands_beside_them(client_for, look):
    page = client_for("admin").post("/term/add", data=posted(ends_on="2032-09-01")).get_data(as_text=True)
    assert "日期不在这个学年里，应在 2031-08-01 至 2032-08-31 之间" in page.split('id="ends_on-err"')[1].split("</p>")[0]
    name, year, day = look(lambda session: (living(session)[-1].name, living(session)[-1].school_year, living(session)[-1].ends_on))
    page = client_for("admin").post("/term/add", data=posted(school_year=year, starts_on=day, ends_on=date(int(year[5:9]), 8, 31)))
    assert f"与“{name}”" in page.get_data(as_text=True).split('id="starts_on-err"')[1].split("</p>")[0]


@pytest.mark.parametrize(("changes", "wrong"), [
    ({"starts_on": date(2031, 7, 31)}, {"starts_on"}), ({"starts_on": date(2031, 8, 1)}, set()),
    ({"number": 2, "starts_on": date(2032, 2, 1), "ends_on": date(2032, 8, 31)}, set()),
    ({"starts_on": date(2032, 9, 1), "ends_on": date(2033, 1, 1)}, {"starts_on", "ends_on"}),
    ({"starts_on": date(2031, 9, 1), "ends_on": date(2031, 8, 31)}, {"ends_on"})])
def test_a_term_lies_in_its_school_year(session, changes, wrong):
    def add():
        return records.add(session, Term, {**GOOD, **changes})

    if wrong:
        assert set(refused(add)) == wrong
    else:
        assert add().id


@pytest.mark.parametrize(("first", "last", "wrong"), [
    (date(2032, 1, 20), date(2032, 2, 20), "starts_on"), (date(2031, 8, 5), date(2031, 9, 1), "ends_on"),
    (date(2031, 8, 5), date(2032, 8, 20), "ends_on"), (date(2031, 10, 1), date(2031, 10, 2), "starts_on"),
    (date(2032, 1, 21), date(2032, 8, 20), ""), (date(2031, 8, 5), date(2031, 8, 31), "")])
def test_no_two_terms_share_a_day(session, first, last, wrong):
    records.add(session, Term, GOOD)

    def add():
        return records.add(session, Term, {**GOOD, "number": 2, "starts_on": first, "ends_on": last})

    if wrong:
        assert set(refused(add)) == {wrong}
    else:
        assert add().id


def test_a_term_neither_moves_nor_comes_back_onto_anothers_days(session):
    one = records.add(session, Term, GOOD)
    two = records.add(session, Term, {**GOOD, "number": 2, "starts_on": date(2032, 2, 20), "ends_on": date(2032, 7, 10)})
    assert set(refused(lambda: records.edit(session, two, {"starts_on": date(2032, 1, 10)}))) == {"starts_on"}
    session.rollback()
    one = records.add(session, Term, GOOD)
    records.delete(session, one)
    records.add(session, Term, {**GOOD, "number": 2})
    assert set(refused(lambda: records.restore(session, one))) == {"starts_on"}


def test_a_school_year_that_is_none_is_refused_by_every_way(session):
    made = records.add(session, Term, GOOD)
    assert set(refused(lambda: records.edit(session, made, {}, own={"school_year": "没有"}))) == {"school_year"}


def test_two_terms_may_be_moved_together(session):
    one = records.add(session, Term, GOOD)
    two = records.add(session, Term, {**GOOD, "number": 2, "starts_on": date(2032, 2, 20), "ends_on": date(2032, 7, 10)})
    with records.together(session):
        records.edit(session, one, {"ends_on": date(2032, 3, 1)})
        records.edit(session, two, {"starts_on": date(2032, 3, 2)})
    assert (one.ends_on, two.starts_on) == (date(2032, 3, 1), date(2032, 3, 2))


def test_the_terms_of_the_demo_hold_the_rules(session):
    terms = living(session)
    for term in terms:
        records.edit(session, term, {"ends_on": term.ends_on - timedelta(days=1)})
    assert len(terms) > 1


def test_a_name_may_be_mended_where_older_days_are_wrong(session):
    with scope.everything(session):
        made = records.add(session, Term, {**GOOD, "ends_on": date(2034, 1, 1)})
    records.edit(session, made, {"name": "改了"})
    assert made.name == "改了"


def test_only_who_has_no_area_outside_the_own_place_keeps_terms(session):
    with scope.everything(session):
        session.add(Area(code="98", name="外省", level="province"))
        session.flush()
    assert set(refused(lambda: records.add(session, Term, GOOD))) == {""}
