"""Places, schools, classes, staff, terms."""

from flask import g

from app.extensions import db
from app.models.org import Area, School, SchoolClass, Staff
from app.models.term import Term
from app.panel.view import PanelView
from app.services import term_rules


class AreaView(PanelView):
    model = Area
    columns = ["code", "name", "level", "parent", "definition"]
    list_columns = ["name", "code", "level", "parent"]
    filters = ["level"]
    searched = ["name", "code"]
    orders = {"code": "code"}
    order = ("code", False)


class SchoolView(PanelView):
    model = School
    columns = ["name", "code", "type", "area", "head_name", "phone", "pupils", "has_canteen", "has_bus", "has_boarders", "roster_updated_on"]
    list_columns = ["name", "type", "area", "head_name", "phone", "pupils"]
    filters = ["type", "has_canteen", "has_bus", "has_boarders"]
    searched = ["name", "code"]
    orders = {"name": "name"}
    order = ("name", False)
    tabs = ["SchoolClass", "Staff", "Inspection", "Finding"]


class SchoolClassView(PanelView):
    model = SchoolClass
    columns = ["school", "name", "grade", "teacher"]
    list_columns = ["name", "school", "grade", "teacher"]
    searched = ["name"]
    order = ("id", False)
    tabs = ["Child"]


class StaffView(PanelView):
    model = Staff
    columns = ["school", "name", "sex", "id_number", "phone", "post", "certificate_no", "record_checked_on", "present"]
    list_columns = ["name", "school", "sex", "post", "phone", "record_checked_on", "present"]
    filters = ["post", "present"]
    searched = ["name"]
    orders = {"name": "name"}
    order = ("name", False)


class TermView(PanelView):
    model = Term
    columns = ["name", "school_year", "number", "starts_on", "ends_on"]
    list_columns = ["name", "starts_on", "ends_on"]
    orders = {"starts_on": "starts_on"}
    order = ("starts_on", True)

    def may(self, verb: str) -> bool:
        """No button for who would be refused; asked once a request."""
        if verb in ("read", "export") or not super().may(verb):
            return super().may(verb)
        if "keeps_terms" not in g:
            g.keeps_terms = term_rules.keeps(db.session())
        return bool(g.keeps_terms)
