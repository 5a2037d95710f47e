"""Responsibility letters and hazards."""

from app.models import codes
from app.models.safety import Hazard, ResponsibilityLetter
from app.models.words import _
from app.panel import pills
from app.panel.view import PanelView
from app.services import work


class ResponsibilityLetterView(PanelView):
    model = ResponsibilityLetter
    columns = ["school", "level", "school_year", "child", "signer", "signed_on", "expires_on"]
    list_columns = ["signer", "level", "child", "school_year", "signed_on", "expires_on"]
    filters = ["level"]
    searched = ["signer"]


class HazardView(PanelView):
    model = Hazard
    columns = ["school", "what", "where", "kind", "level", "found_on", "due_on", "responsible", "former", "fixed_on", "fix", "verified_by"]
    list_columns = ["what", "where", "level", "found_on", "due_on", "fixed_on"]
    filters = ["level", "kind"]
    marks = {"open": (_("未整改"), work.open_hazard), "overdue": (_("已超期"), work.overdue_hazard)}
    searched = ["what", "where"]
    orders = {"due_on": "due_on"}
    order = ("due_on", True)
    pills = {"level": pills.word("bad", codes.HAZARD_LEVEL["serious"])}
