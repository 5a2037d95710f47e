"""What people do on any page, and what a page on a phone must meet."""

from playwright.sync_api import Locator, Page, expect

NARROW = """() => [...document.querySelectorAll("main a, main button, main input, main select, main textarea, main summary, nav.thumb a")]
  .filter((one) => one.checkVisibility() && !one.closest(".log") && one.type !== "hidden")
  .map((one) => [one.closest("label") ?? one])
  .filter(([one]) => { const box = one.getBoundingClientRect(); return box.width && box.height && (box.height < 43.5 || box.width < 43.5); })
  .map(([one]) => [one, one.getBoundingClientRect()])
  .map(([one, box]) => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 20)} ${box.width}×${box.height}`)"""


def suits_a_phone(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(NARROW) == []


def chosen(page: Page, field: str, text: str) -> None:
    """Type a name into a look-up and take what it offers."""
    expect(page.locator(f"#{field}")).to_have_role("combobox")  # the page's script has run
    page.locator(f"#{field}").fill(text)
    page.locator("[role=listbox] [role=option]", has_text=text).first.click()


def press(page: Page, name: str) -> None:
    """The button at the foot of a form or of a page that asks."""
    page.locator(".save").get_by_role("button", name=name).click()


def follow(page: Page, name: str) -> None:
    """The link of exactly this name, to a page whose scripts have run."""
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_load_state()


def sure(page: Page) -> None:
    """Yes, to the question of a dialog."""
    page.locator("dialog .pri").click()


def task(page: Page, *words: str) -> Locator:
    """The first of such tasks."""
    return tasks(page, *words).first


def tasks(page: Page, *words: str) -> Locator:
    """The links of the tasks on the first page, which is opened, that say all these words."""
    page.goto("/")
    found = page.locator(".todo li")
    for word in words:
        found = found.filter(has_text=word)
    return found.get_by_role("link")


def pill(page: Page, text: str) -> None:
    """The record is in the state of this name."""
    expect(page.locator(".head .pill").first).to_have_text(text)
