"""The words of a letter: of a draft as things stand, of an issued one as they stood when it was sent; who may read what of them."""

import pytest

from app.models.audit import Change
from app.models.base import fields_of
from app.models.inspection import Opinion
from app.services import clock, opinion, opinion_letter, scope
from app.services.masks import DOTS
from tests.services.evidence.school import DAY, ON, desk
from tests.support.finding_way import Way

assert desk


@pytest.fixture
def way(desk):
    """A1 was objected to and upheld, A2 not; the letter is out."""
    made = Way(desk)
    made.beside = made.found("A2")
    with scope.everything(made.session):
        made.visit.summary = "张老师的台账记得细"
        made.session.flush()
    made.take("school", "object", text="李老师当天请假")
    made.take("county", "uphold", text="查无请假条")
    made.due = made.row.due_on
    made.as_("school")
    opinion.agree(made.session, made.opinion)
    made.as_("county")
    opinion.issue(made.session, made.opinion)
    made.session.expire_all()
    return made


def words(way):
    return opinion.letter(way.session, way.opinion).words


def test_a_draft_says_what_stands(desk):
    way = Way(desk)
    way.take("school", "object")
    assert [(one.code, one.decision, one.why) for one in words(way).objections] == [("A1", None, "")]
    way.take("county", "change", level="critical", day=ON + 60 * DAY)
    assert [(one.code, one.level, one.due_on) for one in words(way).lines] == [("A1", "critical", ON + 60 * DAY)]
    assert way.opinion.sent is None


def test_what_was_sent_stays_what_was_sent(way):
    told = words(way)
    assert [(one.code, one.level, one.due_on, one.repeated) for one in told.lines] == [("A1", "general", way.due, False), ("A2", "general", way.due, False)]
    assert [(one.code, one.asked, one.decision, one.why) for one in told.objections] == [("A1", "李老师当天请假", "uphold", "查无请假条")]
    assert (told.seen_on, told.first_score, told.summary) == (ON, 90.0, "张老师的台账记得细")
    assert (told.school, told.office, told.name) == (way.desk.school.name, way.desk.county.name, "秋季督导")
    way.take("school", "ask", day=way.due + 9 * DAY)
    way.take("county", "grant", day=way.due + 9 * DAY)
    with scope.everything(way.session):
        way.beside.state, way.beside.what, way.beside.level = "withdrawn", "另一个问题", "critical"
        way.desk.school.name, way.desk.county.name, way.visit.name, way.visit.summary = "改名小学", "改名县", "改名督导", "改写"
        way.session.flush()
    way.session.expire_all()
    way.as_("school")
    with clock.freeze(ON + 99 * DAY):
        letter = opinion.letter(way.session, way.opinion)
    assert letter.words == told
    assert letter.now[way.row.id].due_on == way.due + 9 * DAY and letter.now[way.beside.id].state == "withdrawn"


def test_words_come_back_from_json_as_they_went(way):
    told = words(way)
    assert opinion_letter.sent(opinion_letter.kept(told)) == told


@pytest.mark.parametrize("role", ["school", "township", "county", "inspector"])
def test_who_reads_the_letter_reads_all_of_it(way, role):
    way.as_(role)
    assert words(way).summary == "张老师的台账记得细" and [one.asked for one in words(way).objections] == ["李老师当天请假"]


def test_beyond_the_county_the_kept_words_name_nobody(way):
    told = words(way)
    way.as_("superior")
    seen = opinion_letter.shown(way.session, told)
    assert (seen.summary, list(seen.objections), seen.lines) == (DOTS, [], told.lines)


def test_the_kept_words_are_in_no_list_sheet_answer_or_history(way):
    assert "sent" not in fields_of(Opinion)
    with scope.everything(way.session):
        told = way.session.query(Change).filter(Change.entity == "Opinion", Change.row_id == way.opinion.id).all()
    assert told and "李老师" not in str([line.lines for line in told])
