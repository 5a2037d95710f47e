"""The catalogue of a page's language, looked up once a request: a list says sixty words."""

from __future__ import annotations

from typing import Any

from flask import Flask, g
from flask_babel import Domain

# Where flask-babel keeps what belongs to a request; refresh() and force_locale() clear ``babel_translations`` there.
KEPT, CATALOGUE = "_flask_babel", "babel_translations"


class OncePerRequest(Domain):  # type: ignore[misc] # flask-babel has no types
    """The library's own domain, which else asks for the locale at every word."""

    def get_translations(self) -> Any:
        kept = g.get(KEPT) if g else None
        if kept is None:
            return super().get_translations()
        found = getattr(kept, CATALOGUE, None)
        if found is None:
            found = kept.babel_translations = super().get_translations()
        return found


def register(app: Flask) -> None:
    """Put it in the place of the domain that the framework's Babel made."""
    babel = app.extensions["babel"].instance
    babel.domain_instance = OncePerRequest(domain=babel.domain)
