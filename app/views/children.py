"""The child's file, its guardians, where its parents are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import codes
from app.models.base import fields_of
from app.models.children import Child, Guardian, ParentSpell
from app.models.words import _
from app.panel import pills
from app.panel.view import PanelView
from app.services import clock, left_behind, standings, work
from app.services.forms import census
from app.views import moving

# What the contact card must hold (checklist B5).
CARD = ("id_number", "residence", "school_class", "household_address", "character", "filed_on")


class ChildView(PanelView):
    model = Child
    columns = [
        "name", "sex", "birth_date", "ethnic_group", "id_number", "student_number", "school", "school_class", "stage", "boarder", "journey",
        "left_behind", "left_behind_civil", "rural", "registered", "household_address", "residence", "health", "disability_kind", "disability_grade", "illness",
        "special_group", "guard_rating", "alone", "income", "aid", "character",
        "file_state", "filed_on", "last_talk_on", "last_visit_on", "last_contact_on"]
    # A list may lie open on a desk: no number, address or birth date (rules on protecting minors on the network, 36).
    list_columns = ["name", "sex", "school_class", "left_behind", "special_group", "boarder", "last_talk_on", "last_visit_on", "last_contact_on"]
    filters = ["left_behind", "special_group", "boarder", "stage", "file_state"]
    marks = {"no_talk": (_("本月未谈心"), work.no_talk), "no_visit": (_("本学期未家访"), work.no_visit)}
    linked = {key: (label, partial(census.behind, key)) for key, label in census.BEHIND.items()}
    searched = ["name"]
    orders = {"name": "pinyin", "birth_date": "birth_date"}
    order = ("pinyin", False)
    groups = [
        (_("基本情况"), ["name", "sex", "birth_date", "ethnic_group", "id_number", "student_number"]),
        (_("就学"), ["school", "school_class", "stage", "boarder", "journey"]),
        (_("住址与户籍"), ["left_behind", "rural", "registered", "household_address", "residence"]),
        (_("健康与监护"), ["health", "disability_kind", "disability_grade", "illness", "special_group", "guard_rating", "alone", "character"]),
        (_("家庭经济"), ["income", "aid"]),
        (_("档案"), ["file_state", "filed_on", "last_talk_on", "last_visit_on", "last_contact_on"]),
    ]
    apart = ["left_behind_civil"]  # beside the other definitions, see more_of
    tabs = ["Guardian", "ParentSpell", "Pairing", "Talk", "HomeVisit", "FamilyContact", "CaseFile", "Aid", "ResponsibilityLetter"]
    pills = {"left_behind": pills.word("warn", codes.LEFT_BEHIND["2"]), "special_group": pills.filled("bad"),
             "last_talk_on": pills.since("ok", lambda: clock.today().replace(day=1)),
             "last_visit_on": pills.since("ok", lambda: work.term_start(db.session()))}
    empty_hint = _("点“新建”建第一份档案，或用“导入”把花名册一次录入。")

    def actions_of(self, row: Any) -> Sequence[Mapping[str, str]]:
        return [{"label": gettext("转学"), "url": self.url("move", pk=row.id)}] if self.may("move") else ()

    def links_of(self, row: Any) -> list[tuple[str, str]]:
        """The official form of this child alone."""
        return [(gettext("登记表"), url_for("Forms.workbook", key="registration", child=row.id))] if self.may("export") else []

    @expose("/move/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("move")
    def move(self, pk: int) -> str | Response:
        """To another school, by the office above both."""
        return moving.page(self, self.opened(self.row(pk)))

    def state_of(self, row: Any) -> list[dict[str, str]]:
        pills = [{"text": gettext(codes.LEFT_BEHIND[row.left_behind]), "pill": "warn" if row.left_behind != "0" else ""}]
        if row.special_group:
            pills.append({"text": gettext(codes.SPECIAL_GROUP[row.special_group]), "pill": "bad"})
        if row.alone:
            pills.append({"text": gettext("独自生活"), "pill": "bad"})
        return pills

    def more_of(self, row: Any) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
        """Each way to count, side by side: what is official is the county's choice."""
        told = [(gettext(codes.DEFINITION[key]), _standing(found)) for key, found in standings.of_child(db.session(), row).items()]
        return [(gettext("留守认定"), told)]

    def missing_of(self, row: Any) -> list[str]:
        return [gettext(fields_of(Child)[key].label) for key in CARD if not getattr(row, key)]


def _standing(found: left_behind.Status) -> str:
    """A status in words; what rests on a parent of whom nothing is recorded is said to."""
    text = gettext(codes.LEFT_BEHIND[str(found.code)])
    return text if found.known else gettext("%(text)s（父母去向未登记全）", text=text)


class GuardianView(PanelView):
    model = Guardian
    columns = ["child", "name", "rank", "relation", "birth_date", "occupation", "workplace", "id_number", "phone", "address", "ability", "ill", "deceased"]
    list_columns = ["name", "child", "rank", "relation", "phone", "workplace"]
    filters = ["rank", "relation"]


class ParentSpellView(PanelView):
    model = ParentSpell
    columns = ["child", "parent", "state", "since", "until", "where_to", "able", "unable_reason", "notified"]
    list_columns = ["child", "parent", "state", "since", "until", "where_to", "notified"]
    filters = ["parent", "state", "notified"]
