"""Figures on the children's files, at the borders of age and day."""

from datetime import date

from app.models.audit import AccessLog
from app.models.children import Child
from app.models.org import SchoolClass
from app.models.rules import check_digit
from tests.services.evidence.school import DAY, ON, Builder, desk, moment, said

assert desk
SIXTEEN = date(2010, 11, 30)  # sixteen years old on ON
EIGHT = date(2018, 11, 30)


def id_number(birth: date, odd: bool = True) -> str:
    first = f"990101{birth:%Y%m%d}00{1 if odd else 2}"
    return first + check_digit(first)


def full(desk: Builder, **values: object) -> Child:
    """A child whose card and five clarities are complete."""
    own_class = desk.add(SchoolClass, name="三（1）班", grade=3)
    child = desk.child(**{"school_class_id": own_class.id, "residence": "河口乡一组", "character": "爱画画", "filed_on": ON,
                          "id_number": id_number(date(2016, 5, 1)), **values})
    desk.guardian(child, phone="13900000001")
    return child


def test_filing_rate_counts_left_behind_children_on_file_only(desk):
    desk.child(filed_on=ON)
    missing = desk.child("f")
    desk.child("")  # not left-behind
    desk.child(file_state="moved_out")
    made = desk.ask("filing_rate")
    assert (*said(made), made.percent, made.value, made.level) == (1, 2, "fail", 50.0, 50.0, "bad")
    assert desk.behind(made) == {missing.id}
    assert said(desk.ask("filing_rate", target_percent=50)) == (1, 2, "pass")


def test_card_counts_fields_and_names_the_incomplete(desk):
    child = full(desk, id_number=None)
    made = desk.ask("card_completeness")
    assert said(made) == (4, 5, "partly")
    assert desk.behind(made) == {child.id}
    child.id_number = id_number(date(2016, 5, 1))
    desk.session.flush()
    assert said(desk.ask("card_completeness")) == (5, 5, "pass")


def test_five_clarities_ask_for_an_explained_illness(desk):
    clear = full(desk)
    made = desk.ask("five_clarities")
    assert (said(made), desk.behind(made)) == ((1, 1, "pass"), set())
    clear.health = "ill"
    desk.session.flush()
    made = desk.ask("five_clarities")
    assert (said(made), desk.behind(made)) == ((0, 1, "fail"), {clear.id})
    assert said(desk.ask("five_clarities", clarities=3)) == (1, 1, "pass")
    clear.illness = "哮喘"
    desk.session.flush()
    assert said(desk.ask("five_clarities")) == (1, 1, "pass")


def test_numbers_must_agree_with_birth_and_sex(desk):
    born = date(2016, 5, 1)
    desk.child(id_number=id_number(born), student_number="G" + id_number(date(2015, 1, 1)))
    other_birth = desk.child(id_number=id_number(date(2016, 5, 2)))
    other_sex = desk.child(id_number=id_number(born, odd=False))
    broken = desk.child(student_number="G123")
    desk.child()
    made = desk.ask("number_checks")
    assert said(made) == (3, 4, "fail")
    assert desk.behind(made) == {other_birth.id, other_sex.id, broken.id}
    assert made.params["missing"] == 1


def test_a_missing_number_alone_decides_nothing(desk):
    desk.child(id_number=id_number(date(2016, 5, 1)))
    assert said(desk.ask("number_checks")) == (0, 1, "pass")
    desk.child()
    assert said(desk.ask("number_checks")) == (0, 1, None)


def test_definitions_are_counted_side_by_side(desk):
    desk.child("fm")  # by all
    one_away = desk.child("f")  # by the education definition only
    urban = desk.child("fm", rural=False)  # not by civil affairs
    desk.child("")
    made = desk.ask("definition_counts")
    assert (made.value, made.denominator, made.suggestion) == (3, 4, None)
    assert {key: made.params[key] for key in ("education", "civil_affairs", "half_year")} == {
        "education": 3, "civil_affairs": 1, "half_year": 2}
    assert desk.behind(made) == {one_away.id, urban.id}


def test_key_children_belong_on_the_list(desk):
    desk.child(special_group="needy")
    unlisted = desk.child(health="disabled")
    desk.child(special_group="gifted")
    desk.add(AccessLog, school_id=desk.school.id, at=moment(ON), who="x", action="export", entity="Child", row_id=None)
    desk.add(AccessLog, school_id=desk.school.id, at=moment(date(2026, 8, 31)), who="x", action="export", entity="Child", row_id=None)
    made = desk.ask("key_children")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {unlisted.id})
    assert (made.params["needy"], made.params["exports"]) == (1, 1)


def test_alone_is_forbidden_until_the_sixteenth_birthday(desk):
    desk.child(alone=True, birth_date=SIXTEEN)
    assert said(desk.ask("unguarded_children")) == (0, 1, "pass")
    alone = desk.child(alone=True, birth_date=SIXTEEN + DAY)
    made = desk.ask("unguarded_children")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {alone.id})


def test_unattended_is_forbidden_until_the_eighth_birthday(desk):
    eight = desk.child("", guard_rating="none", birth_date=EIGHT)
    made = desk.ask("unguarded_children")
    assert (said(made), made.level, desk.behind(made)) == ((0, 1, "partly"), "warn", {eight.id})
    younger = desk.child("", special_group="unguarded", birth_date=EIGHT + DAY)
    made = desk.ask("unguarded_children")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {eight.id, younger.id})
