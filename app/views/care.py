"""Helpers, talks, visits, calls home, cases, aid."""

from app.models.care import FamilyContact, HomeVisit, Pairing, Talk
from app.models.cases import Aid, CaseFile
from app.models.words import _
from app.panel.security import asker
from app.panel.view import PanelView
from app.services import clock


class PairingView(PanelView):
    model = Pairing
    columns = ["child", "kind", "staff", "helper_name", "started_on", "ended_on", "plan"]
    list_columns = ["child", "kind", "staff", "helper_name", "started_on", "ended_on"]
    filters = ["kind"]


class TalkView(PanelView):
    model = Talk
    columns = ["child", "talked_on", "teacher", "kind", "content", "follow_up"]
    list_columns = ["child", "talked_on", "teacher", "kind"]
    defaults = {"talked_on": clock.today, "teacher": lambda: asker().staff_id}
    filters = ["kind"]
    orders = {"talked_on": "talked_on"}
    order = ("talked_on", True)
    shortcut = (_("一页登记"), "Quick.rows", {"kind": "talk"})
    empty_hint = _("每月和每名留守儿童谈心一次，谈完在这里记一笔。")


class HomeVisitView(PanelView):
    model = HomeVisit
    columns = ["child", "visited_on", "visitor", "met", "found", "follow_up"]
    list_columns = ["child", "visited_on", "visitor", "met"]
    shortcut = (_("一页登记"), "Quick.rows", {"kind": "home_visit"})
    defaults = {"visited_on": clock.today, "visitor": lambda: asker().staff_id}
    orders = {"visited_on": "visited_on"}
    order = ("visited_on", True)


class FamilyContactView(PanelView):
    model = FamilyContact
    columns = ["child", "contacted_on", "kind", "with_whom", "minutes", "note"]
    list_columns = ["child", "contacted_on", "kind", "with_whom", "minutes"]
    defaults = {"contacted_on": clock.today}
    filters = ["kind", "with_whom"]
    orders = {"contacted_on": "contacted_on"}
    order = ("contacted_on", True)


class CaseFileView(PanelView):
    model = CaseFile
    columns = ["child", "kind", "opened_on", "plan", "followed_on", "closed_on"]
    list_columns = ["child", "kind", "opened_on", "followed_on", "closed_on"]
    defaults = {"opened_on": clock.today}
    filters = ["kind"]
    orders = {"opened_on": "opened_on"}
    order = ("opened_on", True)


class AidView(PanelView):
    model = Aid
    columns = ["child", "kind", "decided_on", "granted_on", "amount", "receiver"]
    list_columns = ["child", "kind", "decided_on", "granted_on", "amount"]
    defaults = {"decided_on": clock.today}
    filters = ["kind"]
    orders = {"decided_on": "decided_on"}
    order = ("decided_on", True)
