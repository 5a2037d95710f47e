"""What stands round every page: menu, place, who is here. Computed once a request."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user
from markupsafe import Markup

from app import roles
from app.extensions import db
from app.models import codes
from app.panel import rows
from app.panel.security import asker
from app.services import work

STATIC = Path(__file__).parent.parent / "static"


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
    bottom: tuple[str, ...] = ()  # roles in whose phone's bar it stands


@dataclass
class Contents:
    """The table of contents, filled once by app/menu.py."""

    entries: list[Entry] = field(default_factory=list)
    lines: dict[Any, list[Line]] = field(default_factory=dict)


def register(app: Flask, entries: Sequence[Entry]) -> None:
    app.extensions["contents"] = Contents(list(entries))
    app.context_processor(lambda: {"chrome": chrome()})
    app.jinja_env.globals.update(asset=asset, body=rows.body)


@cache
def asset(name: str) -> str:
    """The address of one of our static files, with its content's mark, so that browsers may keep it for good."""
    mark = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]
    return f"/static/{name}?v={mark}"


def chrome() -> dict[str, Any] | None:
    """Menu, member and language for the frame; before the login only the language."""
    locale = "en" if str(get_locale() or "zh").startswith("en") else "zh"
    if not current_user.is_authenticated or "asker" not in db.session().info:
        return {"side": _side("", locale, request.script_root, "", "", ()), "member": None, "locale": locale, "bottom": []}
    who = asker()
    lines, counts = _lines(who.role, locale), work.badges(db.session(), who)
    side = _side(who.role, locale, request.script_root, request.blueprint or "", who.place, tuple(counts.items()))
    member = {"id": who.member_id, "name": who.name, "role_label": gettext(codes.ROLE[who.role]), "place_label": who.place}
    return {"side": side, "member": member, "locale": locale,
            "bottom": [_link(line, counts) for line in lines if who.role in line.entry.bottom][:5],
            "search_hint": gettext("搜索：姓名、拼音首字母") if who.may("read", "Child") else gettext("搜索：学校名称")}


@lru_cache(maxsize=512)
def _side(role: str, locale: str, root: str, blueprint: str, place: str, counts: tuple[tuple[str, int], ...]) -> Markup:
    """The side menu as this role reads it from this page: forty links, the same at the next page."""
    menu = _groups(_lines(role, locale), dict(counts)) if role else []
    return Markup(current_app.jinja_env.get_template("panel/_side.html").render(menu=menu, place=place, home_url=f"{root}/"))


@dataclass(frozen=True)
class Line:
    """An entry as one role reads it: words and address, found once a role and language."""

    entry: Entry
    group: str
    label: str
    url: str
    blueprint: str


def _lines(role: str, locale: str) -> list[Line]:
    known = current_app.extensions["contents"].lines
    key = (role, locale, request.script_root)
    if key not in known:
        entries = [entry for entry in current_app.extensions["contents"].entries if _seen(entry, role)]
        known[key] = [Line(entry, gettext(entry.group) if entry.group else "", gettext(entry.label), url_for(entry.endpoint),
                           entry.endpoint.partition(".")[0]) for entry in entries]
    return known[key]


def _seen(entry: Entry, role: str) -> bool:
    return (not entry.roles or role in entry.roles) and (not entry.entity or roles.may(role, entry.verb, entry.entity))


def _groups(lines: list[Line], counts: dict[str, int]) -> list[tuple[str, str, list[tuple[str, str, bool, int | None]]]]:
    groups: dict[str, tuple[str, list[Any]]] = {}
    for line in lines:
        groups.setdefault(line.group, (line.entry.icon, []))[1].append(_link(line, counts))
    return [(name, icon, links) for name, (icon, links) in groups.items()]


def _link(line: Line, counts: dict[str, int]) -> tuple[str, str, bool, int | None]:
    return line.label, line.url, request.blueprint == line.blueprint, counts.get(line.entry.badge) or None
