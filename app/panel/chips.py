"""The filters above a list, each with all that it can be set to: sixty words and links, the same at the next page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import Boolean

from app.models.base import Field, fields_of
from app.panel.address import Address
from app.panel.declared import Declared
from app.services.values import YES_NO


def choices_of(one: Field) -> Mapping[str, str]:
    return YES_NO if isinstance(one.type, Boolean) else one.choices or {}


def bar(view: Any, address: Address, place: str) -> Markup:
    """``place``: what the place is called that the list keeps to, if any. What was searched for is kept nowhere."""
    first = address.first_page()
    return (_made if address.search else _kept)(view, first, place, str(get_locale()))


def _made(view: Any, address: Address, place: str, _locale: str) -> Markup:
    return Markup(current_app.jinja_env.get_template("panel/_chips.html").render(chips=_chips(view, address, place)))  # noqa: S704


_kept = lru_cache(maxsize=512)(_made)


def _chips(view: type[Declared], address: Address, place: str) -> list[dict[str, Any]]:
    chips = [_chip(fields_of(view.model)[key], address) for key in view.filters]
    if place:
        chips.insert(0, {"label": _("范围"), "value_label": place, "clear_url": address.first_page(place="").url(), "options": []})
    if view.marks:
        label = (view.marks.get(address.mark) or view.linked.get(address.mark) or ("",))[0]
        options = [{"label": _(text), "url": address.first_page(mark=name).url(), "on": name == address.mark}
                   for name, (text, _condition) in view.marks.items()]
        chips.insert(0, {"label": _("待办"), "value_label": _(label) if label else None,
                         "clear_url": address.first_page(mark="").url() if label else None, "options": options})
    return chips


def _chip(one: Field, address: Address) -> dict[str, Any]:
    chosen, choices, url = dict(address.filters).get(one.key), choices_of(one), address.choosing(one.key)
    return {"label": _(one.label), "value_label": _(choices[chosen]) if chosen else None,
            "clear_url": address.filtered(one.key, "").url() if chosen else None,
            "options": [{"label": _(label), "url": url(code), "on": code == chosen} for code, label in choices.items()]}
