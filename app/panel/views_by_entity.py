"""Entity name → the view class that shows it: so that tabs, links and search find each other."""

from __future__ import annotations

from typing import Any

from flask import url_for

VIEWS: dict[str, Any] = {}  # filled where the view classes are defined


def url_of(entity: str, page: str, **args: Any) -> str:
    """The address of a page of an entity's view."""
    return url_for(f"{VIEWS[entity].__name__}.{page}", **args)
