"""Takes the pictures of docs/pictures/ anew, of a demo county that is being served.

    python -m tests.support.pictures http://127.0.0.1:8080 PASSWORD [NAME …]

What the demo holds only after somebody's work (an upload with errors, a letter, a campaign's results) comes from the browser tests with SHOTS.
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.support import browser

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
# Name → account, then the way: an address, what a link of the page before begins with, or another part of that page.
WAYS: dict[str, tuple[str, ...]] = {
    "bulk-desk": ("county", "/bulk/"),
    "cards-phone": ("school", "/child/list/"),
    "checklist-desk": ("county", "/checklist_template/list/", "→/checklist_template/show/", "→/checklist_template/outline/"),
    "county-desk": ("county", "/"),
    "finding-phone": ("school", "/finding/list/", "→/finding/show/"),
    "form-desk": ("school", "/talk/add"),
    "forms-desk": ("township", "/forms/"),
    "home-desk": ("school", "/"),
    "home-phone": ("teacher", "/"),
    "list-desk": ("school", "/child/list/"),
    "masked-desk": ("township", "/child/list/", "→/child/show/"),
    "members-desk": ("county", "/member/list/"),
    "quick-phone": ("teacher", "/quick/talk/"),
    "record-desk": ("school", "/child/list/", "→/child/show/"),
    "report-desk": ("county", "/inspection/list/?f.state=submitted", "→/inspection/show/", "→/visit/"),
    "statistics-desk": ("superior", "/statistics/"),
    "visit-phone": ("inspector", "/visit/", "→/visit/", "?section=B"),
    "visits-phone": ("inspector", "/visit/"),
}


def go(page: Page, step: str) -> None:
    """To an address, by the first link of the page that begins so, or to another part of the same page."""
    if step.startswith("→"):
        step = page.locator(f'main a[href^="{step[1:]}"]').first.evaluate("(link) => link.href")
    answer = page.goto(page.url.partition("?")[0] + step if step.startswith("?") else step)
    assert answer and answer.ok, f"{step}: {answer and answer.status}"


def main(url: str, password: str, *names: str) -> None:
    path = browser.find_chromium()
    assert path, "no Chromium here"
    with sync_playwright() as playwright:
        running, known = browser.launch(playwright, path), {}
        for name in names or WAYS:
            account, *way = WAYS[name]
            known[account] = known.get(account) or browser.log_in(running, url, account, password)
            with browser.new_context(running, name.rpartition("-")[2], url, known[account]) as context:
                page = context.new_page()
                for step in way:
                    go(page, step)
                if page.locator("[data-along]").count():
                    page.locator("[data-along=done]").wait_for(state="attached")
                page.wait_for_timeout(500)
                page.screenshot(path=FOLDER / f"{name}.png")
                print(name, page.url)


if __name__ == "__main__":
    main(*sys.argv[1:])
