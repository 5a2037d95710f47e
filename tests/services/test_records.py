"""The one way to write: what is refused and why, once is once, two people on one row, and the way back."""

from datetime import date
from random import Random

import pytest
from sqlalchemy import func, select, text

from app.models.care import Talk
from app.models.children import Child, Guardian
from app.models.crypto import SealBroken
from app.models.org import Member, School, SchoolClass, Staff
from app.models.safety import Hazard
from app.models.term import Term
from app.services import clock, records, scope
from seeds import numbers

HAZARD = {"what": "护栏松动", "where": "二楼", "kind": "building", "found_on": date(2026, 1, 5), "due_on": date(2026, 2, 5)}


def come(session, username):
    with scope.everything(session):
        who = session.scalars(select(Member).where(Member.username == username)).one()
    scope.bind(session, scope.asker_of(session, who))


def refused(call):
    with pytest.raises(records.Refused) as caught:
        call()
    return {key: error.message for key, error in caught.value.errors.items()}


def foreign(session, model):
    with scope.everything(session):
        other = session.scalar(select(Member.school_id).where(Member.username == "school2"))
        return session.scalar(select(model.id).where(model.school_id == other))


def child_values(session, **changes):
    return {"name": "李雨桐", "sex": "f", "birth_date": date(2016, 5, 5), "stage": "primary", "health": "healthy", "file_state": "open", **changes}


# Refusals ----------------------------------------------------------------------------------
def test_what_must_be_filled_is_asked_for_by_name(session):
    wrong = refused(lambda: records.add(session, Hazard, {"what": " "}))
    assert set(wrong) == {"what", "where", "kind", "found_on", "due_on"}
    assert wrong["what"] == "请填写%(label)s"


@pytest.mark.parametrize(("key", "value"), [
    ("kind", "nothing"), ("found_on", date(2099, 1, 1)), ("what", "长" * 121), ("responsible", 99_999_999)])
def test_one_wrong_value_is_told_beside_its_field(session, key, value):
    assert set(refused(lambda: records.add(session, Hazard, {**HAZARD, key: value}))) == {key}


def test_a_file_that_outgrew_a_rule_is_closed_but_nothing_new_goes_past_it(session):
    child = records.add(session, Child, child_values(session))
    grown, older = date(clock.today().year - 21, 1, 1), date(clock.today().year - 22, 1, 1)
    session.execute(Child.__table__.update().where(Child.__table__.c.id == child.id).values(birth_date=grown))
    session.refresh(child)
    assert set(refused(lambda: records.edit(session, child, {"birth_date": older}))) == {"birth_date"}
    assert set(refused(lambda: records.add(session, Child, child_values(session, birth_date=grown)))) == {"birth_date"}
    records.edit(session, child, {**records.current(child), "file_state": "adult"} | {"school": child.school_id})
    assert (child.file_state, child.birth_date) == ("adult", grown)


def test_a_secret_obeys_its_rule_and_the_message_never_repeats_it(session):
    with pytest.raises(records.Refused) as caught:
        records.add(session, Child, child_values(session, id_number="123456789012345678"))
    assert "123456789012345678" not in str(caught.value.errors["id_number"].__dict__) + str(caught.value)


def test_a_foreign_link_is_refused_like_one_that_is_not_there(session):
    there = refused(lambda: records.add(session, Hazard, {**HAZARD, "responsible": foreign(session, Staff)}))
    session.rollback()
    nowhere = refused(lambda: records.add(session, Hazard, {**HAZARD, "responsible": 99_999_999}))
    assert there == nowhere


@pytest.mark.parametrize(("account", "model"), [("inspector", Hazard), ("superior", Hazard), ("admin", Child), ("teacher", Hazard), ("county", Talk)])
def test_a_role_without_the_verb_writes_nothing(session, account, model):
    come(session, account)
    with pytest.raises(records.Forbidden):
        records.add(session, model, HAZARD)


def test_a_teacher_deletes_no_child(session):
    come(session, "teacher")
    row = session.scalars(select(Child).limit(1)).one()
    with pytest.raises(records.Forbidden):
        records.delete(session, row)


# Unique ------------------------------------------------------------------------------------
def test_a_number_of_another_school_is_taken_and_nothing_more_is_told(session):
    with scope.everything(session):
        other = session.scalars(select(Child).where(Child.id == foreign(session, Child))).one()
        number, name, born = other.id_number, other.name, {"birth_date": other.birth_date, "sex": other.sex}
    wrong = refused(lambda: records.add(session, Child, child_values(session, id_number=number, **born)))
    assert wrong == {"id_number": "这个%(label)s已经登记过"}
    assert name not in str(wrong)


def test_a_number_is_free_again_when_its_row_is_deleted(session):
    number = numbers.id_number(Random(3), date(2016, 5, 5), "f", "990199")
    first = records.add(session, Child, child_values(session, id_number=number))
    assert "id_number" in refused(lambda: records.add(session, Child, child_values(session, id_number=number)))
    records.delete(session, first)
    second = records.add(session, Child, child_values(session, id_number=number))
    assert second.id != first.id
    assert refused(lambda: records.restore(session, first)) == {"": "与已有记录冲突，未保存，请核对后重试"}


# Once is once ------------------------------------------------------------------------------
def test_a_repeated_token_makes_one_row(session):
    first = records.add(session, Hazard, HAZARD, token="t" * 30)
    again = records.add(session, Hazard, {**HAZARD, "what": "另一个"}, token="t" * 30)
    assert first.id == again.id
    assert session.scalar(select(func.count(Hazard.id)).where(Hazard.what.in_(("护栏松动", "另一个")))) == 1


def test_without_a_token_two_saves_are_two_rows(session):
    assert records.add(session, Hazard, HAZARD).id != records.add(session, Hazard, HAZARD).id


def test_another_schools_token_gives_nothing_away(session):
    made = records.add(session, Hazard, HAZARD, token="u" * 30)
    come(session, "school2")
    try:
        got = records.add(session, Hazard, HAZARD, token="u" * 30)
    except records.Refused:
        return
    assert got.id != made.id


# Two people --------------------------------------------------------------------------------
def test_a_save_on_an_old_version_is_a_conflict_and_changes_nothing(session):
    row = records.add(session, Hazard, HAZARD)
    records.edit(session, row, {"what": "先存的"}, version=1)
    with pytest.raises(records.Conflict):
        records.edit(session, row, {"what": "后到的"}, version=1)
    assert row.what == "先存的"


def test_a_row_changed_under_the_save_is_a_conflict(session):
    row = records.add(session, Hazard, HAZARD)
    session.connection().execute(text("UPDATE hazard SET version = version + 1 WHERE id = :id"), {"id": row.id})
    with pytest.raises(records.Conflict):
        records.edit(session, row, {"what": "后到的"}, version=1)


def test_fields_that_were_not_sent_keep_their_values(session):
    row = records.add(session, Hazard, {**HAZARD, "fix": "加固"})
    records.edit(session, row, {"where": "三楼"}, version=1)
    assert (row.what, row.where, row.fix) == ("护栏松动", "三楼", "加固")


# Trash -------------------------------------------------------------------------------------
def test_a_deleted_child_takes_its_file_along_and_brings_it_back(session):
    child = session.scalars(select(Child).order_by(Child.id).limit(1)).one()
    models = (Guardian, Talk)
    before = {model: session.scalar(select(func.count(model.id)).where(model.child_id == child.id)) for model in models}
    gone_before = session.scalars(select(Talk).where(Talk.child_id == child.id).limit(1)).one()
    records.delete(session, gone_before)
    with clock.freeze(clock.now().replace(year=clock.now().year + 1)):
        records.delete(session, child)
    assert records.find(session, Child, child.id) is None
    assert all(session.scalar(select(func.count(model.id)).where(model.child_id == child.id)) == 0 for model in models)
    records.restore(session, records.find(session, Child, child.id, trash=True))
    after = {model: session.scalar(select(func.count(model.id)).where(model.child_id == child.id)) for model in models}
    assert after == {**before, Talk: before[Talk] - 1}, "what was deleted before stays deleted"


def test_a_deleted_row_is_found_in_the_trash_only(session):
    row = records.add(session, Hazard, HAZARD)
    records.delete(session, row)
    assert records.find(session, Hazard, row.id) is None
    assert records.find(session, Hazard, row.id, trash=True) is row


@pytest.mark.parametrize("row_id", [0, -1, 2**31, 2**70])
def test_an_id_that_no_database_takes_finds_nothing(session, row_id):
    assert records.find(session, Hazard, row_id) is None


# Secrets -----------------------------------------------------------------------------------
def test_a_cipher_moved_to_another_row_does_not_open(session):
    first, second = session.scalars(select(Child).where(Child.id_number_enc.is_not(None)).order_by(Child.id).limit(2)).all()
    swap = text("UPDATE child SET id_number_enc = :sealed WHERE id = :id")
    session.connection().execute(swap, {"sealed": second.id_number_enc, "id": first.id})
    session.expire_all()
    with pytest.raises(SealBroken):
        _ = first.id_number
    assert second.id_number


def test_a_cipher_moved_to_another_column_does_not_open(session):
    row = session.scalars(select(Child).where(Child.id_number_enc.is_not(None), Child.residence_enc.is_not(None)).limit(1)).one()
    session.connection().execute(text("UPDATE child SET residence_enc = id_number_enc WHERE id = :id"), {"id": row.id})
    session.expire_all()
    with pytest.raises(SealBroken):
        _ = row.residence


def test_no_secret_stands_in_the_database_in_clear(session):
    row = session.scalars(select(Child).where(Child.id_number_enc.is_not(None)).limit(1)).one()
    raw = session.connection().execute(text("SELECT * FROM child WHERE id = :id"), {"id": row.id}).one()
    assert row.id_number not in str(tuple(raw)) and row.residence not in str(tuple(raw))


def test_equal_texts_have_unequal_ciphers(session):
    a = records.add(session, Child, child_values(session, residence="青石镇一组"))
    b = records.add(session, Child, child_values(session, residence="青石镇一组"))
    assert a.residence_enc != b.residence_enc and a.residence_hash == b.residence_hash


def test_unscoped_rows_are_for_those_who_may(session):
    come(session, "admin")
    made = records.add(session, Term, {"name": "试", "school_year": "2031—2032", "number": 1, "starts_on": date(2031, 9, 1), "ends_on": date(2032, 1, 20)})
    assert made.id
    come(session, "school")
    with pytest.raises(records.Forbidden):
        records.edit(session, made, {"name": "x"})


def test_a_school_cannot_move_itself_to_another_area(session):
    with scope.everything(session):
        area = session.scalar(select(School.area_id).where(School.id == session.scalar(select(Member.school_id).where(Member.username == "school3"))))
    own = session.scalars(select(School)).one()
    assert set(refused(lambda: records.edit(session, own, {"area": area}))) == {"area"}


def test_a_class_name_is_unique_in_its_school(session):
    first = session.scalars(select(SchoolClass).limit(1)).one()
    assert refused(lambda: records.add(session, SchoolClass, {"name": first.name, "grade": first.grade}))
