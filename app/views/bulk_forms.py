"""The official forms among what can be had for all schools or areas at once: which, for which period, and what does not go together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from app.extensions import db
from app.models.words import N_
from app.panel.security import asker
from app.services import bulk
from app.services.forms import declaration, periods, places
from app.services.forms.declaration import PAGE, Declared
from app.services.forms.periods import Period
from app.views import form_figures, form_jobs

Offered = Mapping[str, Declared]  # by what the page calls it
SPANS = {"month": N_("按月的报表"), "term": N_("按学期的报表"), "year": N_("按学年的报表")}
Options = list[tuple[str, list[tuple[str, str]]]]  # groups: their label, and value and label of each


def offered() -> Offered:
    return {f"form-{form.key}": form for form in declaration.forms(db.session(), asker())}


def periods_of(forms: Offered) -> Options:
    """What the page offers: the running period of any form, or a certain one."""
    found: Options = [("", [("", _("现在这一期"))])]
    for span, label in SPANS.items():
        some = next((form for form in forms.values() if form.period == span), None)
        if some is not None:
            found.append((_(label), [(f"{span} {one.first.isoformat()}", form_figures.told(some, one)) for one in periods.choices(db.session(), span)]))
    return found


def wrong(forms: Offered, asked: Mapping[str, str]) -> str:
    """What to say of an order that cannot be carried out."""
    form = forms[asked["what"]]
    if _period(form, asked) is None:
        return _("“%(form)s”没有这一期，请重新选择期间。", form=form.title)
    if asked["way"] == "sheets" and form.kind == PAGE:
        return _("“%(form)s”一人一页，请选“打成一个压缩包”。", form=form.title)
    count = len(places.each(db.session(), asked["by"]))
    if not count:
        return _("“%(form)s”不能这样分，请换一种分法。", form=form.title)
    return _(bulk.TOO_MANY, count=count, most=bulk.MOST_SHEETS) if asked["way"] == "sheets" and count > bulk.MOST_SHEETS else ""


def job(forms: Offered, asked: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Kind and arguments."""
    form = forms[asked["what"]]
    period = _period(form, asked)
    assert period is not None  # wrong() has looked
    return form_jobs.kind_of(form, several=True), {"key": form.key, "by": asked["by"], "way": asked["way"], "from": form_jobs.said(period, form)}


def _period(form: Declared, asked: Mapping[str, str]) -> Period | None:
    """The period that was chosen, the running one where none was; None for one of another kind of form."""
    span, _space, first = asked["period"].partition(" ")
    if span not in ("", form.period):
        return None
    try:
        return periods.chosen(db.session(), form.period, date.fromisoformat(first) if first else None)
    except ValueError:
        return None
