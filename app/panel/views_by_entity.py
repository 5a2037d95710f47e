"""Entity name → the view class that shows it: so that tabs, links and search find each other."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for

VIEWS: dict[str, Any] = {}  # filled where the view classes are defined


def url_of(entity: str, page: str, **args: Any) -> str:
    """The address of a page of an entity's view."""
    return url_for(f"{VIEWS[entity].__name__}.{page}", **args)


def view_of(entity: str) -> Any:
    """The application's own view of an entity."""
    name = VIEWS[entity].__name__
    return next(view for view in current_app.extensions["appbuilder"].baseviews if type(view).__name__ == name)
