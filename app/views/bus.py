"""School buses, drivers, runs."""

from app.models.bus import Bus, BusDriver, BusRun
from app.panel import pills
from app.panel.view import PanelView
from app.services import clock


class BusView(PanelView):
    model = Bus
    columns = ["school", "plate", "seats", "permit_until", "tested_on", "insured_until", "route"]
    list_columns = ["plate", "school", "seats", "permit_until", "tested_on", "insured_until"]
    searched = ["plate"]
    tabs = ["BusRun"]
    pills = {"permit_until": pills.before("bad", clock.today), "insured_until": pills.before("bad", clock.today)}


class BusDriverView(PanelView):
    model = BusDriver
    columns = ["school", "name", "birth_date", "id_number", "phone", "permit_no", "reviewed_on", "present"]
    list_columns = ["name", "school", "birth_date", "phone", "permit_no", "reviewed_on"]
    filters = ["present"]
    searched = ["name"]


class BusRunView(PanelView):
    model = BusRun
    columns = ["school", "bus", "driver", "ran_on", "direction", "attendant", "boarded", "alighted", "checked"]
    list_columns = ["bus", "ran_on", "direction", "driver", "attendant", "boarded", "alighted", "checked"]
    filters = ["direction", "checked"]
    searched = ["attendant"]
    orders = {"ran_on": "ran_on"}
    order = ("ran_on", True)
