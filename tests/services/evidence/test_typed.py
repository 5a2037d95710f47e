"""Records that look typed in bulk: home visits and the log beside the talks, and what counts as just before the visit."""

from datetime import timedelta

import pytest

from app.models.audit import Change
from app.models.care import HomeVisit
from app.models.ledger import LogEntry
from tests.services.evidence.school import DAY, ON, desk, moment, said
from tests.services.evidence.test_care import talk
from tests.services.evidence.test_findings import inspected

assert desk


def visit(desk, found=None):
    child = desk.child()
    return desk.add(HomeVisit, child_id=child.id, visited_on=ON, visitor_id=desk.staff().id, found=found or f"家里{child.id}")


def typed(desk, entity, day=ON, minutes=1):
    """All rows of an entity were typed on a day, so many minutes apart."""
    for number, line in enumerate(desk.session.query(Change).where(Change.entity == entity).order_by(Change.id)):
        line.at = moment(day, 9) + timedelta(minutes=minutes * number)
    desk.session.flush()


@pytest.mark.parametrize(("minutes", "suspect"), [(2, 5), (3, 0)])
def test_home_visits_typed_in_bulk(desk, minutes, suspect):
    rows = [visit(desk) for _number in range(5)]
    typed(desk, "HomeVisit", minutes=minutes)
    made = desk.ask("talks_in_bulk")
    assert (said(made), made.params["visits"]) == ((suspect, 5, "partly" if suspect else "pass"), suspect)
    assert desk.behind(made) == ({row.id for row in rows} if suspect else set())


def test_the_same_words_in_two_homes(desk):
    rows = {visit(desk, "家里情况正常").id, visit(desk, "家里情况正常").id}
    visit(desk)
    made = desk.ask("talks_in_bulk")
    assert (said(made), desk.behind(made), made.params["alike"]) == ((2, 3, "partly"), rows, 2)


@pytest.mark.parametrize(("kinds", "suspect"), [(["patrol"] * 5, 5), (["patrol", "daily", "purchase", "dormitory", "home_open"], 0), (["drill"] * 4, 0)])
def test_a_log_filled_up_in_one_go(desk, kinds, suspect):
    for number, kind in enumerate(kinds):
        desk.add(LogEntry, kind=kind, held_on=ON - number * DAY, title="一次", note="无异常")
    typed(desk, "LogEntry")
    made = desk.ask("talks_in_bulk")
    assert (said(made)[0], made.params["log"], len(desk.behind(made))) == (suspect, suspect, suspect)


def test_behind_the_figure_stand_the_records_of_the_worst_book(desk):
    for _number in range(5):
        talk(desk, desk.child(), ON)
    rows = {visit(desk).id for _number in range(6)}
    for entity in ("Talk", "HomeVisit"):
        typed(desk, entity)
    made = desk.ask("talks_in_bulk")
    assert (said(made), made.rows.entity, desk.behind(made)) == ((11, 11, "partly"), "HomeVisit", rows)
    assert (made.params["talks"], made.params["visits"], made.params["log"]) == (5, 6, 0)


@pytest.mark.parametrize(("planned", "lately"), [(None, 5), (ON + 3 * DAY, 0), (ON - 2 * DAY, 5)])
def test_just_before_the_visit_is_counted_from_the_planned_one(desk, planned, lately):
    if planned:
        inspected(desk, planned, state="planned", submitted_at=None)
    for _number in range(5):
        visit(desk)
    typed(desk, "HomeVisit", ON - 12 * DAY)
    assert desk.ask("talks_in_bulk").params["lately"] == lately
