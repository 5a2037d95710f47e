"""Who may log in and what the role table says of it, in the framework's terms.

The framework asks ``has_access("can_<verb>", "<entity>")``; the answer is app/roles.py. Its own user,
role and permission pages and tables are not used: whoever may edit users there promotes himself.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from flask import current_app, g, request
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.views import AuthDBView
from flask_babel import gettext
from flask_login import LoginManager, current_user
from sqlalchemy import select
from werkzeug.security import check_password_hash

from app.extensions import db
from app.models.base import utc_now
from app.models.org import AccessKey, Member
from app.services import clock, scope, transactions

# Asked about by every logged-in member, whatever the role: the home page, the own account.
OPEN_TO_MEMBERS = {"Home", "Account"}
# A hash to check against when there is no such account, so that both cases take as long.
NOBODY = ("scrypt:32768:8:1$wiDa0ruWlIPhp9LM$6e409d093e62ad54df2af895d0e125b05ff6cf64148350189ffc4bcc71286edf1b8a"
          "d94a442c00f890224bf2b32153d0750c89ee9401e62f9dcee5399065e4e5")


class LoginView(AuthDBView):
    """The framework's login page; it is found before anyone is logged in."""

    @property
    def invalid_login_message(self) -> str:  # type: ignore[override]
        return gettext("账号或密码不对，或账号已锁定。连续输错 5 次锁定 15 分钟。")


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
        """The member of a session, unless the password changed since."""
        member_id, _, stamp = str(pk).partition(".")
        if not member_id.isdigit():
            return None
        with scope.everything(db.session()):
            member = db.session.scalars(select(Member).where(Member.id == int(member_id))).one_or_none()
        return member if member and member.active and member.session_stamp == stamp else None

    def load_by_key(self, _request: Any) -> Member | None:
        """The member whose API key the request bears: ``Authorization: Bearer <key>``."""
        kind, _, key = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer" or not key or not request.path.startswith("/api/"):
            return None
        digest = hashlib.sha256(key.strip().encode()).hexdigest()
        with scope.everything(db.session()):
            found = db.session.scalars(select(AccessKey).where(
                AccessKey.digest == digest, AccessKey.revoked_at.is_(None), AccessKey.expires_on >= clock.today())).one_or_none()
            member = found and db.session.scalars(select(Member).where(Member.id == found.member_id)).one_or_none()
        g.api_key = bool(member)
        return member if member and member.active else None

    def auth_user_db(self, username: str, password: str) -> Member | None:
        """The member with this name and password; counts failures and locks after too many."""
        session = db.session()
        with scope.everything(session):
            member = session.scalars(select(Member).where(Member.username == (username or "").strip())).one_or_none()
            locked = bool(member and member.locked_until and member.locked_until > utc_now())
            right = check_password_hash((member.password if member else None) or NOBODY, password or "")
            if member is None or locked or not member.active:
                return None
            self._count(member, right)
            session.commit()
        return member if right else None

    def _count(self, member: Member, right: bool) -> None:
        if right:
            member.failed_logins, member.last_login = 0, utc_now()
            return
        member.failed_logins += 1
        if member.failed_logins >= current_app.config["LOCK_AFTER"]:
            lock_for: timedelta = current_app.config["LOCK_FOR"]
            member.failed_logins, member.locked_until = 0, utc_now() + lock_for

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


def bind_asker() -> None:
    """Before each request: say how its transaction begins and who asks."""
    transactions.read_only(request.method in ("GET", "HEAD", "OPTIONS"))
    if request.endpoint in (None, "static", "appbuilder.static"):
        return
    if current_user.is_authenticated:
        scope.bind(db.session(), scope.asker_of(db.session(), current_user))
