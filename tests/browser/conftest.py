"""What every browser test may ask of a page."""

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.support.offline import take_along
from tests.support.visiting import leave_near, planned


@pytest.fixture
def look(axe, shot):
    """Take a picture of the page, and hold it against what any page must meet."""

    def looked(page: Page, name: str) -> None:
        shot(page, name)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), f"{name} scrolls sideways"

    return looked


@pytest.fixture
def pk(app: Flask) -> int:
    """The inspection that waits for its inspector."""
    return planned(app)


@pytest.fixture
def phone(app: Flask, page_for, watch) -> Page:
    """An inspector's phone that has taken the day's schools along: two, for each costs seconds."""
    leave_near(app, 2)
    watch.expect("ERR_INTERNET_DISCONNECTED|Failed to load resource")
    page = page_for("inspector", "phone")
    take_along(page)
    return page
