"""Canteens, their workers, meals with samples."""

from app.models.canteen import Canteen, CanteenWorker, MealRecord
from app.panel import pills
from app.panel.view import PanelView
from app.services import clock


class CanteenView(PanelView):
    model = Canteen
    columns = ["school", "name", "licence_no", "licence_until", "manager", "seats"]
    list_columns = ["name", "school", "licence_no", "licence_until", "manager"]
    searched = ["name"]
    tabs = ["CanteenWorker"]
    pills = {"licence_until": pills.before("bad", clock.today)}


class CanteenWorkerView(PanelView):
    model = CanteenWorker
    columns = ["school", "canteen", "name", "phone", "duty", "certificate_no", "certificate_until", "present"]
    list_columns = ["name", "canteen", "duty", "certificate_no", "certificate_until", "present"]
    pills = {"certificate_until": pills.before("bad", clock.today)}
    filters = ["present"]
    searched = ["name"]


class MealRecordView(PanelView):
    model = MealRecord
    columns = ["school", "canteen", "served_on", "meal", "dish", "sample_grams", "sampled_at", "discarded_at", "sampler", "accompanied_by",
               "morning_check", "disinfected"]
    list_columns = ["dish", "served_on", "meal", "sample_grams", "sampled_at", "sampler", "accompanied_by"]
    filters = ["meal", "morning_check", "disinfected"]
    searched = ["dish"]
    orders = {"served_on": "served_on"}
    order = ("served_on", True)
