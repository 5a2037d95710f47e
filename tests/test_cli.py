"""The commands on a new database, on both engines; those of a county are in test_cli_county.py."""

import json
import re
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask_migrate import downgrade
from sqlalchemy import func, select, update

from app.extensions import db
from app.models.audit import Change
from app.models.children import Child
from app.models.inspection import ChecklistItem, ChecklistTemplate
from app.models.org import Area, Member, School
from app.services import scope
from seeds.checklist.load import load_template
from tests.support import commands, houses

COUNTY = ("seed", "demo", "--children", "60", "--schools", "4", "--seed", "5")


@pytest.fixture
def app(migrated_url):
    with houses.app_at(migrated_url) as made, made.app_context():
        made.config["DEMO_PASSWORD"] = ""
        scope.bind(db.session(), scope.SYSTEM)
        yield made


@pytest.fixture
def run(app):
    return commands.runner(app)


def token_of(page: str) -> str:
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_county_with_a_random_password_told_once(app, run):
    told = run(*COUNTY)
    password = re.search(r"Password of all: (\S+)$", told.strip()).group(1)
    assert len(password) >= 12 and told.count(password) == 1
    for member in db.session.scalars(select(Member)):
        assert re.search(rf"^{member.username} ", told, re.MULTILINE)
        assert member.session_stamp and not member.must_change_password
    assert (count(School), count(Child)) == (4 + 3, 60 + 40)


def test_a_chosen_password_is_not_printed(app, run):
    app.config["DEMO_PASSWORD"] = "Chosen-2026"
    told = run(*COUNTY)
    assert "as DEMO_PASSWORD" in told and "Chosen-2026" not in told


def test_a_start_migrates_and_leaves_a_county_as_it_is(app, run):
    run(*COUNTY)
    downgrade(revision="0001")
    app.config["DEMO"] = True
    assert "Password" not in run("prepare")
    script = ScriptDirectory.from_config(app.extensions["migrate"].migrate.get_config())
    assert count(School) == 7 and db.session.scalar(db.text("SELECT version_num FROM alembic_version")) == script.get_current_head()


def test_a_start_makes_no_county_outside_the_demo(app, run):
    app.config["DEMO"] = False
    assert "Password" not in run("prepare") and count(School) == 0


def test_the_first_account_of_a_desk(app, run):
    assert "区划" in run("admin", "wang", fails=True) and count(Member) == 0
    run("seed", "divisions", "--city", "520502")
    told = run("admin", "wang")
    password = told.rsplit(" ", 1)[1].strip()
    client = app.test_client()
    page = client.post("/login/", data={"username": "wang", "password": password, "csrf_token": token_of(client.get("/login/").text)})
    assert page.status_code == 302 and client.get("/").location.endswith("/me/password")
    member = db.session.scalars(select(Member)).one()
    assert (member.role, member.must_change_password) == ("admin", True)
    assert run("admin", "wang").rsplit(" ", 1)[1] != password and count(Member) == 1


def test_light_records_are_fewer(app, run):
    run(*COUNTY, "--light")
    most = db.session.execute(db.text("SELECT max(n) FROM (SELECT count(*) AS n FROM talk GROUP BY child_id) AS each")).scalar()
    assert most <= 2


@pytest.mark.parametrize("words", [("--schools", "0"), ("--children", "-1"), ("--children", "many")])
def test_numbers_that_make_no_county(app, run, words):
    assert "Usage" in run("seed", "demo", *words, fails=True)


def test_divisions_of_a_county_then_of_its_city(app, run):
    assert run("seed", "divisions", "--city", "520502").split()[0] == str(count(Area))
    run("seed", "divisions", "--city", "5205")
    assert count(Area) == 1 + 1 + 8 + 279 + 3716
    assert run("seed", "divisions", "--city", "5205") == "0 areas added\n"
    for area in db.session.scalars(select(Area).where(Area.level.in_(("county", "township")))):
        assert area.parent.path + area.code + "/" == area.path
    assert db.session.scalars(select(Area.path).where(Area.code == "520502")).one() == "/52/5205/520502/"


def test_the_history_tells_who_added_which_divisions(app, run):
    run("seed", "divisions", "--city", "520502")
    told = {row.row_id: row for row in db.session.scalars(select(Change).where(Change.entity == "Area"))}
    areas = db.session.scalars(select(Area)).all()
    assert set(told) == {area.id for area in areas} and len({row.request_id for row in told.values()}) == 1
    for area in areas:
        texts = {line[0]: line[4] for line in told[area.id].lines}
        assert (told[area.id].action, told[area.id].who, texts["code"], texts["name"]) == ("add", scope.SYSTEM.name, area.code, area.name)
        assert texts.get("parent_id", "") == (area.parent.name if area.parent else "")
    before = len(told)
    run("seed", "divisions", "--city", "520502")
    assert count(Change) == before


def test_divisions_that_are_not_there(app, run):
    assert "5205, 4209" in run("seed", "divisions", "--city", "1101", fails=True)


def test_the_checklist_is_loaded_once(app, run):
    version = json.loads(Path("seeds/checklist/template.json").read_text("utf-8"))["version"]
    assert run("seed", "checklist") == run("seed", "checklist") == f"county-2026 {version}: 县级督导检查清单\n"
    assert (count(ChecklistTemplate), count(ChecklistItem)) == (1, 120)
    item = db.session.scalars(select(ChecklistItem).where(ChecklistItem.code == "I9")).one()
    assert item.critical and item.parameters == {"min_grams": 125} and item.methods == "看算" and item.basis


def test_a_start_puts_the_newer_checklist_beside_the_older_one(app, run):
    app.config["DEMO"] = False
    run("prepare")
    assert count(ChecklistTemplate) == 0, "a desk that never asked for it gets none"
    loaded = load_template(db.session())
    told = loaded.number
    db.session.execute(update(ChecklistTemplate.__table__).values(number=told - 1))
    db.session.execute(update(ChecklistItem.__table__).where(ChecklistItem.__table__.c.code == "A5").values(text="旧的说法。"))
    db.session.commit()
    for _time in range(2):
        run("prepare")
    assert [(one.number, one.state) for one in db.session.scalars(select(ChecklistTemplate).order_by(ChecklistTemplate.id))] == [
        (told - 1, "published"), (told, "published")]


def test_a_version_that_the_county_made_under_the_number_keeps_it(app, run):
    own = load_template(db.session())
    number = own.number
    db.session.execute(update(ChecklistItem.__table__).where(ChecklistItem.__table__.c.code == "A5").values(text="县里自己的说法。"))
    db.session.commit()
    for _time in range(2):
        run("seed", "checklist")
    assert list(db.session.scalars(select(ChecklistTemplate.number).order_by(ChecklistTemplate.id))) == [number, number + 1]
