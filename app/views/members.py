"""Accounts below one's own place, one's own access keys, and one's own account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from flask import abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_babel import gettext, lazy_gettext
from flask_login import current_user
from werkzeug.security import check_password_hash, generate_password_hash
from werkzeug.wrappers import Response
from wtforms import PasswordField

from app.extensions import db
from app.models import audit, codes
from app.models.org import AccessKey, Member
from app.models.words import N_
from app.panel.address import whole
from app.panel.confirm import ask
from app.panel.forms import PanelForm
from app.panel.rows import Cell
from app.panel.security import asker, begin_session
from app.panel.view import PanelView
from app.services import clock, keys, members, records


def hashed(password: str) -> str:
    return generate_password_hash(password, current_app.config.get("FAB_PASSWORD_HASH_METHOD", "scrypt"))


def once(title: str, text: str, secret: str, back_url: str) -> str:
    """A page that shows a password or key, this one time."""
    page = {"title": title, "text": text, "secret": secret, "back_url": back_url}
    return render_template("panel/once.html", page=page)


class MemberView(PanelView):
    model = Member
    columns = ["username", "name", "role", "school", "staff", "area", "active", "last_login"]
    list_columns = ["name", "username", "role", "area", "school", "active", "last_login"]
    filters = ["role", "active"]
    searched = ["name", "username"]
    orders = {"username": "username"}
    order = ("username", False)
    filled = ["area"]  # the school's, where one is said

    def may_change(self, row: Any) -> bool:
        return members.manages(asker(), row)

    def form_keys(self) -> tuple[str, ...]:
        """Who works at one school says neither school nor area."""
        hidden = {"area"} if asker().school_id is not None else set()
        return tuple(key for key in super().form_keys() if key not in hidden)

    def shape(self, form: Any) -> None:
        form.role.choices = [("", gettext("请选择")), *((role, gettext(label)) for role, label in members.appointable(asker()).items())]
        if "area" in form:
            form.area.description = gettext("选了学校的不用填")
            form.area.flags.required = False

    def written(self, values: Mapping[str, Any], row: Any = None) -> Mapping[str, Any]:
        return members.placed(db.session(), values, row)

    def added(self, row: Any) -> str | Response:
        """The first password, shown this once; a repeated post of the form shows none."""
        return self._give_password(row) if row.password is None else self.saved(row)

    def actions_of(self, row: Any) -> Sequence[Mapping[str, str]]:
        if not self.may("write") or not self.may_change(row):
            return ()
        unlock = [{"label": gettext("解除锁定"), "url": self.url("unlock", pk=row.id)}] if members.locked(row) else []
        switch = {"label": gettext("停用") if row.active else gettext("启用"), "url": self.url("switch", pk=row.id)}
        return [*unlock, switch, {"label": gettext("重置密码"), "url": self.url("password", pk=row.id)}]

    def _changeable(self, pk: int) -> Any:
        row = self.row(pk)
        return row if self.may_change(row) else abort(403)

    def _give_password(self, row: Any) -> str:
        password = members.new_password()
        members.reset_password(db.session(), row, hashed(password))
        db.session.commit()
        text = gettext("账号 %(username)s。密码只显示这一次，请当面交给本人；第一次登录时要改成自己的密码。", username=row.username)
        return once(gettext("%(name)s 的初始密码", name=row.name), text, password, self.url("show", pk=row.id))

    @expose("/password/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def password(self, pk: int) -> str:
        """A new first password for somebody who forgot theirs."""
        row = self._changeable(pk)
        if request.method == "POST":
            return self._give_password(row)
        text = gettext("给 %(name)s 一个新的初始密码？原密码立即失效，已登录的设备会退出，接口密钥会停用。", name=row.name)
        return ask(gettext("重置密码"), text, gettext("重置密码"),
                   self.url("password", pk=pk), self.url("show", pk=pk))

    @expose("/unlock/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def unlock(self, pk: int) -> str | Response:
        row = self._changeable(pk)
        if request.method == "GET":
            return ask(gettext("解除锁定"), gettext("让 %(name)s 现在就能再次登录？", name=row.name), gettext("解除锁定"),
                       self.url("unlock", pk=pk), self.url("show", pk=pk))
        members.unlock(db.session(), row)
        db.session.commit()
        return self.saved(row)

    @expose("/switch/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def switch(self, pk: int) -> str | Response:
        """Off: nobody gets in by this account, nor by its keys, from now on. On: again."""
        row, wanted = self._changeable(pk), {"0": False, "1": True}.get(request.form.get("active", ""))
        if wanted is None:
            return self._ask_switch(row)
        if row.active is wanted:  # the form came twice, or somebody else was first
            flash(gettext("账号已经是启用的，没有再改。") if wanted else gettext("账号已经是停用的，没有再改。"), "info")
            return redirect(self.url("show", pk=pk))
        version = whole(request.form.get("_version"))
        try:
            records.edit(db.session(), row, {"active": wanted}, -1 if version is None else version)
            db.session.commit()
        except records.Conflict:
            db.session.rollback()
            flash(gettext("有人刚刚改了这条记录，请核对后再办。"), "danger")
            return self._ask_switch(self._changeable(pk))
        return self.saved(row)

    def _ask_switch(self, row: Any) -> str:
        """Its button posts the state that is wanted, not its change: sent twice, it is done once."""
        text = gettext("重新启用 %(name)s 的账号？", name=row.name)
        if row.active:
            text = gettext("停用 %(name)s 的账号？已登录的设备会退出，接口密钥会停用。", name=row.name)
        label = gettext("停用") if row.active else gettext("启用")
        return ask(label, text, label, self.url("switch", pk=row.id), self.url("show", pk=row.id), danger=row.active,
                   hidden=[("active", "0" if row.active else "1"), ("_version", str(row.version))])


class AccessKeyView(PanelView):
    """Keys of machines that work in one's own name. A key can be made and ended, not changed, and not by a machine."""

    model = AccessKey
    columns = ["name", "prefix", "expires_on", "last_used_at", "revoked_at"]
    list_columns = ["name", "prefix", "expires_on", "last_used_at", "revoked_at"]
    exclude_route_methods = {"edit", "delete", "bulk_action", "trash", "revert"}
    bulk = ()
    api_writes = False
    empty_hint = N_("给别的系统取数用的钥匙，以您本人的权限读写。")

    def may_change(self, row: Any) -> bool:
        return False

    def make(self, values: Mapping[str, Any], token: str | None) -> Any:
        row, text = keys.issue(db.session(), values, token)
        g.new_key = text if row.digest == keys.digest(text) else ""  # a repeated post finds the key it made before
        return row

    def added(self, row: Any) -> str | Response:
        if not g.new_key:
            return self.saved(row)
        text = gettext("密钥只显示这一次，请现在就抄走。它以您的权限读写，不要发给别人；不用时请停用。")
        return once(gettext("新的接口密钥"), text, g.new_key, self.url("list"))

    def actions_of(self, row: Any) -> Sequence[Mapping[str, str]]:
        return [{"label": gettext("停用"), "url": self.url("revoke", pk=row.id)}] if row.revoked_at is None and self.may("write") else ()

    @expose("/revoke/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("write")
    def revoke(self, pk: int) -> str | Response:
        row = self.row(pk)
        if request.method == "GET":
            return ask(gettext("停用密钥"), gettext("停用“%(name)s”？用它的系统立即取不到数，不能再启用。", name=row.name), gettext("停用"),
                       self.url("revoke", pk=pk), self.url("show", pk=pk), danger=True)
        keys.revoke(db.session(), row)
        db.session.commit()
        return self.saved(row)


def _password(label: Any, fill: str, hint: Any = "") -> PasswordField:
    return PasswordField(label, description=hint, render_kw={"autocomplete": fill, "maxlength": 200, "required": True})


class PasswordForm(PanelForm):
    old = _password(lazy_gettext("原密码"), "current-password")
    new = _password(lazy_gettext("新密码"), "new-password", lazy_gettext("至少 10 位，字母、数字、符号混用"))
    again = _password(lazy_gettext("再输一次新密码"), "new-password")


class Me(BaseView):
    """The own account."""

    route_base = "/me"
    default_view = "index"
    class_permission_name = "Account"

    @expose("/")
    @has_access
    @permission_name("read")
    def index(self) -> str:
        member: Member = current_user
        facts = [(gettext("姓名"), member.name), (gettext("账号名"), member.username), (gettext("角色"), gettext(codes.ROLE[member.role])),
                 (gettext("管辖范围"), asker().place)]
        shown = [{"label": label, "text": text, "url": None, "reveal_url": None, "long": False} for label, text in facts]
        page = SimpleNamespace(
            title=gettext("我的账号"), groups=[(None, shown)],
            related=_logins(member), actions=[{"label": gettext("修改密码"), "url": self.url("password")}])
        return render_template("panel/show.html", page=page)

    def url(self, name: str) -> str:
        return url_for(f"{self.endpoint}.{name}")

    @expose("/password", methods=["GET", "POST"])
    @has_access
    @permission_name("read")
    def password(self) -> str | Response:
        """Old, new, new again; all other sessions of the account end, this one stays."""
        form, member = PasswordForm(), current_user._get_current_object()
        if request.method == "POST":
            errors = _password_errors(form, member)
            if not errors:
                ended = members.set_own_password(db.session(), member, hashed(form.new.data))
                db.session.commit()
                begin_session(member)
                flash(gettext("密码已修改，其他设备上的登录已退出。"), "success")
                if ended:
                    flash(gettext("%(count)s 个接口密钥已停用，仍要用的请重新建。", count=ended), "warning")
                return redirect(url_for("Home.index"))
            form.complain(errors)
        page = SimpleNamespace(title=gettext("修改密码"), action=self.url("password"), message="", version=None, token="", save_label=gettext("保存"),
                               cancel_url=None if member.must_change_password else self.url("index"), groups=[(None, list(form))])
        if member.must_change_password and request.method == "GET":
            flash(gettext("您的密码是别人设的，请先改成自己的。"), "info")
        return render_template("panel/form.html", form=form, page=page)


def _password_errors(form: PasswordForm, member: Member) -> dict[str, Any]:
    old, new, again = ((field.data or "")[:200] for field in (form.old, form.new, form.again))
    return members.own_password_errors(member, new, again, old_is_right=check_password_hash(member.password or "", old), same=new == old)


def _logins(member: Member) -> SimpleNamespace:
    """The newest log-ins as the table of a record's tab."""
    lines = members.last_logins(db.session(), member.id)
    headings = [{"label": label, "url": None, "direction": None, "numeric": False} for label in (gettext("时间"), gettext("操作"))]
    rows = [{"id": line.id, "url": None, "can_edit": False, "cells": [
        Cell(clock.local(line.at).strftime("%Y-%m-%d %H:%M"), None, None, False, False), Cell(gettext(audit.ACCESS[line.action]), None, None, False, False)]}
        for line in lines]
    return SimpleNamespace(title=gettext("最近登录"), count_text="", headings=headings, rows=rows, bulk=None, first=1 if rows else 0, last=len(rows),
                           prev_url=None, next_url=None, empty_hint="", add_url=None)
