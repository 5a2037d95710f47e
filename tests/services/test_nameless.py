"""Files that no row names: the old ones go, the young ones and all that have a name stay."""

import os
import secrets
import time

import pytest
from sqlalchemy import delete, select

from app.models.audit import Attachment
from app.models.base import utc_now
from app.models.org import School
from app.services import nameless

DAYS = 30


@pytest.fixture
def files(db_session, tmp_path):
    """files(days, named) → the path of a file that was written so many days ago; what has a name may lie in the trash."""
    school = db_session.scalar(select(School.id).limit(1))

    def write(days: float, named: str = ""):
        name = secrets.token_hex(16)
        path = tmp_path / name[:2] / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"photo")
        aged(path, days)
        if named:
            db_session.add(Attachment(school_id=school, entity="School", row_id=school, name=f"{named}.jpg", media_type="image/jpeg", size=5,
                                      stored_as=f"{name[:2]}/{name}", sha256="0" * 64, deleted_at=utc_now() if named == "trash" else None))
            db_session.flush()
        return path

    return write


def aged(path, days):
    os.utime(path, (time.time() - days * nameless.DAY,) * 2)


def test_only_what_is_old_and_has_no_name_is_put_aside(files, db_session, tmp_path):
    old = files(1.01)
    kept = [files(0.9), files(0), files(400, "living"), files(400, "trash"), files(0, "living")]
    strange = tmp_path / "00" / "notes.txt"
    strange.parent.mkdir(exist_ok=True)
    strange.write_bytes(b"")
    aged(strange, 400)
    assert nameless.sweep(db_session(), tmp_path, DAYS) == nameless.Swept(aside=1)
    assert not old.exists() and all(path.exists() for path in [*kept, strange])
    aside = tmp_path / nameless.ASIDE / old.name
    assert aside.read_bytes() == b"photo" and aside.parent.stat().st_mode & 0o777 == 0o700
    assert nameless.sweep(db_session(), tmp_path, DAYS) == nameless.Swept(), "the days begin when it is put aside"


def test_what_lay_aside_for_the_days_of_the_trash_goes(files, db_session, tmp_path):
    first, second = files(2), files(2)
    nameless.sweep(db_session(), tmp_path, DAYS)
    aged(tmp_path / nameless.ASIDE / first.name, DAYS + 0.1)
    aged(tmp_path / nameless.ASIDE / second.name, DAYS - 0.1)
    assert nameless.sweep(db_session(), tmp_path, DAYS) == nameless.Swept(gone=1)
    assert [path.name for path in (tmp_path / nameless.ASIDE).iterdir()] == [second.name]


def test_what_a_row_names_again_comes_back(files, db_session, tmp_path):
    path = files(2, "living")
    row = db_session.execute(select(Attachment.__table__).where(Attachment.stored_as == f"{path.parent.name}/{path.name}")).one()._mapping
    db_session.execute(delete(Attachment.__table__).where(Attachment.__table__.c.id == row["id"]))
    assert nameless.sweep(db_session(), tmp_path, DAYS) == nameless.Swept(aside=1)
    aged(tmp_path / nameless.ASIDE / path.name, DAYS + 1)
    db_session.execute(Attachment.__table__.insert().values(**row))
    assert nameless.sweep(db_session(), tmp_path, DAYS) == nameless.Swept(back=1)
    assert path.read_bytes() == b"photo"


def test_no_folder_is_no_error(db_session, tmp_path):
    assert nameless.sweep(db_session(), tmp_path / "files", DAYS) == nameless.Swept()
