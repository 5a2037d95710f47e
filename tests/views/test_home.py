"""The first page of each role, the statistics' pages, and the one-page entry."""

import re
from collections import Counter

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models.audit import AccessLog
from app.models.care import HomeVisit, Talk
from app.models.children import Child
from app.models.org import Area, Member, School, SchoolClass
from app.services import clock, hiding, remember, scope, suppression, work
from app.services.statistics import SECTIONS, Line, Report
from app.views import charts, home
from tests.panel.test_listing import MOST_STATEMENTS
from tests.support.attack import hidden_alone
from tests.support.statements import sent

ROLES = ("admin", "county", "inspector", "township", "school", "teacher", "superior")


def ask(app, query):
    with app.app_context(), scope.everything(db.session()):
        return list(db.session.scalars(query))


@pytest.mark.parametrize("role", ROLES)
def test_first_page_has_figures_and_no_dead_link(client_for, role):
    client = client_for(role)
    page = client.get("/").get_data(as_text=True)
    assert page.count('class="card fig"') >= 4
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)"', page[page.index('id="main"'):])}
    assert links
    assert {link: client.get(link).status_code for link in links if client.get(link).status_code != 200} == {}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("few", [50, -1])
def test_first_page_sends_few_statements_whether_schools_are_few_or_many(app, client_for, monkeypatch, role, few):
    monkeypatch.setattr(scope, "FEW", few)
    monkeypatch.setattr(scope, "_many", remember.Memory(600))
    client = client_for(role)
    client.get("/")
    statements = [one for one in sent(app, client, "/") if not one.startswith("BEGIN")]
    assert len(statements) <= MOST_STATEMENTS, "\n".join(statements)
    assert not [one for one in statements if one.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_superior_reads_no_name_of_a_child(app, client_for):
    client = client_for("superior")
    pages = "".join(client.get(url).get_data(as_text=True) for url in ("/", *(
        f"/statistics/?section={key}" for key in ("overview", "definitions", "care", "safety"))))
    assert [name for name in ask(app, select(Child.name)) if f">{name}<" in pages] == []


def test_statistics_open_below_the_own_place_alone(app, client_for):
    [own] = ask(app, select(Member.area_id).where(Member.username == "county"))
    [other] = ask(app, select(Area.id).where(Area.level == "county", Area.id != own))
    client = client_for("county")
    assert client.get(f"/statistics/?area={own}").status_code == 200
    for area in (other, 999_999, "x", 10**12):
        assert client.get(f"/statistics/?area={area}").status_code == 404, area
        assert client.get(f"/statistics/export.xlsx?area={area}").status_code == 404, area
    assert {client_for(role).get(url).status_code for role in ("teacher", "admin", "inspector")
            for url in ("/statistics/", "/statistics/export.xlsx")} == {403}


def test_workbook_leaves_a_line_in_the_access_log(app, client_for):
    lines = select(AccessLog.who).where(AccessLog.entity == "Statistics", AccessLog.action == "export")
    before = len(ask(app, lines))
    answer = client_for("township").get("/statistics/export.xlsx")
    assert answer.status_code == 200 and answer.data[:2] == b"PK"
    assert len(ask(app, lines)) == before + 1


class Entry:
    """The page of talks as one account sees it."""

    def __init__(self, client):
        self.client, self.page = client, client.get("/quick/talk/").get_data(as_text=True)
        self.ids = [int(found) for found in re.findall(r'name="child" value="(\d+)"', self.page)]

    def line(self, child_id, content, day=None):
        token = re.search(rf'name="_token{child_id}" value="([^"]+)"', self.page)
        return {"child": str(child_id), f"_token{child_id}": token[1] if token else "t" * 32,
                f"c{child_id}-talked_on": (day or clock.today()).isoformat(), f"c{child_id}-kind": "regular", f"c{child_id}-content": content}

    def post(self, *lines):
        data = {"child": [line.pop("child") for line in lines]}
        return self.client.post("/quick/talk/", data=data | {key: value for line in lines for key, value in line.items()})


def talks_of(app, child_id):
    return ask(app, select(Talk.content).where(Talk.child_id == child_id).order_by(Talk.id))


@pytest.fixture
def due(app):
    """Three children of the school without a talk this month, whatever the day and the tests before."""
    first = clock.today().replace(day=1)
    with app.app_context(), scope.everything(db.session()):
        school = select(Member.school_id).where(Member.username == "school").scalar_subquery()
        some = db.session.scalars(select(Child.id).where(Child.school_id == school, *work.left_behind()).order_by(Child.id).limit(3)).all()
        for talk in db.session.scalars(select(Talk).where(Talk.child_id.in_(some), Talk.talked_on >= first)):
            talk.deleted_at = clock.now()
        db.session.commit()


@pytest.mark.usefixtures("due")
def test_page_lists_all_who_are_due_and_saves_what_is_filled(app, client_for):
    entry = Entry(client_for("school"))
    with app.app_context(), scope.everything(db.session()):
        [school] = db.session.scalars(select(Member.school_id).where(Member.username == "school"))
        due = set(db.session.scalars(select(Child.id).where(Child.school_id == school, work.no_talk())))
    assert set(entry.ids) == due and len(due) > 1  # how many depends on the day
    first, second = entry.ids[:2]
    before = talks_of(app, first), talks_of(app, second)
    lines = [entry.line(first, "谈到学习"), entry.line(second, "  ")]
    assert entry.post(*lines).status_code == 302
    assert (talks_of(app, first), talks_of(app, second)) == ([*before[0], "谈到学习"], before[1])
    assert entry.post(entry.line(first, "谈到学习")).status_code == 302
    assert talks_of(app, first) == [*before[0], "谈到学习"], "a repeated post made a double"
    assert first not in Entry(entry.client).ids
    assert ask(app, select(Child.last_talk_on).where(Child.id == first)) == [clock.today()]


@pytest.mark.usefixtures("due")
def test_a_refused_line_keeps_its_text_and_stops_no_other(app, client_for):
    entry = Entry(client_for("school"))
    good, bad = entry.ids[:2]
    before = talks_of(app, bad)
    answer = entry.post(entry.line(good, "好的一行"), entry.line(bad, "错的一行", clock.today().replace(year=2099)))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "错的一行" in page and 'class="err"' in page
    assert talks_of(app, good)[-1] == "好的一行" and talks_of(app, bad) == before


WITHOUT = {("talk", "class"): "这个孩子还没有编班，请先编班，或到谈心记录里单独登记",
           ("talk", "teacher"): "这个孩子的班还没有班主任，请先给班级填写班主任，或到谈心记录里单独登记",
           ("home_visit", "class"): "这个孩子还没有编班，请先编班，或到家访记录里单独登记",
           ("home_visit", "teacher"): "这个孩子的班还没有班主任，请先给班级填写班主任，或到家访记录里单独登记"}


@pytest.fixture
def loose(app, due):
    """A child that is due: loose("class") takes it out of its class, loose("teacher") its class's teacher; its id. All as before afterwards."""
    kept = []

    def take(what):
        with app.app_context(), scope.everything(db.session()):
            school = select(Member.school_id).where(Member.username == "school").scalar_subquery()
            child = db.session.scalars(select(Child).where(
                Child.school_id == school, Child.school_class_id.is_not(None), work.no_talk()).order_by(Child.id).limit(1)).one()
            row, column = (child, "school_class_id") if what == "class" else (db.session.get(SchoolClass, child.school_class_id), "teacher_id")
            kept.append((type(row), row.id, column, getattr(row, column)))
            setattr(row, column, None)
            db.session.commit()
            return child.id

    yield take
    with app.app_context(), scope.everything(db.session()):
        for model, row_id, column, value in kept:
            setattr(db.session.get(model, row_id), column, value)
        db.session.commit()


@pytest.mark.parametrize(("kind", "what"), sorted(WITHOUT))
def test_a_line_of_nobody_says_what_to_do_and_keeps_what_was_typed(app, client_for, loose, kind, what):
    child, model = loose(what), Talk if kind == "talk" else HomeVisit
    typed = {"talk": {"talked_on": clock.today().isoformat(), "kind": "regular", "content": "打了半小时球"},
             "home_visit": {"visited_on": clock.today().isoformat(), "met": "奶奶", "found": "打了半小时球"}}[kind]
    count = select(func.count(model.id)).where(model.child_id == child)
    before = ask(app, count)
    data = {"child": [str(child)], f"_token{child}": f"{kind}-{what}-" + "t" * 20, **{f"c{child}-{key}": value for key, value in typed.items()}}
    answer = client_for("school").post(f"/quick/{kind}/", data=data)
    line = answer.get_data(as_text=True).split(f'name="child" value="{child}"')[1].split("</fieldset>")[0]
    assert answer.status_code == 200 and f'<p class="err">{WITHOUT[kind, what]}</p>' in line
    assert "打了半小时球" in line and "请填写" not in line.replace(WITHOUT[kind, what], "")
    assert ask(app, count) == before


def test_children_of_others_are_not_taken(app, client_for):
    entry = Entry(client_for("teacher"))
    [school] = ask(app, select(Member.school_id).where(Member.username == "teacher"))
    [stranger] = ask(app, select(Child.id).where(Child.school_id != school, Child.left_behind != "0").limit(1))
    before = ask(app, select(func.count(Talk.id)))
    answer = entry.post(entry.line(stranger, "不该保存"))
    assert answer.status_code == 200 and ask(app, select(func.count(Talk.id))) == before
    assert {client_for(role).get("/quick/talk/").status_code for role in ("county", "township", "superior", "admin", "inspector")} == {403}
    assert client_for("teacher").get("/quick/child/").status_code == 404


@pytest.fixture
def left(app, due):
    """A child that was due at the school and is at another by now, with its name; back afterwards."""
    with app.app_context(), scope.everything(db.session()):
        [own] = db.session.scalars(select(Member.school_id).where(Member.username == "school"))
        child = db.session.scalars(select(Child).where(Child.school_id == own, work.no_talk()).order_by(Child.id).limit(1)).one()
        child_id, name, school_class = child.id, child.name, child.school_class_id
        child.school_class_id, child.school_id = None, db.session.scalar(select(School.id).where(School.id != own).limit(1))
        db.session.commit()
    yield child_id, name
    with app.app_context(), scope.everything(db.session()):
        child = db.session.get(Child, child_id)
        child.school_id, child.school_class_id = own, school_class
        db.session.commit()


@pytest.mark.parametrize("beside", [False, True])
def test_a_line_of_a_child_that_left_meanwhile_comes_back_as_typed_and_is_not_saved(app, client_for, left, beside):
    child_id, name = left
    entry = Entry(client_for("school"))
    other = entry.ids[0]
    before, others = talks_of(app, child_id), talks_of(app, other)
    lines = [entry.line(child_id, "他说想爸爸<b>"), *([entry.line(other, "谈到学习")] if beside else [])]
    answer = entry.post(*lines)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "data-dirty" in page
    line = page.split(f'name="child" value="{child_id}"')[1].split("</fieldset>")[0]
    assert "他说想爸爸&lt;b&gt;" in line and "已不在您名下" in line and name not in page and f'/child/show/{child_id}"' not in page
    assert talks_of(app, child_id) == before and talks_of(app, other) == [*others, *(["谈到学习"] if beside else [])]
    assert ("已保存 1 条" in page) is beside


@pytest.mark.parametrize("shut", [True, False])
def test_a_figure_hides_its_whole_with_the_table(app, shut):
    told = Report("", clock.today(), [Line("甲", Counter(dict.fromkeys(suppression.COUNTS, 50) | {"filed": 30}))])
    hidden = hidden_alone(told)
    hidden.marks = {("", "left_behind"): hiding.ANY} if shut else {}
    with app.test_request_context("/"):
        shown = home._figure(work.Figure("已建档", 30, 50, entity="Statistics", mark="filed"), told, hidden)
    assert shown["of"] == (None if shut else "50") and shown["percent"] == (None if shut else 60)


@pytest.mark.parametrize(("value", "of", "percent", "level"), [(300, 300, 100, "ok"), (299, 300, 99, "warn"), (2999, 3000, 99, "warn"), (1, 3000, 0, "bad")])
def test_all_is_said_only_where_nobody_lacks(app, value, of, percent, level):
    with app.test_request_context():
        told = home._figure(work.Figure("已建档", value, of, mark="filed"), None, None)
    assert (told["percent"], told["level"]) == (percent, level)
    rate = next(one for one in SECTIONS["care"][1] if one.of and one.key == "filed")
    assert (charts.text_of(Line("甲", {"filed": value, "left_behind": of}), rate, None) == "100.0%") is (value == of)


def test_a_half_filled_visit_is_refused_beside_its_field_and_comes_back(app, client_for):
    client = client_for("school")
    page = client.get("/quick/home_visit/").get_data(as_text=True)
    child = int(re.search(r'name="child" value="(\d+)"', page)[1])
    before = ask(app, select(func.count(HomeVisit.id)))
    data = {"child": [str(child)], f"_token{child}": "half" + "t" * 28, f"c{child}-visited_on": clock.today().isoformat(), f"c{child}-met": "外婆和小姨"}
    answer = client.post("/quick/home_visit/", data=data)
    assert answer.status_code == 200 and "外婆和小姨" in answer.get_data(as_text=True) and "请填写" in answer.get_data(as_text=True)
    assert ask(app, select(func.count(HomeVisit.id))) == before
