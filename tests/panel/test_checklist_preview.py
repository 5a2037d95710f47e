"""An item tried on a real school: the figure of the inspection's sheet, measured as the draft says; within the scope, nothing written."""

import html
import re

from sqlalchemy import func, select

from app.models.audit import AccessLog, Change
from app.models.inspection import Answer, ChecklistItem
from app.models.org import Member, School
from app.services import checklist, clock, evidence


def school_of(session, username):
    return session.get(School, session.scalar(select(Member.school_id).where(Member.username == username)))


def item_of(look, draft, code):
    return look(lambda session: next(item.id for item in checklist.items_of(session, draft) if item.code == code))


def shown(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, path
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_the_figure_is_that_of_the_sheet_with_the_drafts_parameters(client_for, look, draft):
    client, pk = client_for("county"), item_of(look, draft, "D1")

    def made(session, **parameters):
        item, school = session.get(ChecklistItem, pk), school_of(session, "school")
        item.parameters = {**checklist.parameters_of(item), **parameters}
        found = evidence.assess(session, school, [item], clock.today())["D1"]
        return school.id, found.numerator, found.denominator, found.percent, found.rows.total

    name, (school, numerator, denominator, percent, behind) = look(lambda session: checklist.takes(session.get(ChecklistItem, pk).evidence, {})), look(made)
    page = shown(client, f"/checklist_item/preview/{pk}?school={school}")
    assert f"分子 {numerator}" in page and f"分母 {denominator}" in page and percent is not None
    assert f"{behind:,} 条" in page and "系统建议" in page and "标准" in page
    parameter = "target_percent" if "target_percent" in name else next(iter(name))
    told = look(lambda session: made(session, **{parameter: 1}))
    again = shown(client, f"/checklist_item/preview/{pk}?school={school}")
    assert again != page and f"分子 {told[1]}" in again


def test_each_fifth_figure_is_told_as_the_sheet_would(client_for, look, draft):
    def made(session):
        school, items = school_of(session, "school"), checklist.items_of(session, draft)
        found = evidence.assess(session, school, [item for item in items if item.evidence][::5], clock.today())
        return school.id, {item.id: found[item.code].numerator for item in items if item.code in found}

    client, (school, figures) = client_for("county"), look(made)
    assert len(figures) > 15 and len({numerator for numerator in figures.values() if numerator}) > 2
    for pk, numerator in figures.items():
        page = shown(client, f"/checklist_item/preview/{pk}?school={school}")
        assert "系统建议" in page and (numerator is None or f"分子 {numerator:,}" in page), pk


def test_the_school_is_found_by_its_name_and_asked_for(client_for, look, draft):
    client, pk = client_for("county"), item_of(look, draft, "D1")
    name = look(lambda session: school_of(session, "school").name)
    assert "系统建议" in shown(client, f"/checklist_item/preview/{pk}?school=&school__text={name}")
    assert "没有找到“无此学校”" in shown(client, f"/checklist_item/preview/{pk}?school=&school__text=无此学校")
    for said in ("0", "999999", "x", "9" * 30, ""):
        assert "系统建议" not in shown(client, f"/checklist_item/preview/{pk}?school={said}")


def test_a_school_that_is_not_asked_and_an_item_without_a_figure_say_so(client_for, look, draft):
    client, pk = client_for("county"), item_of(look, draft, "A2")
    school = look(lambda session: session.scalars(select(School).where(School.type != "kindergarten", School.id == school_of(session, "school").id)).one().id)
    assert "这一条没有系统算法" in shown(client, f"/checklist_item/preview/{pk}?school={school}")
    assert f"/checklist_item/preview/{pk}" not in client.get(f"/checklist_item/show/{pk}").text
    only = item_of(look, draft, "F9")
    assert "这一条只问：幼儿园" in shown(client, f"/checklist_item/preview/{only}?school={school}")


def test_nobody_sees_more_by_it_than_beside_a_tick(client_for, look, draft):
    pk = item_of(look, draft, "D1")
    own, foreign = look(lambda session: [school_of(session, name).id for name in ("school", "school3")])
    for account in ("county", "inspector"):
        assert "系统建议" in shown(client_for(account), f"/checklist_item/preview/{pk}?school={own}")
        told = shown(client_for(account), f"/checklist_item/preview/{pk}?school={foreign}")
        assert "不在您的管辖范围" in told and "系统建议" not in told
    for account in ("admin", "township", "school", "teacher", "superior"):
        shown(client_for(account), f"/checklist_item/preview/{pk}?school={own}", 403)


def test_nothing_is_written(client_for, look, draft):
    pk = item_of(look, draft, "D1")
    school = look(lambda session: school_of(session, "school").id)
    counts = [select(func.count(model.id)) for model in (Change, AccessLog, Answer)]
    before = look(lambda session: [session.scalar(count) for count in counts])
    shown(client_for("county"), f"/checklist_item/preview/{pk}?school={school}")
    assert look(lambda session: [session.scalar(count) for count in counts]) == before
