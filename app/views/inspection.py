"""Inspections as they are planned and looked up. The visit itself is views/visit.py, the checklist views/checklist.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext

from app.extensions import db
from app.models.base import Entity
from app.models.inspection import Answer, Inspection
from app.models.words import _
from app.panel.security import asker
from app.panel.view import PanelView
from app.services import opinion, team_rules, visits, work
from app.views import visit_words


class InspectionView(PanelView):
    model = Inspection
    columns = ["name", "school", "template", "planned_on", "inspector", "state", "submitted_at", "score", "grade", "next_due_on", "summary"]
    list_columns = ["name", "school", "planned_on", "inspector", "state", "score", "grade", "next_due_on"]
    filters = ["state", "grade"]
    marks = {"due": (_("到期未查"), work.visit_due)}
    searched = ["name"]
    orders = {"planned_on": "planned_on"}
    order = ("planned_on", True)
    tabs = ["Finding", "DrawnChild"]

    def form_keys(self) -> tuple[str, ...]:
        """Who inspects plans for oneself."""
        return tuple(key for key in super().form_keys() if key != "inspector" or asker().role != "inspector")

    def make(self, values: Mapping[str, Any], token: str | None) -> Any:
        own = {"inspector": asker().member_id} if "inspector" not in self.form_keys() else {}
        return super().make({**values, **own}, token)

    def may_change(self, row: Any) -> bool:
        return row.state != "submitted"

    def state_of(self, row: Any) -> list[dict[str, str]]:
        return visit_words.aside(row.school_id) if row.state != "submitted" else []

    def parts_of(self, row: Any) -> Mapping[Entity, str]:
        return visits.ticks_ever(db.session(), row)

    def links_of(self, row: Any) -> list[tuple[str, str]]:
        if row.state == "submitted":
            letter = opinion.of_inspection(db.session(), row)
            found = [(gettext("督导意见书"), url_for("OpinionView.letter", pk=letter.id))] if letter is not None else []
            return [*found, (gettext("检查报告"), url_for("VisitReport.report", pk=row.id))]
        if team_rules.steps_aside(db.session(), row.school_id):
            return []
        begun = gettext("继续检查") if row.state == "open" else gettext("开始检查")
        return [(begun, url_for("Visit.sheet", pk=row.id))] if asker().may("write", Answer) else []
