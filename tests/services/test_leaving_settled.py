"""Somebody goes to another school: what was settled before keeps who answered for it, what is open stands without somebody."""

from datetime import timedelta

from sqlalchemy import select

from app.models.inspection import ChecklistItem, Finding
from app.models.org import School, Staff
from app.models.safety import Hazard
from app.services import clock, evidence, inspection_report, masks, records, scope
from app.services.exchange import undo
from tests.services.forms.test_ledgers import column, sheet_of
from tests.services.test_leaving import two_schools
from tests.support.asking import asking
from tests.support.intake import commit, plan_of
from tests.support.sheets import asked_by

DAY = clock.today() - timedelta(days=3)


class Desk:
    """A colleague who answers for a hazard put right, for an open one, and for every finding of the last inspection but an open one."""

    def __init__(self, session, name):
        with scope.everything(session):
            here, self.there = two_schools(session)
            self.school, self.name, self.target = session.get(School, here), name, session.get(School, self.there).name
            self.staff = self._add(session, Staff(school_id=here, name=name, sex="f", post="safety"))
            told = {"where": "楼道", "kind": "fire", "found_on": DAY, "due_on": clock.today(), "responsible_id": self.staff}
            self.fixed, self.open = (self._add(session, Hazard(school_id=here, what=f"{name}{what}", fixed_on=day, **told))
                                     for what, day in (("已改", DAY), ("未改", None)))
            found = session.scalars(select(Finding).where(Finding.school_id == here, Finding.state != "withdrawn").order_by(Finding.id.desc())).all()
            self.inspection = found[0].inspection
            self.findings = [one for one in found if one.inspection_id == found[0].inspection_id]
            for one in self.findings:
                one.responsible_id, one.former, one.fixed_on, one.state = self.staff, None, DAY, "closed"
            session.commit()

    @staticmethod
    def _add(session, row):
        session.add(row)
        session.flush()
        return row.id

    def leave(self, session):
        """The colleague goes to the other school."""
        records.edit(session, records.find(session, Staff, self.staff), {"school": self.there})

    def assigned(self, session):
        with scope.everything(session):
            made = evidence.assess(session, self.school, [ChecklistItem(code="x", evidence="findings_assigned")], clock.today())["x"]
        return made.numerator, made.denominator, made.suggestion

    def names(self, session, model, *ids):
        with scope.everything(session):
            rows = [session.get(model, pk) for pk in ids]
        return [(row.responsible_id, row.former) for row in rows]


def test_what_was_settled_keeps_who_answered_for_it(app):
    with asked_by(app, "county") as session:
        desk = Desk(session, "结清甲")
        before = desk.assigned(session)
        assert before == (len(desk.findings), len(desk.findings), "pass")
        desk.leave(session)
        session.expire_all()
        assert desk.names(session, Hazard, desk.fixed, desk.open) == [(None, desk.name), (None, None)]
        assert desk.assigned(session) == before
        form, rows, _rest = sheet_of(session, "hazards")
        told = {cell.value: named.value for cell, named in zip(column(form, rows, "what"), column(form, rows, "responsible"), strict=True)}
        assert (told["结清甲已改"], told["结清甲未改"]) == (desk.name, None)
        reported = inspection_report.findings_of(session, desk.inspection)
        assert {masks.answering(scope.asker(session), one, "responsible") for one in reported if one in desk.findings} == {desk.name}


def left_behind(app, name):
    """The desk of a colleague who has gone."""
    with asked_by(app, "county") as session:
        desk = Desk(session, name)
        desk.leave(session)
        session.commit()
    return desk


def test_what_is_opened_again_stands_without_somebody(app):
    with asked_by(app, "county") as session:
        desk = Desk(session, "结清乙")
        desk.leave(session)
        again = desk.findings[0]
        records.edit(session, again, {}, own={"state": "open", "fixed_on": None})
        assert desk.assigned(session)[0] == len(desk.findings) - 1
        records.edit(session, again, {}, own={"state": "done", "fixed_on": clock.today()})
        assert (desk.assigned(session)[0], again.former) == (len(desk.findings) - 1, None), "put right by nobody who is named"
        assert masks.answering(scope.asker(session), again, "responsible") == ""


def test_a_sheet_that_opens_it_again_lets_the_name_go_too_and_undoing_brings_it_back(app):
    desk = left_behind(app, "结清戊")
    with asked_by(app, "school") as session:
        plan = plan_of(session, "Hazard", [["系统编号", "整改日期"], [desk.fixed, None]])
        assert [(one.label, one.old, one.new) for one in plan.altered] == [("整改日期", DAY.isoformat(), ""), ("原责任人", desk.name, "")]
        opened = commit(session, "Hazard", plan)
        session.expire_all()
        assert desk.names(session, Hazard, desk.fixed) == [(None, None)]
        again = commit(session, "Hazard", plan_of(session, "Hazard", [["系统编号", "整改日期"], [desk.fixed, clock.today()]]))
        assert answering(session, desk.fixed) == "", "put right by nobody who is named"
        assert (undo.undo(session, again).left, undo.undo(session, opened).left) == ([], [])
        assert answering(session, desk.fixed) == desk.name
        assert session.get(Hazard, desk.fixed).fixed_on == DAY


def test_a_sheet_that_lets_it_settled_keeps_the_name(app):
    desk = left_behind(app, "结清己")
    with asked_by(app, "school") as session:
        plan = plan_of(session, "Hazard", [["系统编号", "整改日期", "整改措施"], [desk.fixed, clock.today(), "换了灯"], [desk.open, None, "等配件"]])
        assert {one.label for one in plan.altered} == {"整改日期", "整改措施"}
        commit(session, "Hazard", plan)
        assert (answering(session, desk.fixed), answering(session, desk.open)) == (desk.name, "")


def answering(session, pk):
    session.expire_all()
    return masks.answering(scope.asker(session), session.get(Hazard, pk), "responsible")


def test_what_is_put_right_once_they_are_gone_was_put_right_by_somebody_else(app):
    with asked_by(app, "county") as session:
        desk = Desk(session, "结清丁")
        desk.leave(session)
        row = records.find(session, Hazard, desk.open)
        with asking(session, "school"):
            records.edit(session, row, {"fixed_on": clock.today()})
        assert masks.answering(scope.asker(session), row, "responsible") == ""


def test_undoing_the_import_takes_the_kept_name_back(app):
    with asked_by(app, "county") as session:
        desk = Desk(session, "结清丙")
        batch = commit(session, "Staff", plan_of(session, "Staff", [["系统编号", "学校"], [desk.staff, desk.target]]))
        session.expire_all()
        ids = [one.id for one in desk.findings]
        assert desk.names(session, Finding, *ids) == [(None, desk.name)] * len(ids)
        assert undo.undo(session, batch).left == []
        session.expire_all()
        assert desk.names(session, Finding, *ids) == [(desk.staff, None)] * len(ids)
        assert desk.names(session, Hazard, desk.fixed, desk.open) == [(desk.staff, None)] * 2
