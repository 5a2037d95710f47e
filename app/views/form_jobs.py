"""Official forms that are made in the background: a long one, and one for every school or area at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.models.words import N_
from app.services import records
from app.services.forms import declaration, many, periods, places, produce
from app.services.forms.declaration import FIGURES, Declared
from app.services.forms.periods import Period
from app.services.jobs.kinds import PLACES, Unable, Work, kind

GONE = N_("这个范围或期间现在不能选了，没有生成。请回到报表重新选择。")

UNFOOTED = N_("这张表还没有核对平，请等县里核对后再看。")


def said(period: Period, form: Declared) -> str:
    """The period as a job keeps it; a form of the day is of the day on which it is made."""
    return "" if form.period == "day" else period.first.isoformat()


@kind("form")
@kind("table", PLACES)
def write_form(work: Work) -> None:
    form, period = _asked(work)
    place = places.find(work.session, work.args["place"])
    if place is None:
        raise Unable(GONE)
    wish = produce.Wish(form, place, period)
    work.total(produce.count(work.session, wish))
    try:
        produce.write(work.session, wish, work.file)
    except produce.NotFooted:
        raise Unable(UNFOOTED) from None
    if form.kind == FIGURES:
        work.progress(1)


@kind("forms")
@kind("figures", PLACES)
def write_forms(work: Work) -> None:
    form, period = _asked(work)
    order = many.Order(form, period, work.args["by"])
    work.total(many.steps(work.session, order))
    write = many.write_zip if work.args["way"] == "zip" else many.write_sheets
    write(work.session, order, work.file)


def kind_of(form: Declared, several: bool = False) -> str:
    """The kind of job that makes a form of one place, or of several."""
    one, many_ = ("table", "figures") if form.kind == FIGURES else ("form", "forms")
    return many_ if several else one


def _asked(work: Work) -> tuple[Declared, Period]:
    args: dict[str, Any] = work.args
    form = declaration.find(work.session, work.asker, args["key"])
    if form is None:
        raise records.Forbidden(f"export {args['key']}")
    period = periods.chosen(work.session, form.period, date.fromisoformat(args["from"]) if args["from"] else None)
    if period is None:
        raise Unable(GONE)
    return form, period
