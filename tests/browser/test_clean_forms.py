"""Every form for a new record can be read by those who do not see it (axe), by who fills most of them."""

import pytest

from app import menu, roles
from app.panel.views_by_entity import VIEWS

assert menu.MENU  # importing it declares the views


@pytest.mark.parametrize("account", ["county", "school"])
def test_forms_are_clean_for_readers(page_for, axe, account):
    page, wrong, seen = page_for(account), {}, 0
    for name, view in VIEWS.items():
        if roles.may(account, "write", name) and "add" not in (view.exclude_route_methods or ()):
            page.goto(f"/{view.model.__tablename__}/add")
            seen += page.locator("main form").count() > 0
            if found := axe(page):
                wrong[name] = found
    assert wrong == {} and seen > 8
