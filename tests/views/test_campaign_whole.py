"""All of a campaign in one workbook: right to the last tick, and for each asker no more than the pages show."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from app.extensions import db
from app.models import codes
from app.models.campaign import Campaign, CampaignMember, CampaignSchool, SelfAnswer
from app.models.inspection import Answer, Finding, Inspection, Opinion
from app.models.org import School
from app.services import campaign_results, scope
from app.services.jobs import run, store
from tests.support.asking import asking
from tests.support.visiting import one

TABS = ["各校得分", "督导组成员", "受检学校", "逐条结果", "督导检查", "督导问题", "督导意见书"]


@pytest.fixture(scope="module")
def closed(app: Any) -> int:
    return one(app, select(Campaign.id).where(Campaign.state == "closed"))


@pytest.fixture
def made(app: Any, closed: int, tmp_path: Path) -> Any:
    """made(account): sheet → rows as tuples of what stands in them, from the header on."""

    def book(account: str) -> dict[str, list[tuple[Any, ...]]]:
        with app.app_context():
            session = db.session()
            with scope.everything(session), asking(session, account):
                job_id = store.submit(session, "campaign", {"campaign": closed}, title="全部", file_name="全部.xlsx")
            session.rollback()
            run.run(session, job_id, tmp_path)
            with scope.everything(session):
                session.rollback()
                kept = tmp_path / store.find(session, job_id).stored_as
        sheets = load_workbook(io.BytesIO(kept.read_bytes())).worksheets
        return {sheet.title: list(sheet.iter_rows(min_row=3, values_only=True)) for sheet in sheets if sheet.sheet_state == "visible"}

    return book


def inspections(campaign: int) -> Any:
    return select(CampaignSchool.inspection_id).where(CampaignSchool.campaign_id == campaign)


def test_every_tick_stands_in_it_once(app: Any, closed: int, made: Any) -> None:
    told = made("county")
    assert [*told] == TABS
    head, *rows = told["逐条结果"]
    with app.app_context(), scope.everything(db.session()):
        found = db.session.execute(select(School.name, Answer).join(School, School.id == Answer.school_id).where(
            Answer.inspection_id.in_(inspections(closed)), Answer.result.is_not(None))).all()
        wanted = sorted((name, answer.item.code, codes.RESULT[answer.result], answer.remark) for name, answer in found)
        own = sorted((school, item, codes.RESULT[result]) for school, item, result in db.session.execute(select(
            School.name, SelfAnswer.item_id, SelfAnswer.result).join(School, School.id == SelfAnswer.school_id).where(
            SelfAnswer.inspection_id.in_(inspections(closed)), SelfAnswer.result.is_not(None))))
    at = {label: place for place, label in enumerate(head)}
    got = sorted((row[at["学校"]], row[at["编号"]], row[at["结果"]], row[at["备注"]]) for row in rows if row[at["结果"]])
    assert got == wanted and len(wanted) > 100
    assert sorted(row[at["自查"]] for row in rows if row[at["自查"]]) == sorted(result for _school, _item, result in own)
    assert any(row[at["学校记录"]] for row in rows) and any(row[at["系统建议"]] for row in rows)


@pytest.mark.parametrize(("tab", "model", "mine"), [
    ("督导组成员", CampaignMember, lambda pk: CampaignMember.campaign_id == pk), ("受检学校", CampaignSchool, lambda pk: CampaignSchool.campaign_id == pk),
    ("督导检查", Inspection, lambda pk: Inspection.id.in_(inspections(pk))), ("督导问题", Finding, lambda pk: Finding.inspection_id.in_(inspections(pk))),
    ("督导意见书", Opinion, lambda pk: Opinion.inspection_id.in_(inspections(pk)))])
def test_every_row_of_the_campaign_and_no_other(app: Any, closed: int, made: Any, tab: str, model: Any, mine: Any) -> None:
    count = one(app, select(func.count(model.id)).where(mine(closed)))
    assert len(made("county")[tab]) - 1 == count > 0


def test_what_each_school_came_to_stands_first(app: Any, closed: int, made: Any) -> None:
    head, *rows = made("county")["各校得分"]
    with app.app_context(), scope.everything(db.session()):
        told = campaign_results.results(db.session(), db.session.get_one(Campaign, closed))
        wanted = [(one.rank, one.name, one.score) for one in told.schools]
    assert [tuple(row[head.index(label)] for label in ("名次", "学校", "得分")) for row in rows] == wanted != []


def test_who_sees_figures_alone_gets_no_tick(made: Any) -> None:
    told = made("superior")
    assert "逐条结果" not in told and "督导问题" in told


def test_it_is_asked_for_first_and_made_in_the_background(client_for: Any, closed: int) -> None:
    page = client_for("county").get(f"/campaign/whole/{closed}.xlsx")
    assert "开始生成" in page.text
    assert client_for("county").post(f"/campaign/whole/{closed}.xlsx").location.endswith("/downloads/")
    for account in ("school", "teacher", "township", "inspector"):
        assert client_for(account).get(f"/campaign/whole/{closed}.xlsx").status_code == 403, account


def test_there_is_nothing_before_the_notice(app: Any, client_for: Any) -> None:
    draft = one(app, select(Campaign.id).where(Campaign.announced_on.is_(None)))
    if draft is not None:
        assert client_for("county").get(f"/campaign/whole/{draft}.xlsx").status_code == 404
