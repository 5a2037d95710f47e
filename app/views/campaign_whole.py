"""All of a campaign in one workbook, made in the background: what each school came to, team, schools, every tick beside what the school said and its
records, findings, letters.

The drawn children are not in it: whose file was looked through stays with the inspection.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.models import codes, entities
from app.models.base import fields_of
from app.models.campaign import Campaign, CampaignMember, CampaignSchool, SelfAnswer
from app.models.inspection import Answer, ChecklistItem, ChecklistSection, Finding, Inspection, Opinion
from app.models.org import School
from app.models.words import N_
from app.panel import downloads
from app.panel.views_by_entity import VIEWS
from app.services import campaign_results, clock, history, masks, progress, transactions, withheld
from app.services.jobs.kinds import Unable, Work, kind
from app.services.scope import Asker
from app.services.sheet.book import Tab, write_tabs
from app.services.sheet.column import Column
from app.services.table import table_of
from app.services.values import column_of
from app.views import visit_figures
from app.views.campaign_results import school_columns, schools

KIND = "campaign"
CHUNK = 1000  # rows that the database hands over at a time
GONE = N_("这次行动现在不在您的管辖范围，没有生成。")


def ask(row: Campaign, back_url: str) -> str | Response:
    title = _("%(name)s全部资料", name=row.name)
    return downloads.ask_or_begin(
        KIND, {"campaign": row.id}, title=title, file_name=f"{title}.xlsx", back_url=back_url,
        text=_("督导组、受检学校、逐条结果、自查、问题和意见书放在一个工作簿里，在后台生成，好了到“我的下载”里取。"))


@kind(KIND)
def make(work: Work) -> None:
    session, who = work.session, work.asker
    campaign = session.get(Campaign, work.args["campaign"])
    if campaign is None or not who.may("export", Campaign):
        raise Unable(GONE)
    tabs = [_of_entity(session, who, campaign, name, condition) for name, condition in _parts(campaign) if who.may("export", name)]
    if who.may("read", Answer):
        work.total(session.scalar(select(func.count()).select_from(_ticks(campaign).subquery())) or 0)
        tabs.insert(2, _of_ticks(session, who, campaign))
    tabs.insert(0, _of_results(session, who, campaign))
    write_tabs(work.file, tabs, title=campaign.name)
    with transactions.writing(session):
        history.log_access(session, "export", Campaign.__name__, row=campaign, rows=max(1, work.done_rows), columns=str(_("全部资料")))


def _parts(campaign: Campaign) -> list[tuple[str, ColumnElement[bool]]]:
    """Entities of a campaign, and which of their rows are its own."""
    inspections = select(CampaignSchool.inspection_id).where(CampaignSchool.campaign_id == campaign.id)
    return [(CampaignMember.__name__, CampaignMember.campaign_id == campaign.id), (CampaignSchool.__name__, CampaignSchool.campaign_id == campaign.id),
            (Inspection.__name__, Inspection.id.in_(inspections)), (Finding.__name__, Finding.inspection_id.in_(inspections)),
            (Opinion.__name__, Opinion.inspection_id.in_(inspections))]


def _of_results(session: Session, who: Asker, campaign: Campaign) -> Tab:
    """What each school came to, as the results tell it: once a letter is decided an inspection's own score may be another."""
    told, own = campaign_results.results(session, campaign), who.may("read", SelfAnswer)
    return Tab(_("各校得分"), campaign.name, _("%(count)s 条", count=len(told.schools)), school_columns(told, own=own), list(schools(told, own=own)))


def _of_entity(session: Session, who: Asker, campaign: Campaign, name: str, condition: ColumnElement[bool]) -> Tab:
    """The columns of the entity's own sheet, as who asks may see them."""
    model = entities()[name]
    keys = [key for key in VIEWS[name].columns if key != "campaign"]
    table, label = table_of(model, keys), _(model.__label__)
    read = table.values(who)
    found = session.execute(table.statement.where(condition, *withheld.conditions(who, model)).order_by(model.id))
    rows = [tuple(map(_plain, read(row))) for row in found]
    return Tab(label, campaign.name, _("%(count)s 条", count=f"{len(rows):,}"), [column_of(fields_of(model)[key]) for key in keys], rows)


def _plain(value: Any) -> Any:
    """A moment as the clock in Shanghai shows it."""
    return clock.local(value).replace(tzinfo=None) if isinstance(value, datetime) else value


# Every tick ------------------------------------------------------------------------------
def _ticks(campaign: Campaign) -> Select[Any]:
    """Every item that the inspector or the school ticked, in the order of the checklist, school by school."""
    query = select(School.name.label("school"), ChecklistSection.name.label("section"), ChecklistItem.code, ChecklistItem.text, ChecklistItem.critical,
                   Answer.result, Answer.remark, Answer.reason, Answer.frozen, Answer.answered_at,
                   SelfAnswer.result.label("own"), SelfAnswer.remark.label("own_remark"))
    query = query.select_from(CampaignSchool).join(School, School.id == CampaignSchool.school_id)
    query = query.join(Inspection, Inspection.id == CampaignSchool.inspection_id)
    query = query.join(ChecklistSection, ChecklistSection.template_id == Inspection.template_id)
    query = query.join(ChecklistItem, ChecklistItem.section_id == ChecklistSection.id)
    for model in (Answer, SelfAnswer):
        query = query.outerjoin(model, (model.inspection_id == Inspection.id) & (model.item_id == ChecklistItem.id))
    return query.where(CampaignSchool.campaign_id == campaign.id, Answer.result.is_not(None) | SelfAnswer.result.is_not(None)).order_by(
        School.name, CampaignSchool.id, ChecklistSection.position, ChecklistItem.position)


def _of_ticks(session: Session, who: Asker, campaign: Campaign) -> Tab:
    own = [Column("own", _("自查"), "text", width=10), Column("own_remark", _("自查说明"), "text", width=30, long=True)] if who.may("read", SelfAnswer) else []
    columns = [Column("school", _("学校"), "text", width=26), Column("section", _("分类"), "text", width=14), Column("code", _("编号"), "text", width=8),
               Column("text", _("检查内容"), "text", width=50, long=True), Column("critical", _("红线"), "text", width=8), *own,
               Column("records", _("学校记录"), "text", width=36, long=True), Column("suggestion", _("系统建议"), "text", width=10),
               Column("result", _("结果"), "text", width=10), Column("remark", _("备注"), "text", width=30, long=True),
               Column("reason", _("与记录不符的理由"), "text", width=30, long=True), Column("at", _("记录时间"), "datetime")]
    return Tab(_("逐条结果"), campaign.name, _("有结果的条目"), columns, _lines(session, who, campaign, bool(own)))


def _lines(session: Session, who: Asker, campaign: Campaign, own: bool) -> Iterator[tuple[Any, ...]]:
    covers = {key: masks.level(who, model, fields_of(model)[name]) for key, model, name in (
        ("remark", Answer, "remark"), ("reason", Answer, "reason"), ("own_remark", SelfAnswer, "remark"))}

    def text(row: Any, key: str) -> str | None:
        return masks.cover(said, covers[key]) if (said := getattr(row, key)) else None

    for row in session.execute(_ticks(campaign), execution_options={"yield_per": CHUNK}):
        kept = row.frozen or {}
        shown = visit_figures.frozen(kept)
        progress.tell(session, 1)
        yield (row.school, _(row.section), row.code, _(row.text), _("红线") if row.critical else None,
               *([_result(row.own), text(row, "own_remark")] if own else []), shown.text if shown is not None else None, _result(kept.get("suggestion")),
               _result(row.result), text(row, "remark"), text(row, "reason"), _plain(row.answered_at))


def _result(code: str | None) -> str | None:
    return _(codes.RESULT[code]) if code in codes.RESULT else None
