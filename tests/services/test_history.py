"""Every change leaves a line in labels; secrets never in clear; an earlier state can be set back."""

from datetime import date
from random import Random

import pytest
from sqlalchemy import func, select, text

from app.models.audit import AccessLog, Change
from app.models.children import Child
from app.models.crypto import digest
from app.models.org import Member, Staff
from app.models.safety import Hazard
from app.services import history, parts, records, scope
from seeds import numbers

HAZARD = {"what": "护栏松动", "where": "二楼", "kind": "building", "found_on": date(2026, 1, 5), "due_on": date(2026, 2, 5)}


@pytest.fixture
def child(session):
    return session.scalars(select(Child).where(Child.id_number_enc.is_not(None)).order_by(Child.id).limit(1)).one()


def newest(session, row):
    return history.of_row(session, row, limit=1)[0]


def test_a_new_row_is_told_with_who_and_when(session):
    row = records.add(session, Hazard, HAZARD)
    told = newest(session, row)
    assert (told.action, told.entity, told.row_id, told.school_id) == ("add", "Hazard", row.id, row.school_id)
    assert told.who == scope.asker(session).name and told.at.tzinfo is not None
    assert "护栏松动" in str(told.lines)


def test_a_change_tells_old_and_new_in_words(session):
    row = records.add(session, Hazard, HAZARD)
    staff = session.scalars(select(Staff).limit(1)).one()
    records.edit(session, row, {"kind": "fire", "responsible": staff.id})
    lines = {line[0]: line for line in newest(session, row).lines}
    assert lines["kind"][1:] == ["building", "fire", "校舍", "消防"]
    assert lines["responsible_id"][3:] == ["", staff.name]
    assert set(lines) == {"kind", "responsible_id"}


def test_a_save_that_changes_nothing_leaves_no_line(session):
    row = records.add(session, Hazard, HAZARD)
    before = len(history.of_row(session, row))
    records.edit(session, row, dict(HAZARD))
    assert len(history.of_row(session, row)) == before


def test_an_unchanged_secret_leaves_no_line(session, child):
    before = len(history.of_row(session, child))
    records.edit(session, child, {"residence": child.residence})
    assert len(history.of_row(session, child)) == before


def test_no_secret_stands_in_the_history_in_clear(session, child):
    old, new = child.residence, "清水镇新村八组"
    records.edit(session, child, {"residence": new, "id_number": None})
    raw = str(session.connection().execute(text("SELECT * FROM change WHERE entity = 'Child' AND row_id = :id"), {"id": child.id}).all())
    assert "residence_enc" in raw
    assert new not in raw and old not in raw
    assert all(line[3:] == ["", ""] for line in newest(session, child).lines)


def test_a_secret_set_back_is_found_again_by_its_number(session, child):
    number = child.id_number
    other = numbers.id_number(Random(11), child.birth_date, child.sex, "990199")
    records.edit(session, child, {"id_number": other, "student_number": None})
    change = newest(session, child)
    assert child.id_number == other
    records.revert(session, child, change)
    session.expire_all()
    assert child.id_number == number
    assert child.id_number_hash == digest(number, "child.id_number")


def test_a_revert_goes_back_over_several_changes_and_is_told_itself(session):
    row = records.add(session, Hazard, HAZARD)
    records.edit(session, row, {"what": "一改"})
    first = newest(session, row)
    records.edit(session, row, {"what": "二改", "where": "三楼"})
    records.edit(session, row, {"where": "四楼"})
    records.revert(session, row, first)
    assert (row.what, row.where) == ("护栏松动", "二楼")
    assert newest(session, row).action == "restore"


def test_a_revert_to_a_number_that_another_row_took_is_refused(session, child):
    number, born = child.id_number, {"birth_date": child.birth_date, "sex": child.sex}
    records.edit(session, child, {"id_number": None, "student_number": None})
    change = newest(session, child)
    records.add(session, Child, {"name": "张浩然", "stage": "primary", "health": "healthy", "file_state": "open", "id_number": number, **born})
    with pytest.raises(records.Refused):
        records.revert(session, child, change)


def test_deleting_is_told_for_every_row_that_goes_along(session, child):
    below = parts.of(session, [child])
    with history.told_as(session, "delete") as request_id:
        records.delete(session, child)
    with scope.everything(session):
        told = session.scalars(select(Change).where(Change.request_id == request_id)).all()
    gone = {(type(one).__name__, one.id) for one in (child, *below)}
    assert len(gone) > 3
    assert {(one.entity, one.row_id) for one in told} >= gone
    assert {one.action for one in told} == {"delete"}


def test_changes_of_one_request_share_its_id(session):
    with history.told_as(session, "import") as request_id:
        rows = [records.add(session, Hazard, HAZARD) for _ in range(3)]
    assert {newest(session, row).request_id for row in rows} == {request_id}
    assert {newest(session, row).action for row in rows} == {"import"}
    assert newest(session, records.add(session, Hazard, HAZARD)).action == "add"


def test_what_is_derived_is_not_told(session, child):
    records.edit(session, child, {"name": "欧阳雨桐"})
    assert {line[0] for line in newest(session, child).lines} == {"name"}


def test_passwords_and_stamps_are_never_told(session):
    scope.bind(session, scope.SYSTEM)
    row = session.scalars(select(Member).where(Member.username == "school2")).one()
    row.password, row.session_stamp, row.failed_logins = "geheim", "neu", 3
    session.flush()
    with scope.everything(session):
        told = session.scalars(select(Change).where(Change.entity == "Member", Change.row_id == row.id)).all()
    assert "geheim" not in str([one.lines for one in told])
    assert not any(line[0] in ("password", "session_stamp", "failed_logins") for one in told for line in one.lines)


def test_another_school_reads_none_of_these_lines(session):
    row = records.add(session, Hazard, HAZARD)
    with scope.everything(session):
        other = session.scalars(select(Member).where(Member.username == "school2")).one()
    scope.bind(session, scope.asker_of(session, other))
    assert session.scalar(select(func.count(Change.id)).where(Change.entity == "Hazard", Change.row_id == row.id)) == 0


def test_a_look_behind_the_mask_leaves_who_what_and_why(session, child):
    history.log_access(session, "reveal", "Child", row=child, columns="身份证号", reason="核实")
    line = session.scalars(select(AccessLog).order_by(AccessLog.id.desc()).limit(1)).one()
    assert (line.who, line.action, line.entity, line.row_id, line.columns, line.reason) == (
        scope.asker(session).name, "reveal", "Child", child.id, "身份证号", "核实")
