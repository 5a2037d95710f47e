"""What every browser test may ask of a page."""

import pytest
from playwright.sync_api import Page


@pytest.fixture
def look(axe, shot):
    """Take a picture of the page, and hold it against what any page must meet."""

    def looked(page: Page, name: str) -> None:
        shot(page, name)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), f"{name} scrolls sideways"

    return looked
