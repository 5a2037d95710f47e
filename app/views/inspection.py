"""The checklist as data, inspections and what they found. The visit itself is views/visit.py."""

from __future__ import annotations

from typing import Any

from app.models.inspection import ChecklistItem, ChecklistSection, ChecklistTemplate, Finding, Inspection
from app.models.words import _
from app.panel import pills
from app.panel.view import PanelView
from app.services import work


class ChecklistTemplateView(PanelView):
    model = ChecklistTemplate
    columns = ["name", "code", "number", "state", "published_on"]
    list_columns = ["name", "code", "number", "state", "published_on"]
    tabs = ["ChecklistSection"]
    bulk = ()

    def may_change(self, row: Any) -> bool:
        return row.state == "draft"


class ChecklistSectionView(PanelView):
    model = ChecklistSection
    columns = ["template", "code", "name", "position"]
    list_columns = ["name", "code", "template"]
    order = ("id", False)
    tabs = ["ChecklistItem"]
    bulk = ()

    def may_change(self, row: Any) -> bool:
        return row.template.state == "draft"


class ChecklistItemView(PanelView):
    model = ChecklistItem
    columns = ["section", "code", "text", "position", "methods", "evidence_asked", "critical", "applies_when", "basis", "weight", "evidence"]
    list_columns = ["code", "text", "section", "methods", "critical"]
    filters = ["critical"]
    searched = ["code", "text"]
    order = ("id", False)
    bulk = ()

    def may_change(self, row: Any) -> bool:
        return row.section.template.state == "draft"


class InspectionView(PanelView):
    model = Inspection
    columns = ["name", "school", "template", "planned_on", "inspector", "state", "submitted_at", "score", "summary"]
    list_columns = ["name", "school", "planned_on", "inspector", "state", "score"]
    filters = ["state"]
    searched = ["name"]
    orders = {"planned_on": "planned_on"}
    order = ("planned_on", True)
    tabs = ["Finding"]

    def may_change(self, row: Any) -> bool:
        return row.state != "submitted"


class FindingView(PanelView):
    model = Finding
    columns = ["school", "inspection", "item", "what", "level", "due_on", "responsible", "state", "fixed_on", "fix"]
    list_columns = ["what", "school", "item", "level", "due_on", "state"]
    filters = ["state", "level"]
    marks = {"open": (_("待整改"), work.open_finding)}
    searched = ["what"]
    orders = {"due_on": "due_on"}
    order = ("due_on", False)
    pills = {"level": pills.word("bad", "红线问题")}
