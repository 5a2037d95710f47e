"""What stands round every page: menu, place, who is here. Computed once a request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user

from app.extensions import db
from app.models import codes
from app.panel.security import asker
from app.services import work

NAMES = {"home": "今天要做"}


@dataclass
class Entry:
    """One line of the menu: what it leads to, and what a role needs to see it."""

    label: str
    endpoint: str
    entity: str
    group: str
    icon: str = "list"
    badge: str = ""  # name of the count in services/work.py that stands beside it
    verb: str = "read"
    roles: tuple[str, ...] = ()  # only these, when given
    bottom: bool = False  # stands in the phone's bar


@dataclass
class Contents:
    """The table of contents, filled once by app/menu.py."""

    entries: list[Entry] = field(default_factory=list)


def register(app: Flask, entries: Sequence[Entry]) -> None:
    app.extensions["contents"] = Contents(list(entries))
    app.context_processor(lambda: {"chrome": chrome()})


def chrome() -> dict[str, Any] | None:
    """Menu, member and language for the frame; before the login only the language."""
    locale = "en" if str(get_locale() or "zh").startswith("en") else "zh"
    if not current_user.is_authenticated or "asker" not in db.session().info:
        return {"menu": [], "member": None, "home_url": "/", "locale": locale, "bottom": []}
    entries = [entry for entry in current_app.extensions["contents"].entries if _seen(entry)]
    counts = work.badges(db.session(), asker())
    member = {"name": current_user.name, "role_label": gettext(codes.ROLE[current_user.role]), "place_label": work.place(db.session(), asker())}
    return {"menu": _groups(entries, counts), "member": member, "home_url": url_for("Home.index"), "locale": locale,
            "bottom": [_link(entry, counts) for entry in entries if entry.bottom][:5]}


def _seen(entry: Entry) -> bool:
    who = asker()
    return (not entry.roles or who.role in entry.roles) and (not entry.entity or who.may(entry.verb, entry.entity))


def _groups(entries: list[Entry], counts: dict[str, int]) -> list[tuple[str, str, list[tuple[str, str, bool, int | None]]]]:
    groups: dict[str, tuple[str, list[Any]]] = {}
    for entry in entries:
        groups.setdefault(entry.group, (entry.icon, []))[1].append(_link(entry, counts))
    return [(gettext(name) if name else "", icon, links) for name, (icon, links) in groups.items()]


def _link(entry: Entry, counts: dict[str, int]) -> tuple[str, str, bool, int | None]:
    url = url_for(entry.endpoint)
    return gettext(entry.label), url, request.blueprint == entry.endpoint.partition(".")[0], counts.get(entry.badge) or None
