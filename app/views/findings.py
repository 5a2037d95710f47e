"""What inspections found: the list, the record with its way so far, and one page for each step on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import codes
from app.models.base import fields_of
from app.models.inspection import Answer, Finding, FindingStep, Opinion
from app.models.org import Member
from app.models.rules import RuleError
from app.models.words import _
from app.panel import again, files, pills, steps, taking
from app.panel.address import whole
from app.panel.forms import new_token, say, token_sent
from app.panel.security import asker
from app.panel.view import PanelView
from app.services import attachments, clock, finding_marks, findings, records, team_rules, transactions, upload
from app.services.finding_marks import SETTLED
from app.services.table import names_anywhere
from app.views import finding_page, visit_words


class FindingView(PanelView):
    model = Finding
    exclude_route_methods: ClassVar[set[str]] = {"add"}  # a submitted inspection opens them
    columns = ["school", "inspection", "item", "what", "level", "repeated", "due_on", "responsible", "former", "state", "fixed_on", "fix", "recheck_by",
               "escalates_on"]
    list_columns = ["what", "school", "item", "level", "due_on", "state"]
    filters = ["state", "level", "repeated"]
    marks = {"open": (_("待整改"), finding_marks.to_fix), "overdue": (_("逾期"), finding_marks.overdue), "escalated": (_("升级督办"), finding_marks.escalated),
             "decide": (_("待县里裁决"), finding_marks.to_decide), "recheck": (_("待复查"), finding_marks.to_recheck),
             "late": (_("复查超期"), finding_marks.recheck_late)}
    searched = ["what"]
    orders = {"due_on": "due_on"}
    order = ("due_on", False)
    pills = {"level": pills.word("bad", codes.FINDING_LEVEL["critical"])}

    def may_change(self, row: Any) -> bool:
        return row.state not in SETTLED

    def state_of(self, row: Any) -> list[dict[str, str]]:
        """Where it stands, and what presses."""
        found = [{"text": gettext(codes.FINDING_STATE[row.state]), "pill": "ok" if row.state in SETTLED else ""}]
        found += [{"text": gettext("再次出现"), "pill": "warn"}] if row.repeated else []
        found += [{"text": gettext("逾期"), "pill": "bad"}] if finding_marks.is_overdue(row) else []
        found += [{"text": gettext("升级督办"), "pill": "bad"}] if finding_marks.is_escalated(row) else []
        return found + visit_words.aside(row.school_id)

    def actions_of(self, row: Any) -> Sequence[Mapping[str, str]]:
        return [{"label": gettext(codes.FINDING_STEP[kind]), "url": self.url("step", pk=row.id, kind=kind)}
                for kind in findings.offered(db.session(), row, _around(row))]

    def links_of(self, row: Any) -> list[tuple[str, str]]:
        letter = _around(row).opinion if asker().may("read", Opinion) else None
        return [(gettext("督导意见书"), url_for("OpinionView.letter", pk=letter.id))] if letter is not None else []

    def shots_of(self, row: Any) -> tuple[str, Sequence[Mapping[str, Any]]]:
        """The photos of the tick, for those who may read ticks."""
        answer = _around(row).answer if asker().may("read", Answer) else None
        return gettext("检查时的照片"), [files.shown(one) for one in attachments.of_row(db.session(), answer)] if answer is not None else []

    def more_of(self, row: Any) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
        """What was ticked, for those who may read ticks (the remark may name a child), and the way since."""
        steps = _around(row).steps
        names = names_anywhere(db.session(), Member, {one.member_id for one in steps}) if steps else {}
        told = [*self._ticked(row), (gettext("办理经过"), [_told(one, names) for one in steps])]
        return [(heading, lines) for heading, lines in told if lines]

    def _ticked(self, row: Any) -> Sequence[tuple[str, list[tuple[str, str]]]]:
        answer = _around(row).answer if asker().may("read", Answer) else None
        if answer is None:
            return ()
        told = [(gettext(fields_of(Answer)[key].label), getattr(answer, key)) for key in ("remark", "reason") if getattr(answer, key)]
        return [(gettext("检查时写的"), told)]

    @expose("/step/<int:pk>/<kind>", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def step(self, pk: int, kind: str) -> str | Response:
        """The form of a step; its button takes it. Photos that came with it stay, whatever else is refused."""
        row, session = self.row(pk), db.session()
        if kind not in findings.STEPS:
            abort(404)
        known = findings.around(session, row)
        if not findings.may_take(session, known, kind):
            raise records.Forbidden(f"{kind} Finding")
        form, done = finding_page.form_of(row, kind, known), steps.Taken()
        if request.method == "POST" and form.validate():
            done = steps.taken(lambda: _take(row, kind, known, form.values()))
            if not done.errors:
                flash(gettext("已办理：%(step)s。", step=gettext(codes.FINDING_STEP[kind])), "success")
                return redirect(self.url("show", pk=pk))
        elif request.method == "GET" and (problem := _problem(row, kind, known)):
            flash(say(problem), "danger")
            return redirect(self.url("show", pk=pk))
        row, message = self.row(pk), form.complain(done.errors)
        if done.again:
            more = gettext(codes.FINDING_STEP[kind]) if _problem(row, kind, findings.around(session, row)) is None else ""
            message = again.told(message, self.url("show", pk=pk), more)
        page = finding_page.context(row, kind, form, findings.around(session, row), message, self.url("step", pk=pk, kind=kind), self.url("show", pk=pk))
        if done.stale or done.again:  # who sends it again has read the message
            page.version = row.version
        if done.again:
            page.token = new_token()
        return render_template("findings/step.html", form=form, page=page)


def _problem(row: Finding, kind: str, known: findings.Around) -> RuleError | None:
    """Why a step is not even asked for."""
    return team_rules.ASIDE if team_rules.steps_aside(db.session(), row.school_id) else findings.refusal(row, kind, known)


def _take(row: Finding, kind: str, known: findings.Around, values: Mapping[str, Any]) -> None:
    if findings.refusal(row, kind, known) is None:
        _keep_files(row, kind)
    findings.take(db.session(), row, kind, values, whole(request.form.get("_version")), token_sent())


def _around(row: Finding) -> findings.Around:
    """What stands round the finding of a page, read once a request."""
    known: dict[int, findings.Around] = g.setdefault("findings", {})
    if row.id not in known:
        known[row.id] = findings.around(db.session(), row)
    return known[row.id]


def _keep_files(row: Finding, kind: str) -> None:
    """Keep what was sent along with a step. It is decoded before anything is locked."""
    sent = [one for one in request.files.getlist("files") if one.filename] if findings.STEPS[kind].proved else []
    if not sent:
        return
    taking.only_read()
    kept = [attachments.taken(one.filename or "", one.stream.read(upload.MOST_BYTES + 1)) for one in sent]
    with transactions.writing(db.session()):
        for one in kept:
            attachments.store(db.session(), row, one, files.folder())
    transactions.read_only(False)


def _told(step: FindingStep, names: Mapping[int, str]) -> tuple[str, str]:
    """One step as a line: when, what and who; why, to which day, in which way."""
    said = [gettext(codes.RECHECK[step.way])] if step.way else []
    said += [gettext(codes.FINDING_LEVEL[step.level])] if step.level else []
    said += [step.day.isoformat()] if step.day else []
    said += [step.text] if step.text else []
    when = clock.local(step.at).strftime("%Y-%m-%d %H:%M")
    return f"{when} {gettext(codes.FINDING_STEP[step.kind])} · {names.get(step.member_id, '')}", gettext("；").join(said) or gettext("（没有说明）")
