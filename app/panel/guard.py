"""Round every request: CSRF, a strict script policy and the usual headers, errors that tell nothing."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from flask import Flask, Response, abort, current_app, g, jsonify, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from app.extensions import csrf, db
from app.models.words import N_
from app.panel import editing
from app.panel.forms import say_all
from app.panel.security import FILES, PageSession, ask_new_password, bears_key, bind_asker, inside
from app.services import records, scope, transactions

log = logging.getLogger(__name__)
POLICY = ("default-src 'none'; script-src 'nonce-{nonce}' 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
          "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'; worker-src 'self'")
HEADERS = {
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}


def register(app: Flask) -> None:
    """Bind all of it to the application."""
    app.session_interface = PageSession()
    app.before_request(bind_asker)
    app.before_request(_check_path)
    app.before_request(_check_csrf)
    app.before_request(ask_new_password)
    app.teardown_request(lambda _error: transactions.read_only(False))  # what follows in this thread is no request
    app.after_request(_harden)
    app.jinja_env.globals["csp_nonce"] = nonce
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unforeseen)
    for known in (records.Forbidden, scope.OutOfScope, scope.NoScope):
        app.register_error_handler(known, _refused)
    app.register_error_handler(records.Refused, _unsaved)
    app.register_error_handler(records.Conflict, _unsaved)


def nonce() -> str:
    """The one-time word that lets this page's own scripts run."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce


def _check_path() -> None:
    """No address of ours has a NUL, and PostgreSQL takes none in a text: a name that stands in the path may be asked for as it is."""
    if "\0" in request.path:
        abort(404)


def _check_csrf() -> None:
    """Every writing request carries the token, but for machines that show a key: their cookies do not count."""
    if not bears_key():
        csrf.protect()


def _harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce()))
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint not in FILES:
        response.headers["Cache-Control"] = "no-store, private"  # send_file would let a workbook be kept
    elif "v" in request.args and response.status_code == 200:  # the address carries a mark of the content, see chrome.asset
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


WORDS = {
    400: (N_("提交的内容不对"), N_("请返回后重试。")),
    401: (N_("请先登录"), N_("登录后再试。")),
    403: (N_("没有权限"), N_("您的角色不能做这件事。需要时请联系上一级管理员。")),
    404: (N_("找不到这一页"), N_("它不存在，已被删除，或不在您的管辖范围。")),
    405: (N_("不能这样打开"), N_("请从菜单进入。")),
    409: (N_("别人刚刚改过"), N_("请重新打开后再改。")),
    413: (N_("文件太大"), N_("请控制在 32 MB 以内。")),
    422: (N_("有内容不对"), N_("请改正后重新提交。")),
    429: (N_("操作太快"), N_("请一分钟后再试。")),
    500: (N_("程序出错了"), N_("已记录，您填写的内容没有保存。请稍后再试，或联系系统管理员。")),
}


def error_page(code: int, text: str = "", title: str = "", back: tuple[str, str] = ("/", "")) -> tuple[Any, int]:
    """A page, or JSON for the API, that says what happened and what to do, and nothing else. ``back``: address and label of its button."""
    usual, advice = (_(word) for word in WORDS.get(code, WORDS[500]))
    title = title or usual
    if request.path.startswith("/api/"):
        return jsonify({"error": title, "message": text or advice}), code
    return _drawn({"code": code, "title": title, "text": text or advice, "back_url": back[0], "back_label": back[1] or _("返回")}), code


def _drawn(page: dict[str, Any]) -> str:
    """The page in its frame; where the frame breaks too (it asks who is here, and what is waiting), without it."""
    try:
        return render_template("error.html", page=page, **page)
    except Exception as broken:
        log.error("the frame of an error page failed: %s at %s", type(broken).__name__, _place(broken))
        english = str(get_locale() or "").startswith("en")
        return current_app.jinja_env.get_template("fault.html").render(english=english, **page)


def _http_error(error: HTTPException) -> Any:
    if error.code is not None and error.code < 400:
        return error
    db.session.rollback()
    if isinstance(error, CSRFError):
        return _stale()
    if isinstance(error, SecurityError):  # the framework would repeat the foreign name
        return error_page(400, _("系统不在这个网址下工作，请核对网址。"))
    # The framework's own words too; but of a limit it only says how many in how long.
    told = error.description if error.description != type(error).description and error.code != 429 else ""
    return error_page(error.code or 500, _(told) if told else "")


def _stale() -> Any:
    """A token that counts no more: the form as typed to whoever is still logged in, to others the way back to it by the log-in."""
    form_url = inside(request.referrer or "")
    if not current_user.is_authenticated:
        return error_page(400, _("登录已过期或已退出，内容没有保存。请重新登录。"),
                          back=(url_for("LoginView.login", next=form_url), _("重新登录")))
    given = None if current_user.must_change_password or request.path.startswith("/api/") else editing.given_back()
    return (given, 400) if given else error_page(400, _("页面放得太久，内容没有保存。请返回、刷新后再提交。"), back=(form_url, _("返回")))


def _refused(error: Exception) -> Any:
    db.session.rollback()
    log.warning("%s %s refused: %s %s", request.method, request.url_rule, type(error).__name__, error)
    return error_page(404 if isinstance(error, scope.OutOfScope) else 403)


def _unsaved(error: Exception) -> Any:
    """A save without a form to give back: said on a page of its own, nothing was written."""
    db.session.rollback()
    if isinstance(error, records.Refused):
        return error_page(409, say_all(error.errors), _("没有保存"))
    return error_page(409)


def _unforeseen(error: Exception) -> Any:
    """Log where it broke, never with what: values may be a child's."""
    db.session.rollback()
    cause = type(getattr(error, "orig", None)).__name__
    log.error("%s %s failed: %s %s at %s", request.method, request.url_rule, type(error).__name__, cause, _place(error))
    if request_is_debugged():
        log.exception("details")
    return error_page(500)


def _place(error: Exception) -> str:
    """File and line where it broke."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last else "?"


def request_is_debugged() -> bool:
    return bool(current_app.debug or current_app.testing)
