"""A test client that logs in and posts as a browser would, CSRF token and all."""

import re

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

ROLES = ("admin", "county", "inspector", "township", "school", "teacher", "superior")
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class DeskClient(FlaskClient):
    """Adds the session's CSRF token to every request that changes something."""

    def log_in(self, account: str, password: str) -> TestResponse:
        """Post the log-in form with the token that its page carries; return the answer to the post."""
        page = self.get("/login/").get_data(as_text=True)
        found = TOKEN.search(page)
        assert found, f"no csrf_token in the log-in page:\n{page[:500]}"
        fields = {"csrf_token": found[1], "username": account, "password": password}
        return super().open("/login/", method="POST", data=fields)

    def token(self) -> str:
        """The session's token, signed as flask_wtf.csrf.generate_csrf() does."""
        return URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token").dumps(self._kept_token() or self._given_token())

    def _kept_token(self) -> str | None:
        """What the cookie holds; to open a session for it takes as long as a small request."""
        cookie = self.get_cookie(self.application.config["SESSION_COOKIE_NAME"])
        signer = self.application.session_interface.get_signing_serializer(self.application)
        return signer.loads(cookie.value).get("csrf_token") if cookie and cookie.value else None

    def _given_token(self) -> str:
        with self.session_transaction() as session:
            return session.setdefault("csrf_token", "0" * 40)

    def open(self, *args, **kwargs) -> TestResponse:  # type: ignore[override]
        method = str(kwargs.get("method", "GET")).upper()
        if method in ("POST", "PUT", "PATCH", "DELETE"):
            kwargs["headers"] = {"X-CSRFToken": self.token(), **dict(kwargs.get("headers") or {})}
        return super().open(*args, **kwargs)


def logged_in(app: Flask, account: str, password: str) -> DeskClient:
    """A client logged in as `account`; an AssertionError with the page where that fails."""
    client = DeskClient(app)
    answer = client.log_in(account, password)
    assert answer.status_code == 302 and "/login" not in answer.location, (
        f"{account} could not log in: {answer.status_code}\n{answer.get_data(as_text=True)[:2000]}"
    )
    return client


def hidden_of(client: DeskClient, page: str) -> dict[str, str]:
    """What the form of a page carries beside what is typed, but for its CSRF token."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', client.get(page).get_data(as_text=True))
    return {name: value for name, value in found if name != "csrf_token"}


def switched(client: DeskClient, member_id: int) -> TestResponse:
    """The answer to the button that switches an account off, or on again."""
    page = f"/member/switch/{member_id}"
    return client.post(page, data=hidden_of(client, page))
