"""Campaigns, their teams and schools, who steps aside, the drawn files. The draw's and the notice's pages are views/campaign_pages.py."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from flask import abort, request, url_for
from flask_appbuilder import expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import codes
from app.models.campaign import Campaign, CampaignMember, CampaignSchool, DrawnChild, Recusal, SelfAnswer
from app.models.rules import RuleError
from app.models.words import _
from app.panel import pills
from app.panel.security import asker
from app.panel.steps import Step, Stepped
from app.panel.view import PanelView
from app.services import campaign, campaign_notice, records, self_check
from app.views import campaign_pages, campaign_public, campaign_results, campaign_self, campaign_whole

NAMED = 10  # schools that the closing page names
STEPS = {
    "draw": Step(_("抽签"), ("draft",), _("按这次行动填的所数抽签。抽签前请先加好必查和不查的学校；抽签后要改须撤销抽签，撤销会记入修改历史。"),
                 _("已抽签。"), campaign.make_draw, only=lambda row: not row.drawn_at),
    "undraw": Step(_("撤销抽签"), ("draft",), _("撤销后，抽中的学校全部去掉，可以改所数、种子、必查和不查的学校，再重新抽签。理由会记入修改历史。"),
                   _("抽签已撤销。"), campaign.take_back, asks=_("理由"), only=lambda row: bool(row.drawn_at)),
    "announce": Step(_("发出通知"), ("draft",), _("发出后：每所受检学校看到通知并开始自查，给督导组建好检查，抽好要看的档案。抽签和清单不能再改。"),
                     _("通知已发出。"), campaign_notice.announce),
    "close": Step(_("结束行动"), ("announced", "running"), _("结束后，这次行动和它的检查只能看，不能改；结果按现在的样子留存。"),
                  _("行动已结束。"), campaign.close,
                  asks=_("未检查的原因"), asks_of=lambda row: bool(campaign.unaccounted(db.session(), row))),
    "reopen": Step(_("重新打开"), ("closed",), _("重新打开后可以继续检查和修改。理由会记入修改历史。"), _("行动已重新打开。"), campaign.reopen, asks=_("理由"))}


class CampaignView(Stepped):
    model = Campaign
    steps = STEPS
    columns = ["name", "area", "notice_no", "starts_on", "ends_on", "self_due_on", "template", "unit", "kindergarten", "primary", "junior", "senior",
               "files", "seed", "state", "drawn_at", "list_hash", "announced_on"]
    list_columns = ["name", "area", "starts_on", "ends_on", "state", "announced_on"]
    groups = ((_("抽签"), ("unit", "kindergarten", "primary", "junior", "senior", "files", "seed", "drawn_at", "list_hash")),)
    filters = ["state"]
    searched = ["name"]
    orders = {"starts_on": "starts_on"}
    order = ("starts_on", True)
    tabs = ["CampaignSchool", "CampaignMember"]
    bulk = ()
    defaults = {"area": lambda: asker().area_id}
    empty_hint = _("建一次督导行动，填好所数，抽签后发出通知。")

    def may_change(self, row: Any) -> bool:
        return row.state != "closed"

    def warning_of(self, row: Any, what: str) -> str:
        """The schools that were not inspected, those without a reason first: each may be given its own on its row."""
        if what != "close" or not (unmade := campaign.unmade(db.session(), row)):
            return ""
        told = gettext("还有 %(count)s 所没有提交检查，结束后不能再查：%(names)s。", count=len(unmade), names=_named(unmade.values()))
        if (left := campaign.unaccounted(db.session(), row)) and len(left) < len(unmade):
            told += gettext("其中 %(names)s 还没有写明原因。", names=_named(left.values()))
        return told + (gettext("下面写的原因记到每一所上；各校不同的，请先在受检学校里分别写明。") if left else "")

    def links_of(self, row: Any) -> list[tuple[str, str]]:
        found = [(gettext("复核抽签"), self.url("redraw", pk=row.id))] if row.drawn_at else []
        found += [(gettext("通知书"), self.url("notice", pk=row.id))]
        if row.announced_on and asker().may("read", SelfAnswer):
            found.append((gettext("自查情况"), self.url("self_checks", pk=row.id)))
        if row.announced_on:
            found += [(gettext("督导结果"), self.url("results", pk=row.id)), (gettext("公告"), self.url("public", pk=row.id))]
        if row.announced_on and self.may("export"):
            found.append((gettext("全部资料"), self.url("whole", pk=row.id)))
        if self.may("export"):
            found.append((gettext("学校名单"), self.url("book", pk=row.id)))
        query = select(func.count(CampaignSchool.id)).where(CampaignSchool.campaign_id == row.id, self_check.late())
        if row.announced_on and asker().may("read", SelfAnswer) and (count := db.session.scalar(query)):
            found.append((gettext("自查逾期 %(count)s 所", count=count), self.url("self_checks", pk=row.id)))
        return found

    def after(self, row: Any, what: str) -> str:
        return self.url("show", pk=row.id, tab="CampaignSchool") if what in ("draw", "announce") else self.back_of(row)

    @expose("/redraw/<int:pk>")
    @has_access
    @permission_name("read")
    def redraw(self, pk: int) -> str:
        """The draw repeated: whether the same comes out, and which schools came or went since."""
        row = self.row(pk)
        return campaign_pages.redraw(row, self.url("show", pk=pk)) if row.drawn_at else abort(404)

    @expose("/notice/<int:pk>")
    @has_access
    @permission_name("read")
    def notice(self, pk: int) -> str:
        return campaign_pages.notice(campaign_notice.notice(db.session(), self.row(pk).id), self.url("show", pk=pk))

    @expose("/results/<int:pk>")
    @has_access
    @permission_name("read")
    def results(self, pk: int) -> str:
        """Schools, sections, items and the campaign before, as far as inspections are submitted; of all schools or of a section of the bureau."""
        return campaign_results.page(self.row(pk), self.url("show", pk=pk), lambda where, branch: self.url(where, pk=pk, branch=branch or None), _branch())

    @expose("/results/<int:pk>.xlsx")
    @has_access
    @permission_name("export")
    def results_book(self, pk: int) -> Response:
        return campaign_results.book(self.row(pk), _branch())

    @expose("/self_checks/<int:pk>")
    @has_access
    @permission_name("read")
    def self_checks(self, pk: int) -> str:
        """How far each school's own check is; there is none before the notice."""
        book_url = self.url("self_checks_book", pk=pk) if self.may("export") else None
        return campaign_self.page(self._self_checked(pk), self.url("show", pk=pk), book_url)

    @expose("/self_checks/<int:pk>.xlsx")
    @has_access
    @permission_name("export")
    def self_checks_book(self, pk: int) -> Response:
        return campaign_self.book(self._self_checked(pk))

    def _self_checked(self, pk: int) -> Campaign:
        """The campaign, if schools were told of it and who asks may look at what they say."""
        campaign_self.hold()
        row = self.row(pk)
        return row if row.announced_on else abort(404)

    @expose("/public/<int:pk>")
    @has_access
    @permission_name("read")
    def public(self, pk: int) -> str:
        """The report for the public; there is none before the notice."""
        row = self.row(pk)
        return campaign_public.page(row, self.url("show", pk=pk)) if row.announced_on else abort(404)

    @expose("/whole/<int:pk>.xlsx", methods=["GET", "POST"])
    @has_access
    @permission_name("export")
    def whole(self, pk: int) -> str | Response:
        """Everything in one workbook, in the background; there is nothing to tell before the notice."""
        row = self.row(pk)
        return campaign_whole.ask(row, self.url("show", pk=pk)) if row.announced_on else abort(404)

    @expose("/book/<int:pk>")
    @has_access
    @permission_name("export")
    def book(self, pk: int) -> Response:
        return campaign_pages.book(self.row(pk))


def _named(names: Collection[str]) -> str:
    return gettext("、").join([*names][:NAMED]) + (gettext(" 等") if len(names) > NAMED else "")


def _branch() -> str:
    branch = request.args.get("branch", "")
    return branch if branch in ("", *codes.BRANCH) else abort(404)


class CampaignMemberView(PanelView):
    model = CampaignMember
    columns = ["member", "campaign", "team", "leader"]
    list_columns = ["member", "campaign", "team", "leader"]
    filters = ["leader"]

    def make(self, values: Mapping[str, Any], token: str | None) -> Any:
        """A member is of the area that the campaign is of."""
        found = records.find(db.session(), Campaign, values.get("campaign") or 0)
        if found is None:
            raise records.Refused({"campaign": RuleError(_("请从列表中选择"))})
        return super().make({**values, "area": found.area_id}, token)

    def may_change(self, row: Any) -> bool:
        return row.campaign is not None and row.campaign.state != "closed"

    called_by = ("member",)

    def name_of(self, row: Any) -> str:
        return f"{self.title} · {row.member or row.id}"


class CampaignSchoolView(PanelView):
    model = CampaignSchool
    columns = ["school", "campaign", "how", "reason", "stratum", "place", "team", "inspector", "planned_on", "inspection", "unvisited",
               "self_due_on", "self_submitted_at", "files_hash", "announced_on"]
    list_columns = ["school", "campaign", "how", "stratum", "team", "self_due_on", "self_submitted_at"]
    filters = ["how", "stratum"]
    marks = {"waiting": (_("未交自查"), self_check.waiting), "late": (_("自查逾期"), self_check.late)}
    pills = {"how": pills.word("warn", _("不查"))}

    def may_change(self, row: Any) -> bool:
        return row.campaign is not None and row.campaign.state != "closed"

    called_by = ("school",)

    def name_of(self, row: Any) -> str:
        return str(row.school)

    def shape(self, form: Any) -> None:
        """Only a draw makes a school a drawn one."""
        form.how.choices = [(code, label) for code, label in form.how.choices if code != "drawn" or form.how.data == "drawn"]

    def links_of(self, row: Any) -> list[tuple[str, str]]:
        found = [(gettext("通知书"), self.url("notice", pk=row.id))] if row.announced_on else []
        if row.inspection_id and asker().may("write", SelfAnswer):
            found.append((gettext("自查"), url_for("SelfCheckPages.sheet", pk=row.id)))
        elif row.inspection_id and asker().may("read", SelfAnswer):
            found.append((gettext("自查与记录"), self.url("self_check", pk=row.id)))
        if row.announced_on and row.inspection_id and asker().may("read", DrawnChild):
            found.append((gettext("复核抽档案"), self.url("files", pk=row.id)))
        return found

    @expose("/files/<int:pk>")
    @has_access
    @permission_name("read")
    def files(self, pk: int) -> str:
        """The draw of the school's files repeated, for who may see which were drawn; or why it cannot be."""
        if not asker().may("read", DrawnChild):
            raise records.Forbidden("read drawn files")
        row = self.row(pk)
        return campaign_pages.files(row, self.url("show", pk=pk)) if row.announced_on and row.inspection_id else abort(404)

    @expose("/notice/<int:pk>")
    @has_access
    @permission_name("read")
    def notice(self, pk: int) -> str:
        """The notice to one school, which reads it here once it is out."""
        row = self.row(pk)
        told = campaign_notice.notice(db.session(), row.campaign_id, row) if row.announced_on else abort(404)
        return campaign_pages.notice(told, self.url("show", pk=pk))


    @expose("/self_check/<int:pk>")
    @has_access
    @permission_name("read")
    def self_check(self, pk: int) -> str:
        """What a school ticked of itself, beside its records."""
        campaign_self.hold()
        check = self_check.opened(db.session(), *(self_check.find(db.session(), pk) or abort(404)))
        to_all = asker().may("read", Campaign)
        return campaign_self.one_school(check, url_for("CampaignView.self_checks", pk=check.place.campaign_id) if to_all else self.url("show", pk=pk))


class RecusalView(PanelView):
    model = Recusal
    columns = ["member", "school", "why"]
    list_columns = ["member", "school", "why"]
    searched = ["why"]

    called_by = ("member",)

    def name_of(self, row: Any) -> str:
        return f"{self.title} · {row.member or row.id}"


class DrawnChildView(PanelView):
    model = DrawnChild
    exclude_route_methods: ClassVar[set[str]] = {"add", "edit", "delete", "bulk_action", "trash", "revert"}  # the notice draws them
    columns = ["child", "school", "inspection", "place"]
    list_columns = ["child", "school", "inspection", "place"]
    bulk = ()
