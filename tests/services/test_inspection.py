"""An inspection from the first tick to the report."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.models.care import Talk
from app.models.inspection import Answer, ChecklistItem, ChecklistTemplate, Finding, Inspection
from app.models.org import School
from app.services import checklist, clock, evidence, findings, inspection, records, scope, scoring, visits, work
from app.services.evidence import REGISTRY
from app.services.inspection import AnswerTaken, Unanswered
from tests.services.evidence.school import ON, desk
from tests.support.inspecting import visit

assert desk and visit  # pytest finds them here by their names


def test_the_sheet_shows_sections_progress_and_what_applies(visit):
    sheet = inspection.open_sheet(visit.session, visit.row)
    assert [part.section.code for part in sheet.parts] == list("ABCDEFGHIJKL")
    # A primary school with canteen and bus, without boarders: all but H12 and F9.
    assert (sheet.total, sheet.answered, len(sheet.missing)) == (118, 0, 118)
    assert [line.item.code for part in sheet.parts for line in part.lines if not line.applies] == ["F9", "H12"]
    assert sum(line.evidence is not None for part in sheet.parts for line in part.lines) == len(REGISTRY) - 1, "all but that of H12"
    visit.tick("A1")
    sheet = inspection.open_sheet(visit.session, visit.row, live={"A"})
    assert (sheet.parts[0].answered, sheet.parts[0].total, sheet.answered) == (1, 6, 1)
    assert {line.item.code for part in sheet.parts for line in part.lines if line.evidence} == {"A1", "A3", "A4", "A6"}


def test_the_first_tick_begins_the_inspection(visit):
    assert visit.row.state == "planned"
    visit.tick("A1")
    assert visit.row.state == "open"


def test_a_tick_freezes_the_evidence_of_the_moment(visit):
    child = visit.desk.child()
    frozen = visit.tick("D4", "fail", remark="没有谈心").frozen
    assert (frozen["numerator"], frozen["denominator"], frozen["suggestion"]) == (0, 1, "fail")
    assert (frozen["entity"], frozen["row_ids"], frozen["rows"]) == ("Child", [child.id], 1)
    assert frozen["at"] == clock.now().isoformat()
    assert frozen["text"] == "留守儿童 1 人，本月已谈心 0 人，还没有谈 1 人"
    scope.bind(visit.session, scope.SYSTEM)
    visit.desk.add(Talk, child_id=child.id, talked_on=ON, teacher_id=visit.desk.staff().id, content="谈了学习")
    visit.session.expire_all()
    assert visit.session.scalars(select(Answer)).one().frozen["numerator"] == 0


def test_an_item_without_evidence_freezes_none(visit):
    assert visit.tick("A2").frozen is None


@pytest.mark.parametrize(("filed", "suggestion", "asked"), [
    (5, "pass", {"fail"}), (4, "partly", {"pass", "na"}), (1, "fail", {"pass", "partly", "na"}),
])
def test_a_tick_kinder_than_the_records_needs_a_reason_and_a_failure_of_good_ones(visit, filed, suggestion, asked):
    for order in range(5):
        visit.desk.child().filed_on = ON if order < filed else None
    assert evidence.assess(visit.session, visit.desk.school, [_item(visit, "B4")], clock.today())["B4"].suggestion == suggestion
    for result in ("pass", "partly", "fail", "na"):
        with visit.session.begin_nested() as turn:
            if result in asked:
                with pytest.raises(records.Refused) as refused:
                    visit.tick("B4", result)
                assert list(refused.value.errors) == ["reason"]
                assert visit.count(Answer) == 0
            assert visit.tick("B4", result, reason="纸质记录齐全" if result in asked else None).result == result
            turn.rollback()


def _item(visit, code: str) -> ChecklistItem:
    return visit.session.scalars(select(ChecklistItem).where(ChecklistItem.code == code)).one()


def test_the_same_tick_twice_is_one_answer(visit):
    first = visit.tick("A1", remark="有方案")
    version = first.version
    assert visit.tick("A1", remark=" 有方案 ") is first
    assert (visit.count(Answer), first.version) == (1, version)


def test_two_inspectors_on_one_item(visit):
    first = visit.tick("A1")
    with pytest.raises(AnswerTaken) as taken:
        visit.tick("A1", "fail")
    assert (taken.value.answer is first, isinstance(taken.value, records.Conflict)) == (True, True)
    assert first.result == "pass"
    changed = visit.tick("A1", "fail", seen_version=first.version)
    assert (changed.result, visit.count(Answer)) == ("fail", 1)
    with pytest.raises(AnswerTaken):
        visit.tick("A1", "partly", seen_version=changed.version - 1)


def test_a_write_in_the_very_same_moment_is_told(visit):
    visit.tick("A1")
    answer = visit.session.scalars(select(Answer)).one()
    table = Answer.__table__
    visit.session.execute(table.update().where(table.c.id == answer.id).values(result="fail", version=answer.version + 1))
    with pytest.raises(AnswerTaken) as taken:
        visit.tick("A1", "partly", seen_version=answer.version)
    assert taken.value.answer.result == "fail"


@pytest.mark.parametrize(("code", "result", "key"), [
    ("A1", "good", "result"), ("A1", "", "result"), ("Z9", "pass", "item"), ("H12", "pass", "item"),
])
def test_what_is_no_tick_is_refused(visit, code, result, key):
    with pytest.raises(records.Refused) as refused:
        visit.tick(code, result)
    assert list(refused.value.errors) == [key]


def test_a_tick_can_be_taken_back(visit):
    answer = visit.tick("A3", "fail", remark="没有账号")
    assert answer.frozen is not None
    with pytest.raises(AnswerTaken):
        inspection.clear_answer(visit.session, visit.row, "A3", seen_version=answer.version - 1)
    inspection.clear_answer(visit.session, visit.row, "A3", seen_version=answer.version)
    visit.session.expire_all()
    assert (answer.result, answer.remark, answer.frozen) == (None, None, None)
    assert "A3" in inspection.open_sheet(visit.session, visit.row, live=()).missing
    assert inspection.clear_answer(visit.session, visit.row, "A4") is None


def test_only_who_may_write_answers_ticks(visit):
    visit.as_(visit.desk.member("school", visit.desk.town, school_id=visit.desk.school.id))
    with pytest.raises(records.Forbidden):
        visit.tick("A1")


def test_submit_names_what_is_missing(visit):
    visit.tick("A1")
    with pytest.raises(Unanswered) as missing:
        inspection.submit(visit.session, visit.row)
    assert len(missing.value.codes) == 117
    assert (missing.value.codes[:2], visit.row.state) == (["A2", "A3"], "open")


def test_submit_scores_and_opens_findings(visit):
    """By the rules of the version, of which two are not the usual ones."""
    table = ChecklistTemplate.__table__
    visit.session.execute(update(table).where(table.c.id == visit.template.id).values(general_days=20, fair_months=3))
    visit.session.refresh(visit.template)
    visit.tick_all(A1="fail", A2="partly", I1="fail")
    told = inspection.submit(visit.session, visit.row, "总体较好")
    assert (visit.row.state, visit.row.submitted_at, visit.row.summary) == ("submitted", clock.now(), "总体较好")
    assert told.counts == {"pass": 115, "partly": 1, "fail": 2, "na": 2, "open": 0}
    assert told.score == visit.row.score == round(100 * 115.5 / 118, 1)
    assert (told.parts[0].score, told.parts[0].counts["fail"]) == (75.0, 1)
    assert (told.grade, told.red_lines) == ("fair", ["I1"])
    assert (visit.row.grade, visit.row.next_due_on) == ("fair", scoring.next_visit("fair", ON, scoring.rules_of(visit.template)))
    assert ON + timedelta(88) < visit.row.next_due_on < ON + timedelta(93)
    found = {finding.item.code: finding for finding in told.findings}
    assert {code: (one.level, one.due_on - ON) for code, one in found.items()} == {
        "A1": ("general", timedelta(20)), "I1": ("critical", timedelta(15))}
    assert found["A1"].what == found["A1"].item.text, "the remark may name a child, and findings go up to city and province"
    assert findings.around(visit.session, found["A1"]).answer.remark == "见照片"
    assert {line.item.code: line.result for part in told.parts for line in part.lines if line.result == "na"} == {"F9": "na", "H12": "na"}


def test_a_submitted_inspection_is_closed(visit):
    visit.tick_all()
    inspection.submit(visit.session, visit.row)
    for change in (lambda: visit.tick("A1", "fail", reason="x"), lambda: inspection.submit(visit.session, visit.row),
                   lambda: inspection.clear_answer(visit.session, visit.row, "A1")):
        with pytest.raises(records.Refused):
            change()
    assert visit.count(Finding) == 0
    visit.desk.school.has_boarders = True
    report = inspection.report(visit.session, visit.row)
    assert next(line.result for part in report.parts for line in part.lines if line.item.code == "H12") == "na"


def switched_off(visit, **off):
    """The county says of the school, while the inspection is open, that it has no such thing (any more)."""
    visit.as_(visit.desk.member("county", visit.desk.county))
    records.edit(visit.session, visit.desk.school, off)
    visit.as_(visit.inspector)


def test_a_school_does_not_change_what_it_is_asked_while_it_is_inspected(visit):
    visit.tick("A1", "pass")
    inspector = visit.inspector
    head = visit.desk.member("school", visit.desk.town, school_id=visit.desk.school.id)
    visit.as_(head)
    with pytest.raises(records.Refused) as refused:
        records.edit(visit.session, visit.desk.school, {"has_canteen": False, "has_bus": False, "pupils": 7})
    assert sorted(refused.value.errors) == ["has_bus", "has_canteen"]
    visit.session.refresh(visit.desk.school)
    records.edit(visit.session, visit.desk.school, {"pupils": 7})
    visit.as_(inspector)
    visit.tick_all()
    inspection.submit(visit.session, visit.row)
    visit.as_(head)
    records.edit(visit.session, visit.desk.school, {"has_canteen": False})
    assert visit.desk.school.has_canteen is False


def test_an_inspection_takes_a_published_version_only(visit):
    visit.as_(visit.desk.member("county", visit.desk.county))
    draft = checklist.new_version(visit.session, visit.template)
    with pytest.raises(records.Refused) as refused:
        records.add(visit.session, Inspection, {"school": visit.desk.school.id, "template": draft.id, "name": "督导", "planned_on": clock.today(),
                                                "inspector": visit.inspector.id})
    assert list(refused.value.errors) == ["template"]


def test_what_was_seen_cannot_be_switched_off(visit):
    """A red line of the canteen stays on the sheet, in the list, in the score, and opens its finding; what was not ticked is left out."""
    canteen = [item.code for item in checklist.items_of(visit.session, visit.template.id) if item.applies_when == "canteen"]
    kept = visit.tick("I1", "fail", remark="冰箱里有过期肉", reason="现场看到")
    taken_back = visit.tick(canteen[-1], "fail", reason="现场看到")
    inspection.clear_answer(visit.session, visit.row, canteen[-1], seen_version=taken_back.version)
    frozen = kept.frozen
    switched_off(visit, has_canteen=False)
    sheet = inspection.open_sheet(visit.session, visit.row, live=())
    assert (sheet.total, sheet.answered, sheet.fails) == (118 - len(canteen) + 1, 1, 1)
    assert [(one.answered, one.total) for one in visits.listed(visit.session)[0]] == [(1, sheet.total)]
    report = inspection.report(visit.session, visit.row)
    assert (report.score, report.red_lines) == (0, ["I1"])
    visit.tick_all()
    told = inspection.submit(visit.session, visit.row)
    assert (kept.result, kept.remark, kept.reason, kept.frozen) == ("fail", "冰箱里有过期肉", "现场看到", frozen)
    assert ([one.item.code for one in told.findings], told.red_lines, told.grade) == (["I1"], ["I1"], "fair")
    results = {line.item.code: line.result for part in told.parts for line in part.lines}
    assert {results[code] for code in canteen if code != "I1"} == {"na"}


def test_a_tick_that_stays_can_be_corrected(visit):
    tick = visit.tick("I1", "fail", reason="现场看到")
    switched_off(visit, has_canteen=False)
    tick = visit.tick("I1", "partly", reason="现场看到", seen_version=tick.version)
    assert tick.result == "partly"
    inspection.clear_answer(visit.session, visit.row, "I1", seen_version=tick.version)
    with pytest.raises(records.Refused) as refused:
        visit.tick("I1", "fail", reason="现场看到", seen_version=tick.version)
    assert list(refused.value.errors) == ["item"]


@pytest.mark.parametrize("key", ["remark", "reason"])
def test_a_text_too_long_is_refused_and_not_cut(visit, key):
    with pytest.raises(records.Refused) as refused:
        visit.tick("A1", "fail", **{key: "长" * 2001})
    assert str(refused.value.errors[key]) == "最多 2000 个字，现有 2001 个"
    assert getattr(visit.tick("A1", "fail", **{key: "长" * 2000}), key) == "长" * 2000


def test_a_planned_inspection_with_a_tick_keeps_school_and_template(visit):
    other = visit.desk.add(School, code="2152999998", name="另一所小学", type="primary", area_id=visit.desk.school.area_id)
    visit.as_(visit.inspector)
    records.edit(visit.session, visit.row, {"school": other.id})
    records.edit(visit.session, visit.row, {"school": visit.desk.school.id})
    visit.tick("A1")
    for state in ("open", "planned"):
        records.edit(visit.session, visit.row, {}, own={"state": state})
        with pytest.raises(records.Refused) as refused:
            records.edit(visit.session, visit.row, {"school": other.id})
        assert list(refused.value.errors) == ["school"]
        visit.session.refresh(visit.row)


def test_an_inspection_is_planned_near_today(visit):
    for day in (ON.replace(year=ON.year - 3), ON.replace(year=ON.year + 3)):
        with pytest.raises(records.Refused) as refused:
            records.edit(visit.session, visit.row, {"planned_on": day})
        assert list(refused.value.errors) == ["planned_on"]
    assert records.edit(visit.session, visit.row, {"planned_on": ON.replace(year=ON.year + 1)}).planned_on.year == ON.year + 1


def test_a_long_item_fits_its_finding(visit):
    item = checklist.items_of(visit.session, visit.template.id)[0]
    visit.session.execute(update(ChecklistItem.__table__).where(ChecklistItem.__table__.c.id == item.id).values(text="长" * 300))
    visit.session.refresh(item)
    visit.tick("A1", "fail")
    visit.tick_all()
    told = inspection.submit(visit.session, visit.row)
    assert (len(told.findings[0].what), told.findings[0].what[-1]) == (200, "…")


def test_a_school_is_due_when_its_last_grade_says_so(visit):
    table, other = Inspection.__table__, visit.desk.add(
        Inspection, template_id=visit.template.id, name="春季督导", planned_on=ON, inspector_id=visit.inspector.id)

    def listed(row, **values):
        visit.session.execute(update(table).where(table.c.id == row.id).values(state="submitted", **values))
        return set(visit.session.scalars(select(Inspection.id).where(work.visit_due())))

    assert listed(other, submitted_at=clock.now() - timedelta(100), next_due_on=ON + timedelta(1)) == set()
    assert listed(other, next_due_on=ON) == {other.id}, "the planned one of this school does not count yet"
    assert listed(visit.row, submitted_at=clock.now(), next_due_on=ON + timedelta(60)) == set()
    assert listed(visit.row, next_due_on=ON - timedelta(1)) == {visit.row.id}, "the last one alone says when the school is due"
    bus = visit.desk.add(ChecklistTemplate, code="bus", number=1, name="校车专项")
    assert listed(other, template_id=bus.id, submitted_at=clock.now() + timedelta(1), next_due_on=None) == {visit.row.id}, "by this checklist"
