"""The visit without a network: what the phone takes along, the page that shows it, what it sends when the network is back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, jsonify, make_response, render_template, request, url_for
from flask_appbuilder import BaseView, expose, has_access
from flask_appbuilder.security.decorators import permission_name
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.extensions import db
from app.models.inspection import Inspection
from app.panel import chrome, wire
from app.panel.address import whole
from app.panel.security import asker, reads_alike, reads_first, reads_singly
from app.services import clock, merging, piece_digests, records, team_rules, transactions, visit_sync
from app.views import visit_along

MOST_OPS = 60  # in one message
LONGEST = 100_000  # characters of a text; the field's own limit is told beside it
OP_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SENSE = 2_524_608_000_000  # milliseconds: the year 2050; a phone that tells a later time tells none
SCRIPT = "js/offline/worker.js"
# What the page without a network is made of, beside the modules that these import.
SHOWN = ("css/shouwang.css", "img/icons.svg", "img/favicon.svg", "js/main.js", "js/visit_phone.js")


class VisitPhone(BaseView):
    """For who may tick."""

    route_base = "/visit"
    class_permission_name = "Answer"
    default_view = "shell"

    @expose("/along")
    @has_access
    @permission_name("write")
    def along(self) -> Response:
        """Who asks, the server's time, a token to send with; and the day's schools, or with ``pk`` one of them whole."""
        told: dict[str, Any] = {"who": asker().member_id, "now": _now(), "csrf": generate_csrf()}
        if "pk" not in request.args:
            return jsonify(told | {"visits": visit_along.day_list()})
        row = records.find(db.session(), Inspection, whole(request.args["pk"]) or 0) or abort(404)
        if row.state == "submitted" or team_rules.steps_aside(db.session(), row.school_id):
            abort(404)
        return jsonify(told | {"visit": visit_along.whole(row)})

    @expose("/sync", methods=["POST"])
    @has_access
    @permission_name("write")
    @reads_first
    @reads_singly
    @reads_alike
    def sync(self) -> Response:
        """Ticks in their order, all in one transaction; what was taken before is told again, and changes nothing."""
        try:
            sent = wire.read_object(request.get_data())
        except wire.BadJson:
            abort(400)
        if sent.get("who") != asker().member_id:
            abort(409)  # kept by one member, sent in another's session
        session, lag, ops = db.session(), _lag(sent.get("now")), _ops(sent.get("ops"))
        with transactions.whole_turn(session):
            return _taken(session, ops, lag)

    @expose("/phone")
    @has_access
    @permission_name("write")
    def shell(self) -> str:
        """Kept on the phone: it bears nobody's name and no token, and draws what the phone has taken along."""
        return render_template("visit/phone.html", page=visit_along.shell(), chrome=None)

    @expose("/worker.js")
    @has_access
    @permission_name("write")
    def worker(self) -> FlaskResponse:
        """The service worker; its address makes /visit/ its scope. It changes with whatever it keeps."""
        answer = make_response(_worker(url_for("VisitPhone.shell"), url_for("Visit.schools")))
        answer.headers["Content-Type"] = "text/javascript; charset=utf-8"
        return answer


def _taken(session: Session, ops: Sequence[visit_sync.Op], lag: int | None) -> Response:
    """What is needed is read before others have to wait for the writing."""
    before = visit_sync.read(session, ops)
    with transactions.aside(session):
        taken = visit_sync.take(session, ops, lag, before)
    return jsonify(at=clock.local(clock.now()).strftime("%H:%M"), now=_now(), done=[visit_along.told(one) for one in taken],
                   progress=[visit_along.progress(one) for one in before.values()])


@cache
def _worker(shell: str, root: str) -> str:
    modules = sorted(path.relative_to(chrome.STATIC) for path in (chrome.STATIC / "js").rglob("*.js"))
    marked = [chrome.asset(path.as_posix()) for path in modules]
    kept = {"shell": shell, "root": root, "marked": marked, "files": [*(one.partition("?")[0] for one in marked), *(chrome.asset(name) for name in SHOWN)]}
    return f"const KEPT = {json.dumps(kept)};\n" + (chrome.STATIC / SCRIPT).read_text()


def _now() -> int:
    """The server's time in milliseconds, as scripts reckon."""
    return int(clock.now().timestamp() * 1000)


def _lag(told: Any) -> int | None:
    """Seconds that the phone's clock lags behind; nothing where it tells no time."""
    at = _moment(told)
    return round((clock.now() - at).total_seconds()) if at is not None else None


def _moment(told: Any) -> datetime | None:
    """A phone's milliseconds as a moment; nothing for what is none, or lies out of all sense."""
    if type(told) is not int or not 0 < told < SENSE:
        return None
    return datetime.fromtimestamp(told / 1000, UTC)


def _ops(sent: Any) -> list[visit_sync.Op]:
    """The operations of a message; 400 for one that no phone of ours would send."""
    if not isinstance(sent, list) or len(sent) > MOST_OPS:
        abort(400)
    return [_op(one) for one in sent]


def _op(one: Any) -> visit_sync.Op:
    if not isinstance(one, dict):
        abort(400)
    name, pk, code = one.get("id"), one.get("pk"), one.get("code")
    if not (isinstance(name, str) and OP_ID.fullmatch(name) and type(pk) is int and isinstance(code, str) and 0 < len(code) < 16):
        abort(400)
    base, values = _said(one.get("base")), _said(one.get("values"))
    return visit_sync.Op(name, pk, code, base, values, _moment(one.get("at")), one.get("own") is True, _digests(one["base"]))


def _digests(base: Mapping[str, Any]) -> Mapping[str, str]:
    """By field, what was told with the dots in it; nothing of a tick that a phone kept before it was told any."""
    told = base.get("digests") or {}
    if not isinstance(told, dict) or not all(isinstance(told.get(key) or "", str) for key in piece_digests.FIELDS):
        abort(400)
    return {key: told.get(key) or "" for key in piece_digests.FIELDS}


def _said(values: Any) -> Mapping[str, str]:
    if not isinstance(values, dict) or not all(isinstance(values.get(key), str) and len(values[key]) <= LONGEST for key in merging.FIELDS):
        abort(400)
    return merging.said(values)
