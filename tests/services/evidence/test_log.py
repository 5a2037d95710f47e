"""Figures on the school's log and papers, at the borders of months, days and counts. ON is 30 November; the term began on 1 September."""

from datetime import date

import pytest

from app.models.care import HomeVisit, Talk
from app.models.ledger import LogEntry, SchoolDocument
from tests.services.evidence.school import DAY, ON, desk, said
from tests.services.evidence.test_findings import inspected

assert desk
TERM = date(2026, 9, 1)


def log(desk, kind, day=ON, due=None, done=None):
    return desk.add(LogEntry, kind=kind, held_on=day, title="一次", due=due, done=done)


def paper(desk, kind, day=ON, figure=None, until=None):
    return desk.add(SchoolDocument, kind=kind, title="一份", dated_on=day, figure=figure, valid_until=until)


@pytest.mark.parametrize(("name", "kind"), [("work_meetings", "meeting"), ("helper_meetings", "helper_meeting"), ("drills", "drill")])
def test_every_month_of_the_term_is_due_once_it_is_over(desk, name, kind):
    rows = {log(desk, kind, date(2026, 9, 1)).id, log(desk, kind, date(2026, 9, 30)).id, log(desk, kind, ON).id}
    log(desk, kind, TERM - DAY)
    made = desk.ask(name)
    assert (said(made), desk.behind(made)) == ((2, 3, "fail"), rows)
    log(desk, kind, date(2026, 10, 15))
    assert said(desk.ask(name)) == (3, 3, "pass")
    assert said(desk.ask(name, on=date(2026, 12, 30))) == (3, 3, "pass"), "December is not over"
    assert said(desk.ask(name, on=date(2026, 12, 31))) == (3, 4, "fail")
    assert said(desk.ask(name, on=TERM + 7 * DAY)) == (1, 1, "pass"), "the running month counts once it was held"


def test_a_log_of_last_year_is_no_record_of_this_one(desk):
    log(desk, "meeting", ON - 366 * DAY)
    assert said(desk.ask("work_meetings")) == (None, None, None)
    log(desk, "meeting", ON - 365 * DAY)
    assert said(desk.ask("work_meetings")) == (0, 3, "fail")


@pytest.mark.parametrize(("name", "expected"), [
    ("work_meetings", (0, 3, "fail")), ("helper_meetings", (0, 3, "fail")), ("drills", (0, 3, "fail")), ("parents_meetings", (0, 1, None)),
    ("guardian_school", (0, 1, None)), ("activities", (0, 1, None)), ("law_lessons", (0, 1, None)), ("meal_oversight", (0, 1, None)),
    ("safety_lessons", (0, 5, "partly")), ("bus_lessons", (0, 3, "partly")), ("home_openings", (0, 4, "fail"))])
def test_what_a_kept_log_does_not_say_was_not_done(desk, name, expected):
    assert said(desk.ask(name)) == (None, None, None), "no log at all proves nothing"
    log(desk, "checkup", ON - 366 * DAY)
    assert said(desk.ask(name)) == (None, None, None), "nor does one of last year"
    log(desk, "checkup", ON - 365 * DAY)
    assert said(desk.ask(name)) == expected
    log(desk, "checkup")
    assert desk.ask(name, on=date(2027, 1, 28)).suggestion == "fail", "the term is over"


@pytest.mark.parametrize(("name", "expected"), [("care_plans", (0, 2, "fail")), ("reports_on_time", (0, 4, "fail"))])
def test_what_kept_papers_do_not_hold_is_missing(desk, name, expected):
    assert said(desk.ask(name)) == (None, None, None)
    paper(desk, "building", ON - 30 * DAY)
    assert said(desk.ask(name)) == expected


def test_two_meetings_a_month_where_a_county_asks_for_two(desk):
    for day in (date(2026, 9, 1), date(2026, 9, 9), date(2026, 10, 9), date(2026, 11, 9)):
        log(desk, "meeting", day)
    assert said(desk.ask("work_meetings", meetings_per_month=2)) == (1, 3, "fail")


def test_a_kindergarten_drills_once_in_a_quarter(desk):
    desk.school.type = "kindergarten"
    log(desk, "drill", date(2026, 9, 30))
    assert said(desk.ask("drills")) == (1, 1, "pass")
    assert said(desk.ask("drills", on=date(2027, 1, 28))) == (1, 2, "fail")


@pytest.mark.parametrize(("name", "kind"), [
    ("parents_meetings", "parents_meeting"), ("guardian_school", "guardian_school"), ("activities", "activity"), ("law_lessons", "police"),
    ("meal_oversight", "committee")])
def test_once_a_term(desk, name, kind):
    log(desk, kind, TERM - DAY)
    assert said(desk.ask(name)) == (0, 1, None), "it may still be held before the term ends"
    assert said(desk.ask(name, on=date(2027, 1, 28))) == (0, 1, "fail")
    held = log(desk, kind, TERM, due=40, done=30)
    made = desk.ask(name)
    assert (said(made), desk.behind(made), made.params["rate"]) == ((1, 1, "pass"), {held.id}, "75%")


def test_five_themes_and_three_kinds(desk):
    for kind in ("water", "traffic", "fire", "food", "water"):
        log(desk, kind, TERM)
    log(desk, "disaster", TERM - DAY)
    made = desk.ask("safety_lessons")
    assert (said(made), made.params["times"]) == ((4, 5, None), 5)
    assert said(desk.ask("safety_lessons", on=date(2027, 1, 28))) == (4, 5, "partly")
    for kind in ("bus_lesson", "bus_drill", "bus_training"):
        log(desk, kind)
    assert said(desk.ask("bus_lessons")) == (3, 3, "pass")


def test_the_home_is_open_each_week(desk):
    for days in (0, 10, 20, 30):
        log(desk, "home_open", ON - days * DAY)
    assert said(desk.ask("home_openings")) == (4, 4, "pass")
    assert said(desk.ask("home_openings", on=ON + DAY)) == (3, 4, "fail")


def test_the_six_ones_of_a_month(desk):
    both, talked = desk.child(), desk.child()
    staff = desk.staff()
    for child in (both, talked):
        desk.add(Talk, child_id=child.id, school_id=desk.school.id, talked_on=date(2026, 11, 1), teacher_id=staff.id, content="聊天")
    desk.add(HomeVisit, child_id=both.id, school_id=desk.school.id, visited_on=ON, visitor_id=staff.id, found="都好")
    for kind in ("homework", "tutoring", "tutoring"):
        log(desk, kind)
    log(desk, "family_dinner", date(2026, 10, 31))
    made = desk.ask("six_ones")
    assert (said(made), desk.behind(made)) == ((2 + 1 + 2 * 2, 12, "fail"), {talked.id})


@pytest.mark.parametrize(("name", "kind"), [("arrivals", "arrival"), ("holiday_letters", "holiday_letter")])
def test_the_last_count_holds(desk, name, kind):
    log(desk, kind, TERM, due=100, done=90)
    last = log(desk, kind, TERM + 3 * DAY, due=100, done=99)
    made = desk.ask(name)
    assert (said(made), desk.behind(made)) == ((99, 100, "partly"), {last.id})


def test_who_came_last_term_is_no_arrival_of_this_one(desk):
    log(desk, "arrival", TERM - DAY, due=100, done=100)
    assert said(desk.ask("arrivals")) == (None, None, None)


def test_rounds_are_counted_by_day(desk):
    log(desk, "patrol", ON, due=5, done=3)
    log(desk, "patrol", ON, due=5, done=2)
    short = log(desk, "patrol", ON - DAY, due=5, done=4)
    log(desk, "patrol", ON - 31 * DAY, due=5, done=0)
    made = desk.ask("patrols")
    assert (said(made), desk.behind(made), made.params["mean"]) == ((1, 2, "fail"), {short.id}, 4.5)


def test_a_few_days_on_record_prove_no_pass(desk):
    """The 30 days up to Monday, 30 November 2026 have 21 days from Monday to Friday; four fifths are 17."""
    weekdays = [day for day in (ON - number * DAY for number in range(30)) if day.weekday() < 5]
    for day in weekdays[:16]:
        log(desk, "patrol", day, due=5, done=5)
        log(desk, "dormitory", day, due=1, done=1)
    for name in ("patrols", "dormitory_duty"):
        made = desk.ask(name)
        assert (said(made), made.level, made.params["weekdays"]) == ((16, 16, None), "warn", 21)
    log(desk, "patrol", weekdays[16], due=5, done=5)
    log(desk, "dormitory", weekdays[16], due=1, done=1)
    assert {desk.ask(name).suggestion for name in ("patrols", "dormitory_duty")} == {"pass"}
    log(desk, "patrol", TERM, due=5, done=5)
    made = desk.ask("patrols", on=TERM)
    assert (said(made), made.params["weekdays"]) == ((1, 1, "pass"), 1), "the term began that day"


def test_many_shifts_of_few_nights_and_days_at_weekends_prove_no_pass(desk):
    for number in range(5):
        log(desk, "dormitory", ON - number * DAY, due=4, done=4)
    assert said(desk.ask("dormitory_duty")) == (20, 20, None)
    for number in range(18):
        log(desk, "patrol", ON - number * DAY, due=5, done=5)  # 13 of them from Monday to Friday
    assert said(desk.ask("patrols")) == (18, 18, None)


def test_one_entry_tells_of_many_nights(desk):
    log(desk, "dormitory", ON, due=30, done=30)
    assert said(desk.ask("dormitory_duty")) == (30, 30, "pass")
    log(desk, "dormitory", ON, due=10, done=9)
    assert said(desk.ask("dormitory_duty")) == (39, 40, "partly")


@pytest.mark.parametrize(("name", "kind"), [("purchase_checks", "purchase"), ("stock_checks", "stock")])
def test_done_of_due_in_thirty_days(desk, name, kind):
    log(desk, kind, ON - 30 * DAY, due=10, done=10)
    log(desk, kind, ON - 31 * DAY, due=10, done=0)
    assert said(desk.ask(name)) == (10, 10, "pass")
    bad = log(desk, kind, ON, due=10, done=9)
    log(desk, kind, ON, due=10)  # nobody wrote down what was done
    made = desk.ask(name)
    assert (said(made), desk.behind(made)) == ((19, 20, "partly"), {bad.id})


def test_checkups_of_a_year(desk):
    log(desk, "checkup", ON - 365 * DAY, due=50, done=50)
    some = log(desk, "checkup", ON - 20 * DAY, due=50, done=20)
    made = desk.ask("checkups")
    assert (said(made), desk.behind(made)) == ((70, 100, "fail"), {some.id})


def test_controls_of_days_weeks_and_the_month(desk):
    canteen = desk.canteen()
    for day in (ON, ON - DAY, ON - 7 * DAY):  # a Monday, the Sunday before it, the Monday before that
        desk.meal(canteen, served_on=day)
    assert said(desk.ask("food_controls")) == (None, None, None)
    log(desk, "patrol")
    assert said(desk.ask("food_controls")) == (0, 6, "fail")
    log(desk, "daily", ON)
    log(desk, "weekly", ON - 6 * DAY)
    log(desk, "monthly", ON - 30 * DAY)
    made = desk.ask("food_controls")
    # One day of three, one week of two, the month.
    assert (said(made), made.params["weeks"]) == ((1 + 1 + 1, 3 + 2 + 1, "fail"), 1)


# Papers ------------------------------------------------------------------------------------
def test_plans_may_be_written_in_the_holidays_before(desk):
    paper(desk, "term_plan", TERM - 61 * DAY)
    care = paper(desk, "care_plan", TERM - 60 * DAY)
    made = desk.ask("care_plans")
    assert (said(made), desk.behind(made)) == ((1, 2, "fail"), {care.id})


@pytest.mark.parametrize(("name", "kind", "days"), [("census_age", "census", 183), ("emergency_plan", "emergency", 365), ("building_survey", "building", 365),
                                                    ("fire_test", "fire_test", 365), ("water_test", "water_test", 365)])
def test_papers_grow_old(desk, name, kind, days):
    paper(desk, kind, ON - (days + 1) * DAY)
    assert desk.ask(name).suggestion == "fail"
    last = paper(desk, kind, ON - days * DAY)
    made = desk.ask(name)
    assert (made.suggestion, made.value, desk.behind(made)) == ("pass", days, {last.id})
    paper(desk, kind, ON - DAY, until=ON - DAY)
    assert desk.ask(name).suggestion == "fail", "it held until yesterday"


@pytest.mark.parametrize(("name", "kind", "found"), [("record_match", "record_match", "partly"), ("village_match", "village_match", "partly"),
                                                     ("missing_courses", "curriculum", "fail"), ("fee_differences", "fees", "fail")])
def test_a_comparison_tells_its_differences(desk, name, kind, found):
    for figure, suggestion in ((2, found), (0, "pass"), (None, None)):
        row = paper(desk, kind, figure=figure)
        made = desk.ask(name)
        assert (made.suggestion, made.value, desk.behind(made)) == (suggestion, figure, {row.id})
        assert made.sentence


def test_a_number_of_migrants_suggests_nothing(desk):
    paper(desk, "migrants", figure=7)
    assert (desk.ask("migrant_pupils").suggestion, desk.ask("migrant_pupils").value) == (None, 7)


def test_reports_come_by_their_day(desk):
    assert said(desk.ask("reports_on_time")) == (None, None, None)
    paper(desk, "month_report", date(2026, 9, 25))
    late = paper(desk, "month_report", date(2026, 10, 26))
    paper(desk, "half_report", date(2026, 9, 30))
    made = desk.ask("reports_on_time")  # three months and the end of September are over
    assert (said(made), desk.behind(made), made.params["late"], made.params["missing"]) == ((2, 4, "fail"), {late.id}, 1, 1)
    assert said(desk.ask("reports_on_time", on=date(2026, 9, 29))) == (1, 1, "pass")


def test_a_report_early_in_a_month_is_the_late_one_of_the_month_before(desk):
    paper(desk, "half_report", date(2026, 9, 30))
    late = paper(desk, "month_report", date(2026, 10, 10))
    made = desk.ask("reports_on_time", on=date(2026, 10, 31))
    assert (said(made), made.params["late"], made.params["missing"]) == ((2, 3, "fail"), 0, 1), "October has no other"
    paper(desk, "month_report", date(2026, 10, 10))
    made = desk.ask("reports_on_time", on=date(2026, 10, 31))
    assert (said(made), desk.behind(made), made.params["late"], made.params["missing"]) == ((2, 3, "fail"), {late.id}, 1, 0)


def test_a_month_without_a_report_makes_no_later_one_late(desk):
    paper(desk, "half_report", date(2026, 9, 30))
    for day in (date(2026, 10, 8), date(2026, 11, 9)):
        paper(desk, "month_report", day)
    made = desk.ask("reports_on_time")
    assert (said(made), made.params["late"], made.params["missing"]) == ((3, 4, "fail"), 0, 1)


def test_a_report_after_the_first_days_is_of_its_own_month(desk):
    paper(desk, "half_report", date(2026, 9, 30))
    paper(desk, "month_report", date(2026, 10, 11))
    made = desk.ask("reports_on_time", on=date(2026, 10, 31))
    assert (said(made), made.params["late"], made.params["missing"]) == ((2, 3, "fail"), 0, 1), "September's was never sent"


def test_a_report_on_what_was_put_right_follows_the_inspection(desk):
    inspected(desk, ON - 20 * DAY)
    paper(desk, "fix_report", ON - 21 * DAY)
    assert said(desk.ask("fix_report")) == (0, 1, "fail")
    sent = paper(desk, "fix_report", ON - 20 * DAY)
    made = desk.ask("fix_report")
    assert (said(made), desk.behind(made)) == ((1, 1, "pass"), {sent.id})
