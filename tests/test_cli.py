"""The commands, on both engines."""

import os
import re
import secrets
import time
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import delete, func, select, update

from app import create_app
from app.extensions import db
from app.models.audit import Change, Submission
from app.models.children import Child, ChildKey
from app.models.inspection import ChecklistItem, ChecklistTemplate
from app.models.org import Area, Member, School, Staff
from app.services import attachments, clock, nameless, scope
from app.services.exchange import uploads
from tests.support import settings

COUNTY = ("seed", "demo", "--children", "60", "--schools", "4", "--seed", "5")


@pytest.fixture
def app(empty_url):
    made = create_app({**settings.of(empty_url), "DEMO_PASSWORD": ""})
    with made.app_context():
        upgrade()
        scope.bind(db.session(), scope.SYSTEM)
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def run(app):
    """run("seed", "demo") gives what was printed; run(..., fails=True) what was said on failing."""

    def command(*words: str, fails: bool = False) -> str:
        db.session.rollback()
        result = app.test_cli_runner().invoke(args=words)
        assert bool(result.exit_code) is fails, result.output
        scope.bind(db.session(), scope.SYSTEM)
        db.session.rollback()
        return result.output

    return command


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


def test_rows_can_be_added_after_a_seed(app, run):
    """The seed gives ids itself: the database must go on behind them."""
    run(*COUNTY)
    school = db.session.scalars(select(School)).first()
    db.session.add(Staff(school_id=school.id, name="王丽", sex="f", post="teacher"))
    db.session.commit()
    assert count(Staff) == db.session.scalar(select(func.max(Staff.id)))


def test_a_second_county_is_refused_or_left_out(app, run):
    run(*COUNTY)
    assert run(*COUNTY, "--if-empty") == ""
    assert "empty database" in run(*COUNTY, fails=True)
    assert count(School) == 7


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
    run("seed", "divisions", "--city", "5205")
    told = run("admin", "wang")
    password = told.rsplit(" ", 1)[1].strip()
    client = app.test_client()
    page = client.post("/login/", data={"username": "wang", "password": password, "csrf_token": token_of(client.get("/login/").text)})
    assert page.status_code == 302 and client.get("/").location.endswith("/me/password")
    member = db.session.scalars(select(Member)).one()
    assert (member.role, member.must_change_password) == ("admin", True)
    assert run("admin", "wang").rsplit(" ", 1)[1] != password and count(Member) == 1


def test_an_account_of_somebody_else_is_not_taken(app, run):
    run(*COUNTY)
    assert "系统管理员" in run("admin", "county", fails=True)


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
    assert run("seed", "checklist") == run("seed", "checklist") == "county-2026 1: 县级督导检查清单\n"
    assert (count(ChecklistTemplate), count(ChecklistItem)) == (1, 120)
    item = db.session.scalars(select(ChecklistItem).where(ChecklistItem.code == "I9")).one()
    assert item.critical and item.parameters == {"min_grams": 125} and item.methods == "看算" and item.basis


def test_purge_empties_the_trash(app, run):
    run(*COUNTY)
    child = db.session.scalars(select(Child)).first()
    child.deleted_at = clock.now() - timedelta(days=app.config["TRASH_DAYS"] + 1)
    db.session.commit()
    assert re.search(r"^child: 1$", run("purge"), re.MULTILINE)
    with scope.trash(db.session()):
        assert count(Child) == 99


def test_purge_takes_old_uploads_and_the_tokens_of_old_forms(app, run):
    upload = Path(app.config["VAR"]) / uploads.FOLDER / ("x" * 32)
    upload.parent.mkdir(parents=True, exist_ok=True)
    for path, age in ((upload, uploads.LASTS + 60), (upload.with_name("y" * 32), 0)):
        path.write_bytes(b"sealed")
        os.utime(path, (time.time() - age,) * 2)
    for days, token in ((app.config["TRASH_DAYS"] + 1, "old"), (1, "young")):
        db.session.add(Submission(token=token, entity="Child", row_id=1, created_at=clock.now() - timedelta(days=days)))
    db.session.commit()
    run("purge")
    assert not upload.exists() and upload.with_name("y" * 32).exists()
    assert db.session.scalars(select(Submission.token)).all() == ["young"]


def test_purge_puts_aside_the_files_that_no_row_names(app, run):
    run(*COUNTY)
    folder = Path(app.config["VAR"]) / attachments.FOLDER
    old, young = (folder / name[:2] / name for name in (secrets.token_hex(16), secrets.token_hex(16)))
    for path, age in ((old, 2), (young, 0.5)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"photo")
        os.utime(path, (time.time() - age * nameless.DAY,) * 2)
    assert "files without a row: 1 put aside, 0 taken back, 0 removed" in run("purge")
    assert young.exists() and not old.exists()
    aside = folder / nameless.ASIDE / old.name
    os.utime(aside, (time.time() - (app.config["TRASH_DAYS"] + 1) * nameless.DAY,) * 2)
    assert "files without a row: 0 put aside, 0 taken back, 1 removed" in run("purge")
    assert young.exists() and not aside.exists()


def test_recount_repairs_what_is_kept(app, run):
    run(*COUNTY)
    kept = select(Child.id, Child.pinyin, Child.left_behind, Child.last_talk_on).order_by(Child.id)
    before, keys = db.session.execute(kept).all(), count(ChildKey)
    db.session.execute(update(Child.__table__).values(pinyin="", left_behind="0", last_talk_on=None))
    db.session.execute(delete(ChildKey.__table__))
    db.session.commit()
    run("recount")
    assert db.session.execute(kept).all() == before and count(ChildKey) == keys


def test_an_export_that_cannot_be_written_says_so(app, run, tmp_path):
    run(*COUNTY)
    words = ("export", "child", "--as", "school", "--to")
    nowhere = run(*words, str(tmp_path / "nowhere" / "children.xlsx"), fails=True)
    assert nowhere.startswith("Error: ") and "nowhere" in nowhere and "Traceback" not in nowhere
    below_a_file = tmp_path / "file"
    below_a_file.touch()
    assert "Error: " in run(*words, str(below_a_file / "children.xlsx"), fails=True)
    assert run(*words, str(tmp_path / "children.xlsx")).endswith(" rows\n") and (tmp_path / "children.xlsx").stat().st_size > 1000


@pytest.mark.parametrize(("entity", "account", "said"), [
    ("unicorn", "school", "Invalid value for ENTITY: one of "), ("submission", "school", "Invalid value for ENTITY: one of "),
    ("child", "nobody", "no such account"), ("child", "superior", "may not export"),
])
def test_an_export_of_nothing_that_is_names_what_is(app, run, tmp_path, entity, account, said):
    run(*COUNTY)
    told = run("export", entity, "--as", account, "--to", str(tmp_path / "out.xlsx"), fails=True)
    assert said in " ".join(told.split()) and "Traceback" not in told and not (tmp_path / "out.xlsx").exists()
