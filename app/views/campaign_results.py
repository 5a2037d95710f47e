"""The results of a campaign: schools × sections, items failed most, self-checks, what is left to put right, the campaign before; and as a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import codes
from app.models.campaign import Campaign, CampaignSchool, SelfAnswer
from app.panel.books import send_tabs
from app.panel.security import asker
from app.services import campaign_figures, campaign_kept, campaign_results, clock, masks
from app.services.campaign_figures import Results
from app.services.scoring import Rules, rules_of
from app.services.sheet.book import Tab
from app.services.sheet.column import Column


def page(row: Campaign, back_url: str, address: Callable[..., str], branch: str) -> str:
    """``address``: of the page ("results") or the workbook ("results_book") of a branch."""
    told, rules = campaign_results.results(db.session(), row, branch), rules_of(row.template)
    tabs = [("", _("全部学校")), *((key, _(codes.BRANCH[key])) for key in told.branches)]
    shown = SimpleNamespace(
        title=_("督导结果"), as_of=_as_of(told), unmade=_unmade(told),
        name=row.name, back_url=back_url, told=told, count=len(told.schools), average=points(told.average),
        sections=list(told.sections.items()), grades=[(_(codes.GRADE[grade]), count) for grade, count in told.grades.items()],
        schools=[_school(one, told, rules) for one in told.schools], averages=[_cell(told.section(code), rules) for code in told.sections],
        left=told.left, overdue=told.overdue, own=asker().may("read", SelfAnswer),
        items=[(one.code, one.text, one.critical, one.failed, one.partly, one.counted, one.percent) for one in told.items],
        tabs=[{"label": label, "url": address("results", key), "on": key == branch} for key, label in tabs] if len(told.branches) > 1 else [],
        book_url=address("results_book", branch) if asker().may("export", Campaign) else None,
        before=told.before.campaign.name if told.before is not None else "", compared=_compared(told))
    return render_template("campaign/results.html", page=shown)


def _as_of(told: Results) -> str:
    """Of which day the figures are, and whether what came later counts."""
    if told.made_at is None:
        day = clock.today().isoformat()
        return _("这次行动结束时系统还不留存结果，按 %(day)s 的记录计算。", day=day) if told.campaign.state == "closed" else _("数据截至 %(day)s。", day=day)
    said = _("%(day)s 行动结束时留存的结果，以后的裁决、整改和名册变动不计入。", day=clock.local(told.made_at).date().isoformat())
    count = campaign_kept.decided_since(db.session(), told)
    return said + (_("结束后又裁决了 %(count)s 条申辩；要计入请重新打开行动，再结束一次。", count=count) if count else "")


def _unmade(told: Results) -> list[tuple[str, str, str]]:
    """Name, stratum and reason of the schools that a closed campaign left out; the reason as who asks may read it."""
    if told.campaign.state != "closed" or not told.unmade:
        return []
    query = select(CampaignSchool).where(CampaignSchool.id.in_([one.place_id for one in told.unmade]))
    why = {row.id: masks.shown(asker(), row, "unvisited") or "" for row in db.session.scalars(query)}
    return [(one.name, _(codes.STRATUM[one.stratum]) if one.stratum else "—", why.get(one.place_id) or _("没有写明")) for one in told.unmade]


def points(score: float | None) -> str:
    """A score as it is told, to one decimal."""
    return f"{score:.1f}" if score is not None else "—"


def _cell(score: float | None, rules: Rules) -> tuple[str, str]:
    """The points of a section, and the colour that they have by the grades of the checklist's version."""
    if score is None:
        return "—", ""
    return f"{score:.0f}", "ok" if score >= rules.from_score["excellent"] else "warn" if score >= rules.from_score["fair"] else "bad"


def _school(one: campaign_figures.SchoolResult, told: Results, rules: Rules) -> dict[str, Any]:
    return {"rank": one.rank or "—", "name": one.name, "url": url_for("VisitReport.report", pk=one.inspection_id), "score": points(one.score),
            "grade": _(codes.GRADE[one.grade]) if one.grade else "—", "cells": [_cell(one.sections.get(code), rules) for code in told.sections],
            "failed": one.failed, "better": one.better, "findings": one.findings, "left": one.left, "overdue": one.overdue}


def _compared(told: Results) -> list[tuple[str, str, str, str]]:
    """Label, last time, now, how much more or less: of the whole and of each section that both campaigns have."""
    if told.before is None:
        return []
    pairs = [(_("平均分"), told.before.average, told.average)]
    pairs += [(f"{code} {_(name)}", told.before.section(code), told.section(code)) for code, name in told.sections.items()]
    return [(label, points(then), points(now), f"{now - then:+.1f}") for label, then, now in pairs if then is not None and now is not None]


def book(row: Campaign, branch: str) -> Response:
    part = _(codes.BRANCH[branch]) if branch else ""
    name = _("%(name)s%(part)s结果.xlsx", name=row.name, part=part)
    told, own = campaign_results.results(db.session(), row, branch), asker().may("read", SelfAnswer)
    counts = _("已提交 %(count)s 所，应检查 %(planned)s 所", count=len(told.schools), planned=told.planned)
    subtitle = " · ".join(one for one in (part, counts, _as_of(told)) if one)
    items = [(one.code, one.text, _("红线") if one.critical else None, one.failed, one.partly, one.counted, one.percent) for one in told.items]
    before = told.before.campaign.name if told.before is not None else _("没有更早的行动")
    tabs = [Tab(_("各校得分"), row.name, subtitle, school_columns(told, own=own), list(schools(told, own=own))),
            Tab(_("问题最多的条目"), row.name, subtitle, _item_columns(), items),
            Tab(_("与上次相比"), row.name, before, _compared_columns(), list(_pairs(told)))]
    if unmade := _unmade(told):
        tabs.append(Tab(_("未检查的学校"), row.name, subtitle, _unmade_columns(), unmade))
    return send_tabs(name, tabs, row, len(told.schools))


def school_columns(told: Results, *, own: bool) -> list[Column]:
    """``own``: with what the schools said of themselves."""
    better = [Column("better", _("自查偏高"), "int")] if own else []
    return [Column("rank", _("名次"), "int"), Column("name", _("学校"), "text", width=26), Column("stratum", _("学段"), "text", width=10),
            Column("score", _("得分"), "decimal"), Column("grade", _("等级"), "text", width=8),
            *(Column(f"s{code}", f"{code} {_(title)}", "decimal") for code, title in told.sections.items()), Column("failed", _("不合格"), "int"), *better,
            Column("findings", _("问题"), "int"), Column("left", _("未整改"), "int"), Column("overdue", _("逾期"), "int")]


def schools(told: Results, *, own: bool) -> Iterator[tuple[Any, ...]]:
    """A row a school, by ``school_columns``."""
    for one in told.schools:
        yield (one.rank, one.name, _(codes.STRATUM[one.stratum]) if one.stratum else None, one.score, _(codes.GRADE[one.grade]) if one.grade else None,
               *(one.sections.get(code) for code in told.sections), one.failed, *([one.better] if own else []), one.findings, one.left, one.overdue)


def _item_columns() -> list[Column]:
    return [Column("code", _("编号"), "text", width=8), Column("text", _("检查内容"), "text", width=60, long=True),
            Column("critical", _("红线"), "text", width=8), Column("failed", _("不合格"), "int"), Column("partly", _("部分合格"), "int"),
            Column("counted", _("适用学校"), "int"), Column("percent", _("不合格率"), "decimal")]


def _unmade_columns() -> list[Column]:
    return [Column("name", _("学校"), "text", width=26), Column("stratum", _("学段"), "text", width=10),
            Column("why", _("未检查的原因"), "text", width=50, long=True)]


def _compared_columns() -> list[Column]:
    return [Column("label", _("项目"), "text", width=28), Column("then", _("上次"), "decimal"), Column("now", _("本次"), "decimal")]


def _pairs(told: Results) -> Iterator[tuple[Any, ...]]:
    before = told.before
    yield (_("平均分"), before.average if before is not None else None, told.average)
    for code, name in told.sections.items():
        yield (f"{code} {_(name)}", before.section(code) if before is not None else None, told.section(code))
