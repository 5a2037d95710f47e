"""A tick that a page sent: what was said, and the way back to its card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from app.panel.address import whole


def said(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Result (None: take it back), remark and reason (None: none), and the version that was looked at."""
    result = str(sent.get("result") or "")
    return {"result": None if result in ("", "clear") else result, "remark": str(sent.get("remark") or "").strip() or None,
            "reason": str(sent.get("reason") or "").strip() or None, "seen_version": whole(str(sent.get("version") or ""))}


def back_to_card(endpoint: str, pk: int, code: str, message: str) -> Response:
    """A form without a script goes back to where it was sent; ``message`` says what was wrong with it, "" where it was taken."""
    if message:
        flash(message, "danger")
    return redirect(url_for(endpoint, pk=pk, section=request.form.get("section"), _anchor=code))
