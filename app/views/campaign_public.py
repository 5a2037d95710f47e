"""The report on a campaign for the public, to print."""

from __future__ import annotations

from types import SimpleNamespace

from flask import render_template
from flask_babel import gettext as _

from app.extensions import db
from app.models import codes
from app.models.campaign import Campaign
from app.services import campaign_public, clock
from app.views.campaign_results import points


def page(row: Campaign, back_url: str) -> str:
    told = campaign_public.public(db.session(), row)
    if told is None:
        why = (_("这次行动结束时系统还不留存结果，没有公告；要出公告，请重新打开行动，再结束一次。") if row.state == "closed"
               else _("行动结束后才有公告。公告只出一份：前后两份相减，会看出一所学校的分数。"))
        return render_template("campaign/public.html", page=SimpleNamespace(title=_("督导检查结果公告"), campaign=row, back_url=back_url, told=None, why=why))
    results, before = told.results, told.results.before
    shown = SimpleNamespace(
        title=_("督导检查结果公告"), campaign=row, back_url=back_url, told=told, count=len(results.schools),
        today=clock.local(results.made_at).date() if results.made_at else "", why=None,
        average=points(told.average),
        grades=[(_(codes.GRADE[grade]), count) for grade, count in results.grades.items() if count],
        strata=[(_(codes.STRATUM[one.key]) if one.key else _("其他"), one.count, points(one.average)) for one in told.strata],
        schools=[(one.name, _(codes.STRATUM[one.stratum]) if one.stratum else "—", _(codes.GRADE[one.grade]) if one.grade else "—") for one in told.schools],
        sections=[(_(name), points(told.sections[code])) for code, name in results.sections.items()],
        items=[(one.code, one.text, one.failed, one.counted) for one in told.items], settled=results.findings - results.left, least=campaign_public.LEAST,
        before=(before.campaign.name, points(told.before)) if before is not None and told.before is not None else None)
    return render_template("campaign/public.html", page=shown)
