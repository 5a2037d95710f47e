"""Who may log in and what the role table says of it, in the framework's terms.

The framework asks ``has_access("can_<verb>", "<entity>")``; the answer is app/roles.py. Its own user,
role and permission pages and tables are not used: whoever may edit users there promotes himself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_appbuilder import expose
from flask_appbuilder.security.forms import LoginForm_db
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.views import AuthDBView
from flask_babel import gettext
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from werkzeug.security import check_password_hash

from app.extensions import db
from app.models.org import Member
from app.models.rule import compact
from app.services import keys, members, scope, sessions, transactions

# Asked about by every logged-in member, whatever the role: the home page, the own account.
OPEN_TO_MEMBERS = {"Home", "Account"}
KEPT_IN_SESSION = ("locale",)
SESSION = "session"  # its name, in the cookie
FILES = frozenset({"static", "appbuilder.static"})  # the same bytes for everybody
# What opens before a password given by somebody else was changed.
WITHOUT_OWN_PASSWORD = {None, *FILES, "Me.password", "LoginView.login", "LoginView.logout", "LocaleView.index"}
# A hash to check against when there is no such account, so that both cases take as long.
NOBODY = ("scrypt:32768:8:1$wiDa0ruWlIPhp9LM$6e409d093e62ad54df2af895d0e125b05ff6cf64148350189ffc4bcc71286edf1b8a"
          "d94a442c00f890224bf2b32153d0750c89ee9401e62f9dcee5399065e4e5")


class PageSession(SecureCookieSessionInterface):
    """The session's cookie comes with pages alone: a file may be kept and handed on by any cache between, and with it the cookie."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint not in FILES:
            super().save_session(app, session, response)


class LoginView(AuthDBView):
    """The door: a wrong password gives the form back; a right one begins a session of its own."""

    @expose("/login/", methods=["GET", "POST"])
    def login(self) -> Any:
        target = inside(request.args.get("next", ""))
        if current_user.is_authenticated:
            return redirect(target)
        form = LoginForm_db()
        if not form.validate_on_submit():
            return self.render_template(self.login_template, form=form, appbuilder=self.appbuilder)
        member = self.appbuilder.sm.auth_user_db(form.username.data, form.password.data)
        if member is None:
            form.password.errors = [gettext("账号或密码不对，或账号已锁定。连续输错 5 次锁定 15 分钟。")]
            return self.render_template(self.login_template, form=form, appbuilder=self.appbuilder), 401
        begin_session(member)
        return redirect(target)

    @expose("/logout/")
    def logout(self) -> Any:
        """By a plain link: a foreign page can at most send somebody to the door. ``out`` tells the browser whose drafts to forget."""
        who = asker().member_id if current_user.is_authenticated else 0
        end_session()
        return redirect(url_for(f"{self.endpoint}.login", out=who))


def inside(address: str) -> str:
    """The address as one of this site, whatever it was: always a path, never another host."""
    parts = urlsplit(address.replace("\\", "/"))
    if parts.netloc not in ("", request.host):
        return url_for("Home.index")
    return request.script_root + "/" + parts.path.removeprefix(request.script_root).lstrip("/") + (f"?{parts.query}" if parts.query else "")


def end_session() -> None:
    """End the session for good, and forget everything of it but the language."""
    if SESSION in session and current_user.is_authenticated:
        _end_for_good(session[SESSION], current_user.id)
    logout_user()
    kept = {key: session[key] for key in KEPT_IN_SESSION if key in session}
    session.clear()
    session.update(kept)


def _end_for_good(name: str, member_id: int) -> None:
    try:
        with transactions.writing(db.session()):
            sessions.end(db.session(), name, member_id)
    except OperationalError:  # the database takes nothing just now: this browser at least is out
        db.session.rollback()


def begin_session(member: Member) -> None:
    """A fresh session: nothing that was planted before the log-in lives on."""
    end_session()
    session.permanent = True
    session[SESSION] = sessions.new()
    login_user(member)


class PanelSecurity(SecurityManager):
    """Members instead of users, the role table instead of permission rows."""

    authdbview = LoginView

    def register_views(self) -> None:
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)
        self.limiter.limit(current_app.config["AUTH_RATE_LIMIT"], methods=["POST"])(self.auth_view.blueprint)

    def create_login_manager(self, app: Any) -> LoginManager:
        manager = super().create_login_manager(app)
        manager.login_view = "LoginView.login"
        manager.request_loader(self.load_by_key)
        return manager

    def load_user(self, pk: str) -> Member | None:
        """The member of a session that was not ended, unless the password changed since. A key that is shown counts alone."""
        member_id, _, stamp = str(pk).partition(".")
        if bears_key() or not member_id.isdigit() or SESSION not in session:
            return None
        values = {"member_id": int(member_id), "token": sessions.token(session[SESSION])}
        with scope.everything(db.session()):
            member = db.session.scalars(sessions.living(), values).one_or_none()
        return member if member and member.active and member.session_stamp == stamp else None

    def load_by_key(self, _request: Any) -> Member | None:
        """The member whose access key the request bears."""
        return keys.member_of(db.session(), request.headers["Authorization"].partition(" ")[2].strip()) if bears_key() else None

    def auth_user_db(self, username: str, password: str) -> Member | None:
        """The member with this name and password; counts failures and locks after too many."""
        db_session = db.session()
        with scope.everything(db_session):
            member = db_session.scalars(select(Member).where(Member.username == compact(username or "").lower())).one_or_none()
        known = member.password if member is not None else None
        right = check_password_hash(known or NOBODY, password or "") and known is not None  # who has no password yet cannot enter
        if member is None or members.locked(member) or not member.active:
            return None
        members.count_login(db_session, member, right, current_app.config["LOCK_AFTER"], current_app.config["LOCK_FOR"])
        db_session.commit()
        return member if right else None

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """``can_read`` on ``Talk``: whether the member's role has the verb."""
        if not current_user.is_authenticated:
            return False
        return view_name in OPEN_TO_MEMBERS or asker().may(permission_name.removeprefix("can_"), view_name)

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        return False

    def get_user_menu_access(self, menu_names: list[str] | None = None) -> set[str]:
        return set(menu_names or ())


def asker() -> scope.Asker:
    """Who asks in this request."""
    return scope.asker(db.session())


def bears_key() -> bool:
    """Whether a machine shows a key: ``Authorization: Bearer <key>``. Then cookies do not count, so no token is asked for either."""
    return request.path.startswith("/api/") and request.headers.get("Authorization", "").lower().startswith("bearer ")


def reads_first(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page that is posted to but reads until it says ``transactions.writing`` itself: who else writes on SQLite need not wait for its log-in check."""
    view.reads_first = True  # type: ignore[attr-defined]
    return view


def reads_singly(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page of which each statement may stand alone; see transactions.read_only."""
    view.reads_singly = True  # type: ignore[attr-defined]
    return view


def reads_alike(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page that asks of single rows and of one school alone; see transactions.read_only."""
    view.reads_alike = True  # type: ignore[attr-defined]
    return view


def bind_asker() -> None:
    """Before each request: say how its transaction begins and who asks."""
    view = current_app.view_functions.get(request.endpoint or "")
    transactions.read_only(request.method in ("GET", "HEAD", "OPTIONS") or getattr(view, "reads_first", False),
                           singly=getattr(view, "reads_singly", False), alike=getattr(view, "reads_alike", False))
    if request.endpoint is None or request.endpoint in FILES:
        return
    if current_user.is_authenticated:
        ask_as_member()


def ask_as_member() -> None:
    """The session asks for who is logged in, with the place as it stands by now."""
    scope.bind(db.session(), scope.asker_of(db.session(), current_user))


def ask_new_password() -> Any:
    """Before each request: who got a password from somebody else chooses an own one first."""
    if request.endpoint in WITHOUT_OWN_PASSWORD or not current_user.is_authenticated or not current_user.must_change_password:
        return None
    return abort(403) if request.path.startswith("/api/") else redirect(url_for("Me.password"))
