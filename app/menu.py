"""The table of contents: every entity and page stands here; nothing else registers a view."""

from __future__ import annotations

from flask_appbuilder import AppBuilder

from app.models.codes import ROLE
from app.models.words import _
from app.panel import api
from app.panel.chrome import Entry
from app.panel.files import Files
from app.panel.intake import Intake
from app.panel.lookup import Lookup
from app.panel.one_request import OneRequest
from app.panel.openapi import OpenApi
from app.panel.photos import Photos
from app.panel.sheets import Sheets
from app.panel.view import PanelView
from app.views.audit import AccessLogView
from app.views.bulk import BulkExport
from app.views.bus import BusDriverView, BusRunView, BusView
from app.views.campaign import CampaignMemberView, CampaignSchoolView, CampaignView, DrawnChildView, RecusalView
from app.views.canteen import CanteenView, CanteenWorkerView, MealRecordView
from app.views.care import AidView, CaseFileView, FamilyContactView, HomeVisitView, PairingView, TalkView
from app.views.checklist import ChecklistItemView, ChecklistSectionView, ChecklistTemplateView
from app.views.children import ChildView, GuardianView, ParentSpellView
from app.views.downloads import Downloads
from app.views.findings import FindingView
from app.views.forms import FormColumnView, Forms, FormView
from app.views.inspection import InspectionView
from app.views.ledger import EquipmentView, LogEntryView, SchoolDocumentView
from app.views.members import AccessKeyView, Me, MemberView
from app.views.opinion import OpinionView
from app.views.org import AreaView, SchoolClassView, SchoolView, StaffView, TermView
from app.views.quick import Quick
from app.views.safety import HazardView, ResponsibilityLetterView
from app.views.self_check import SelfCheckPages
from app.views.statistics import Statistics
from app.views.tick_report import TickReport
from app.views.visit import Visit
from app.views.visit_phone import VisitPhone
from app.views.visit_report import VisitReport

MENU: list[tuple[str, str, list[type[PanelView]]]] = [
    (_("孩子"), "child", [ChildView, GuardianView, ParentSpellView]),
    (_("关爱"), "heart", [PairingView, TalkView, HomeVisitView, FamilyContactView, CaseFileView, AidView]),
    (_("安全"), "shield", [ResponsibilityLetterView, HazardView]),
    (_("食堂"), "meal", [CanteenView, CanteenWorkerView, MealRecordView]),
    (_("校车"), "bus", [BusView, BusDriverView, BusRunView]),
    (_("台账"), "list", [LogEntryView, SchoolDocumentView, EquipmentView]),
    (_("督导"), "check", [CampaignView, CampaignSchoolView, InspectionView, FindingView, OpinionView, DrawnChildView, CampaignMemberView, RecusalView,
                         ChecklistTemplateView, ChecklistSectionView, ChecklistItemView]),
    (_("学校"), "school", [SchoolView, SchoolClassView, StaffView, AreaView, TermView]),
    (_("管理"), "gear", [MemberView, AccessKeyView, AccessLogView, FormView, FormColumnView]),
]
BADGES = {"Talk": "talk", "HomeVisit": "visit", "Hazard": "hazard", "Finding": "finding"}
# What stands under the thumb on a phone: entity → roles, for five at most a role.
BOTTOM = {"Child": ("school", "teacher", "county", "township"), "Talk": ("school", "teacher"), "HomeVisit": ("school", "teacher"),
          "Hazard": ("school", "township", "superior"), "Finding": ("inspector", "county", "township", "superior"),
          "Inspection": ("inspector", "county", "superior"), "School": ("inspector", "admin"), "Member": ("admin",)}
ALL = tuple(ROLE)
# Views that show no entity.
PAGES = [BulkExport, Downloads, Files, Forms, Intake, Lookup, Me, OneRequest, Photos, Quick, SelfCheckPages, Sheets, Statistics, TickReport, Visit, VisitPhone,
         VisitReport]

ENTRIES = [
    Entry(_("今天要做"), "Home.index", "", "", icon="home", bottom=ALL),
    Entry(_("统计表"), "Statistics.index", "Statistics", _("统计"), icon="report", bottom=("county", "township", "superior")),
    Entry(_("批量导出"), "BulkExport.index", "", _("统计"), icon="report", roles=("county", "inspector", "township", "superior")),
    Entry(_("报表"), "Forms.index", "", _("统计"), icon="report", roles=("county", "inspector", "township", "school", "teacher", "superior")),
    Entry(_("去检查"), "Visit.schools", "Answer", _("督导"), icon="check", verb="write", bottom=ALL),
    *(Entry(view.model.__label__, f"{view.__name__}.list", view.model.__name__, group, icon,
            badge=BADGES.get(view.model.__name__, ""), bottom=BOTTOM.get(view.model.__name__, ()))
      for group, icon, views in MENU for view in views),
    Entry(_("与记录不符"), "TickReport.index", "TickReport", _("督导"), icon="report"),
]


def register(panel: AppBuilder) -> None:
    """Make the routes and permissions of all that stands above."""
    for group, icon, views in MENU:
        for view in views:
            panel.add_view(view, f"{view.model.__name__} list", label=view.model.__label__, icon=icon, category=group)
    for page in PAGES:
        panel.add_view_no_menu(page)
    api.register(panel, [view for _group, _icon, views in MENU for view in views], [OpenApi])
