"""The form of a step of a finding: its fields by the table in services/findings.py, what it is about, the files that go with it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import request
from flask_babel import gettext as _

from app.extensions import db
from app.models import codes
from app.models.inspection import Finding, FindingStep
from app.panel import files
from app.panel.forms import PanelForm, form_class, new_token
from app.services import attachments, clock, findings
from app.services.findings import ANSWERS, STEPS, Around


def form_of(row: Finding, kind: str, known: Around) -> PanelForm:
    """The fields that a step asks for, by the words of that step."""
    step = STEPS[kind]
    form = form_class(FindingStep, step.asks)(data=_usual(row, kind, known))
    for key in step.asks:
        form[key].label.text = _(findings.label_of(kind, key))
        form[key].flags.required = key in step.must
    return form


def _usual(row: Finding, kind: str, known: Around) -> dict[str, Any]:
    """What the form begins with: today, the day that was asked for, the level that it has."""
    if kind == "grant":
        asked = [one.day for one in known.steps if one.kind == "ask"]
        return {"day": asked[-1] if asked else None}
    anew = findings.renewed(row, known.inspection.template)
    usual: dict[str, dict[str, Any]] = {"fix": {"day": clock.today()}, "change": {"day": row.due_on, "level": row.level}, "close": {"way": "spot"},
                                        "back": {"way": "spot", "day": anew}, "reopen": {"day": anew}}
    return usual.get(kind, {})


def context(row: Finding, kind: str, form: PanelForm, known: Around, message: str, action: str, back_url: str) -> SimpleNamespace:
    """What findings/step.html shows."""
    label = _(codes.FINDING_STEP[kind])
    facts = [(_("问题"), row.what), (_("等级"), _(codes.FINDING_LEVEL[row.level])), (_("整改期限"), row.due_on.isoformat()),
             (_("状态"), _(codes.FINDING_STATE[row.state]))]
    facts += [(_("最迟延到"), findings.latest(row, known.inspection).isoformat())] if kind in ("ask", "grant") else []
    asked = [one for one in known.steps if one.kind in ("object", "ask")] if kind in ANSWERS else []
    facts += [(_(findings.label_of(one.kind, "text")), one.text or "") for one in asked[-1:]]
    facts += [(_("整改措施"), row.fix)] if kind in ("close", "back") and row.fix else []
    there = [files.shown(one) for one in attachments.of_row(db.session(), row)] if STEPS[kind].proved or kind in ("close", "back") else []
    return SimpleNamespace(
        title=label, action=action, cancel_url=back_url, facts=facts, groups=[(None, list(form))], message=message,
        version=request.form.get("_version") or row.version, token=request.form.get("_token") or new_token(), save_label=label,
        proved=STEPS[kind].proved, files=there)
