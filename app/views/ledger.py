"""The school's log, papers, equipment."""

from app.models.ledger import Equipment, LogEntry, SchoolDocument
from app.models.words import _
from app.panel import pills
from app.panel.view import PanelView
from app.services import clock


class LogEntryView(PanelView):
    model = LogEntry
    columns = ["school", "kind", "held_on", "title", "due", "done", "note"]
    list_columns = ["title", "school", "kind", "held_on", "due", "done"]
    defaults = {"held_on": clock.today}
    filters = ["kind"]
    searched = ["title"]
    orders = {"held_on": "held_on"}
    order = ("held_on", True)
    empty_hint = _("会议、演练、教育、巡查和检查，做完在这里记一笔。")


class SchoolDocumentView(PanelView):
    model = SchoolDocument
    columns = ["school", "kind", "title", "dated_on", "valid_until", "figure"]
    list_columns = ["title", "school", "kind", "dated_on", "valid_until", "figure"]
    defaults = {"dated_on": clock.today}
    filters = ["kind"]
    searched = ["title"]
    orders = {"dated_on": "dated_on"}
    order = ("dated_on", True)
    pills = {"valid_until": pills.before("bad", clock.today)}


class EquipmentView(PanelView):
    model = Equipment
    columns = ["school", "kind", "place", "count", "working", "checked_on", "expires_on"]
    list_columns = ["place", "school", "kind", "count", "working", "checked_on", "expires_on"]
    filters = ["kind"]
    searched = ["place"]
    pills = {"expires_on": pills.before("bad", clock.today)}
