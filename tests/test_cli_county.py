"""The commands on a desk with a county, on both engines; the county is the module's own."""

import os
import re
import secrets
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from app.extensions import db
from app.models.audit import Submission
from app.models.children import Child, ChildKey
from app.models.org import School, Staff
from app.services import attachments, clock, nameless, scope
from app.services.exchange import uploads
from tests.support import commands

COUNTY = ("seed", "demo", "--children", "60", "--schools", "4", "--seed", "5")


@pytest.fixture
def run(app):
    with app.app_context():
        scope.bind(db.session(), scope.SYSTEM)
        yield commands.runner(app)
        db.session.remove()


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_rows_can_be_added_after_a_seed(app, run):
    """The seed gives ids itself: the database must go on behind them."""
    school = db.session.scalars(select(School)).first()
    db.session.add(Staff(school_id=school.id, name="王丽", sex="f", post="teacher"))
    db.session.commit()
    assert count(Staff) == db.session.scalar(select(func.max(Staff.id)))


def test_a_second_county_is_refused_or_left_out(app, run):
    before = count(School)
    assert run(*COUNTY, "--if-empty") == ""
    assert "empty database" in run(*COUNTY, fails=True)
    assert count(School) == before > 0


def test_an_account_of_somebody_else_is_not_taken(app, run):
    assert "系统管理员" in run("admin", "county", fails=True)


def test_purge_empties_the_trash(app, run):
    child, before = db.session.scalars(select(Child)).first(), count(Child)
    child.deleted_at = clock.now() - timedelta(days=app.config["TRASH_DAYS"] + 1)
    db.session.commit()
    assert re.search(r"^child: 1$", run("purge"), re.MULTILINE)
    with scope.trash(db.session()):
        assert count(Child) == before - 1


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
    kept = select(Child.id, Child.pinyin, Child.left_behind, Child.last_talk_on).order_by(Child.id)
    before, keys = db.session.execute(kept).all(), count(ChildKey)
    db.session.execute(update(Child.__table__).values(pinyin="", left_behind="0", last_talk_on=None))
    db.session.execute(delete(ChildKey.__table__))
    db.session.commit()
    run("recount")
    assert db.session.execute(kept).all() == before and count(ChildKey) == keys


def test_an_export_that_cannot_be_written_says_so(app, run, tmp_path):
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
    told = run("export", entity, "--as", account, "--to", str(tmp_path / "out.xlsx"), fails=True)
    assert said in " ".join(told.split()) and "Traceback" not in told and not (tmp_path / "out.xlsx").exists()
