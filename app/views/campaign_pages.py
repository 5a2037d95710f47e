"""Pages of a campaign beside its record: the draw repeated, the written notice, the workbook of its schools."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import codes
from app.models.campaign import Campaign, CampaignSchool
from app.panel.books import send_tabs
from app.panel.security import asker
from app.panel.views_by_entity import url_of
from app.services import campaign, campaign_files, campaign_notice, clock, teams
from app.services.campaign import Redraw
from app.services.campaign_notice import Notice
from app.services.sheet.book import Tab
from app.services.sheet.column import Column


def redraw(row: Campaign, back_url: str) -> str:
    told = campaign.redraw(db.session(), row)
    drawn = [(told.areas.get(one.school.area, one.school.area), _(codes.STRATUM[one.school.stratum]), one.place, one.school.code,
              told.names.get(one.school.code, ""), one.key) for one in told.lots if one.place <= told.sizes[one.school.stratum]]
    page = SimpleNamespace(
        title=_("复核抽签"), differs=_("用原来的种子和名单重抽，抽中的学校与现在登记的不同。"),
        name=row.name, back_url=back_url, told=told, seed=row.seed, drawn=drawn,
        files_kept=campaign_files.all_kept(db.session(), row), count=len(told.lots), hash=row.list_hash,
        at=clock.local(row.drawn_at).strftime("%Y-%m-%d %H:%M") if row.drawn_at else "",
        groups=[(area, _(codes.STRATUM[stratum]), count, taken) for area, stratum, count, taken in told.groups],
        since=[(label, names) for label, names in (
            (_("新增的学校"), told.joined), (_("撤销的学校"), told.left), (_("学段或区域变了的学校"), told.changed)) if names])
    return render_template("campaign/redraw.html", page=page)


def files(row: CampaignSchool, back_url: str) -> str:
    """The draw of a school's files repeated: every candidate by its internal number, with its lot."""
    session = db.session()
    if row.files_hash is None:
        drawn_url = url_of("Inspection", "show", pk=row.inspection_id, tab="DrawnChild")
        return render_template("campaign/files_not_kept.html", page=SimpleNamespace(
            title=_("复核抽档案"), name=str(row.school), back_url=back_url, drawn_url=drawn_url))
    campaign_of = session.get_one(Campaign, row.campaign_id)
    told = campaign_files.redraw(session, campaign_of, row)
    page = SimpleNamespace(
        title=_("复核抽档案"), differs=_("用原来的种子和名单重抽，抽中的档案与现在登记的不同。"),
        name=str(row.school), back_url=back_url, told=told, seed=campaign_of.seed, count=len(told.lots), hash=row.files_hash,
        lots=[(one.uid, one.key, one.place, one.place <= told.size, told.names.get(one.uid, "")) for one in told.lots])
    return render_template("campaign/files.html", page=page)


def notice(told: Notice, back_url: str) -> str:
    row, place = told.campaign, told.place
    page = SimpleNamespace(
        title=_("督导检查通知书"), told=told, campaign=row, back_url=back_url, name=told.schools[0][1] if place is not None else "",
        day=(place.planned_on if place is not None else None) or row.starts_on,
        sizes=[(_(codes.STRATUM[key]), size) for key, size in campaign.sizes(row).items()],
        unit=_(codes.SAMPLE_UNIT[row.unit]), self_due_on=(place.self_due_on if place is not None else None) or row.self_due_on,
        sections=_("、").join(_(name) for name in told.sections),
        teams=[(team, [(one.name, one.leader) for one in people]) for team, people in sorted(told.teams.items())],
        schools=[(name, _(codes.CHOSEN[one.how]), _(codes.STRATUM[one.stratum]) if one.stratum else "—", one.place or "—", one.team or "—",
                  one.planned_on or row.starts_on) for one, name in told.schools])
    return render_template("campaign/notice.html", page=page)


def book(row: Campaign) -> Response:
    """The schools of a campaign and, once drawn, the list that they were drawn from with every lot."""
    session, name = db.session(), f"{row.name}.xlsx"
    told = campaign_notice.notice(session, row.id)
    subtitle = f"{row.starts_on.isoformat()} — {row.ends_on.isoformat()} · {_(codes.CAMPAIGN_STATE[row.state])}"
    tabs = [Tab(_("受检学校"), row.name, subtitle, _school_columns(), list(_schools(told)))]
    if row.drawn_at:
        again = campaign.redraw(session, row)
        lots = _("种子 %(seed)s · 名单校验码 %(hash)s", seed=row.seed or "", hash=row.list_hash or "")
        tabs.append(Tab(_("抽签名单"), row.name, lots, _lot_columns(), list(_lots(again))))
    return send_tabs(name, tabs, row, len(told.schools))


def _school_columns() -> list[Column]:
    return [Column("school", _("学校"), "text", width=26), Column("how", _("产生方式"), "text", width=10), Column("stratum", _("学段"), "text", width=10),
            Column("place", _("签号"), "int"), Column("team", _("督导组"), "int"), Column("leader", _("组长"), "text", width=12),
            Column("day", _("检查日期"), "date"), Column("due", _("自查截止日期"), "date"), Column("sent", _("自查提交时间"), "datetime")]


def _schools(told: Notice) -> Iterator[tuple[Any, ...]]:
    people = [one for members in told.teams.values() for one in members]
    shows = asker().may("read", "CampaignMember")
    for one, name in told.schools:
        leader = teams.leader_of(people, one.team) if shows else None
        yield (name, _(codes.CHOSEN[one.how]), _(codes.STRATUM[one.stratum]) if one.stratum else None, one.place, one.team, leader.name if leader else None,
               one.planned_on or told.campaign.starts_on, one.self_due_on, clock.local(one.self_submitted_at) if one.self_submitted_at else None)


def _lot_columns() -> list[Column]:
    return [Column("area", _("抽样区域"), "text", width=16), Column("stratum", _("学段"), "text", width=10), Column("place", _("名次"), "int"),
            Column("code", _("学校标识码"), "text", width=14), Column("name", _("学校"), "text", width=26), Column("drawn", _("抽中"), "text", width=8),
            Column("key", _("签值"), "text", width=66)]


def _lots(told: Redraw) -> Iterator[tuple[Any, ...]]:
    for one in told.lots:
        yield (told.areas.get(one.school.area), _(codes.STRATUM[one.school.stratum]), one.place, one.school.code, told.names.get(one.school.code),
               _("抽中") if one.place <= told.sizes[one.school.stratum] else None, one.key)
