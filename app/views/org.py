"""Places, schools, classes, staff, terms."""

from app.models.org import Area, School, SchoolClass, Staff
from app.models.term import Term
from app.panel.view import PanelView


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
