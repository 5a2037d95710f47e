"""A page that asks before something is done. No script is needed: a link leads here, its button posts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import render_template


def ask(title: str, text: str, label: str, action: str, back_url: str, *, danger: bool = False, hidden: Sequence[tuple[str, str]] = (),
        reason: Mapping[str, str] | None = None, message: str = "", stays: bool = False) -> str:
    """``label``: what the button says; ``action``: where it posts ``hidden`` to; ``reason``: label, hint, value and error of a text that it asks for.

    ``message``: why what was asked before was not done; ``stays``: the answer is a file, so that the page stays and can be sent again.
    """
    page = {"title": title, "text": text, "confirm_label": label, "action": action, "cancel_url": back_url, "danger": danger,
            "hidden": hidden, "reason_field": reason, "revealed": False, "message": message, "stays": stays}
    return render_template("panel/confirm.html", page=page)
