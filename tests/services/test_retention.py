"""What goes for good, and what stays."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.audit import AccessLog, Attachment, Change
from app.models.care import Talk
from app.models.children import Child, ChildKey, Guardian
from app.models.org import Area, School, SchoolClass, Staff
from app.models.safety import Hazard, ResponsibilityLetter
from app.services import clock, history, retention, scope
from tests.support import memory

NOW = datetime(2026, 5, 20, 4, tzinfo=clock.now().tzinfo)
LONG_AGO, LATELY = NOW - timedelta(days=31), NOW - timedelta(days=29)


@pytest.fixture
def session():
    """One school with a child of a full file, and a second child."""
    with clock.freeze(NOW), memory.database() as made:
        _fill(made)
        yield made


def _fill(session: Session) -> None:
    area = Area(code="99", name="示例省", level="province")
    school = School(code="2199000001", name="青石镇中心小学", type="primary", area=area)
    session.add_all([area, school])
    session.flush()
    staff = Staff(school_id=school.id, name="王丽", sex="f", post="class_teacher")
    session.add(staff)
    session.flush()
    row = SchoolClass(school_id=school.id, name="三年级1班", grade=3, teacher_id=staff.id)
    session.add(row)
    session.flush()
    for name in ("李雨桐", "张浩然"):
        child = Child(school_id=school.id, school_class_id=row.id, name=name, sex="f", birth_date=date(2017, 3, 1),
                      stage="primary")
        session.add(child)
        session.flush()
        session.add_all([
            Guardian(child_id=child.id, name="李建国", rank="first", relation="father", phone="10200000001"),
            Talk(child_id=child.id, talked_on=date(2026, 5, 1), teacher_id=staff.id, content="说想妈妈"),
            ResponsibilityLetter(school_id=school.id, level="school_guardian", school_year="2025—2026学年", child_id=child.id,
                                 signer="李建国", signed_on=date(2025, 9, 3), expires_on=date(2026, 8, 31))])
        session.flush()
    session.commit()


def purge(session: Session) -> retention.Purged:
    done = retention.purge(session, trash_days=30, log_days=190)
    session.commit()
    session.expire_all()
    return done


def count(session: Session, model: type) -> int:
    with scope.trash(session):
        return session.scalar(select(func.count()).select_from(model))


def first(session: Session, model: type):
    return session.scalars(select(model).order_by(model.id)).first()


def test_nothing_goes_before_its_time(session):
    first(session, Child).deleted_at = LATELY
    first(session, Talk).deleted_at = LATELY
    session.commit()
    assert purge(session) == retention.Purged()
    assert count(session, Child) == count(session, Talk) == 2


def test_a_child_takes_its_whole_file_along(session):
    gone = first(session, Child)
    gone_id, gone.deleted_at = gone.id, LONG_AGO
    session.commit()
    done = purge(session)
    for model in (Guardian, Talk, ResponsibilityLetter, ChildKey):
        assert gone_id not in session.scalars(select(model.child_id)).all()
    assert count(session, Child) == count(session, Guardian) == count(session, Talk) == 1
    assert {"child": 1, "guardian": 1, "talk": 1, "responsibility_letter": 1}.items() <= done.rows.items()


def test_a_single_record_goes_alone(session):
    first(session, Talk).deleted_at = LONG_AGO
    session.commit()
    assert purge(session).rows == {"talk": 1}
    assert count(session, Child) == 2


@pytest.mark.parametrize("model", [Area, School, Staff, SchoolClass])
def test_what_others_refer_to_stays(session, model):
    first(session, model).deleted_at = LONG_AGO
    session.commit()
    assert purge(session) == retention.Purged()
    assert count(session, model) == 1


def test_what_goes_together_goes_in_the_right_order(session):
    for model in (Child, SchoolClass, Staff, School, Area):
        for row in session.scalars(select(model)):
            row.deleted_at = LONG_AGO
    session.commit()
    done = purge(session)
    assert done.rows["school"] == done.rows["area"] == 1
    assert count(session, Child) == count(session, School) == count(session, Area) == 0


def test_the_history_keeps_who_and_when_but_not_the_texts(session):
    talk = first(session, Talk)
    talk_id, talk.deleted_at = talk.id, LONG_AGO
    session.commit()
    purge(session)
    told = session.scalars(select(Change).where(Change.entity == "Talk", Change.row_id == talk_id)).all()
    others = session.scalars(select(Change).where(Change.entity == "Talk", Change.row_id != talk_id)).all()
    assert [one.action for one in told] == ["add", "delete"] and all(one.lines == [] and one.who for one in told)
    assert all(one.lines for one in others) and others


def test_attachments_go_with_their_row(session):
    hazard = Hazard(school_id=first(session, School).id, what="插座松动", where="教室", kind="electric",
                    found_on=date(2026, 1, 1), due_on=date(2026, 2, 1))
    session.add(hazard)
    session.flush()
    for entity, row_id, stored_as in (("Hazard", hazard.id, "one"), ("Talk", hazard.id, "two")):
        session.add(Attachment(school_id=hazard.school_id, entity=entity, row_id=row_id, name="照片.jpg", media_type="image/jpeg",
                               size=1, stored_as=stored_as, sha256="0" * 64))
    hazard.deleted_at = LONG_AGO
    session.commit()
    assert purge(session).files == ["one"]
    assert session.scalars(select(Attachment.stored_as)).all() == ["two"]
    told = session.scalars(select(Change.lines).where(Change.entity == "Attachment").order_by(Change.row_id)).all()
    assert told[0] == [] and told[1], "the name of a file that is gone is not kept"


def test_the_access_log_is_kept_for_its_days(session):
    for days in (189, 191):
        with clock.freeze(NOW):
            history.log_access(session, "export", "Child", rows=days)
        last = session.scalars(select(AccessLog).order_by(AccessLog.id.desc())).first()
        last.at = NOW - timedelta(days=days)
        session.flush()
    session.commit()
    assert purge(session).rows == {"access_log": 1}
    assert session.scalars(select(AccessLog.rows)).all() == [189]
