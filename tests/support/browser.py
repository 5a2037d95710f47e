"""Chromium under Playwright: pages that fail their test on an error, a policy violation or a foreign host."""

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, expect

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-dev-shm-usage"
).split()
PATIENCE = 30_000  # milliseconds until a missing element or page is an error; a busy machine takes its time
DEVICES = {
    "desk": {"viewport": {"width": 1366, "height": 820}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}


def find_chromium() -> str | None:
    """Path of the machine's Chromium (CHROMIUM says another), or None.

    Its shell without windows opens a page in a third of the time that the whole browser takes.
    """
    names = (os.environ.get("CHROMIUM", ""), "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def launch(playwright: Playwright, chromium: str) -> Browser:
    """A browser with an empty profile of its own."""
    expect.set_options(timeout=PATIENCE)
    return playwright.chromium.launch(executable_path=chromium, args=FLAGS)


def new_context(browser: Browser, device: str, base_url: str, storage: dict | None = None) -> BrowserContext:
    """A window with cookies of its own on a device of DEVICES, in Chinese, at China's time."""
    context = browser.new_context(
        **DEVICES[device],
        base_url=base_url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        storage_state=storage,
    )
    context.set_default_timeout(PATIENCE)
    return context


def enter(page: Page, account: str, password: str) -> None:
    """Fill in the log-in that the page shows, and send it."""
    page.fill("input[name=username]", account)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")


def log_in(browser: Browser, base_url: str, account: str, password: str) -> dict:
    """Log in through the form; return the cookies as new_context() takes them."""
    context = new_context(browser, "desk", base_url)
    page = context.new_page()
    page.goto("/login/")
    enter(page, account, password)
    page.wait_for_url(lambda url: "/login" not in url)
    storage = context.storage_state()
    context.close()
    return storage


def still_in(context: BrowserContext) -> bool:
    """Whether its cookies still open the panel: a test may have logged out."""
    return context.request.get("/login/", max_redirects=0).status == 302


def end_session(page: Page) -> None:
    """The session of this page's window ends, what is drawn stays. Ended at the server too: an answer under way may bring its cookie back."""
    page.context.request.get("/logout/", max_redirects=0)
    page.context.clear_cookies()


@dataclass
class Watch:
    """What went wrong in a test's pages, less what the test said to expect."""

    base_url: str
    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """Let problems that match this regular expression pass, e.g. "status of 409"."""
        self.expected.append(pattern)

    def attach(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("request", self._request)

    def unexpected(self) -> list[str]:
        return [p for p in self.problems if not any(re.search(e, p) for e in self.expected)]

    def _console(self, message: ConsoleMessage) -> None:
        """A violated content security policy comes this way too."""
        if message.type == "error":
            self.problems.append(f"console: {message.text} ({message.location.get('url')})")

    def _request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in ("http", "https", "ws", "wss") and url.netloc != urlsplit(self.base_url).netloc:
            self.problems.append(f"foreign host: {request.url}")


def until(page: Page, condition: str) -> None:
    """Wait until this expression is true in the page, whose policy forbids Playwright's own way to wait for one."""
    for _try in range(PATIENCE // 100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {condition}")


def axe_findings(page: Page) -> list[str]:
    """Serious and critical findings of axe, a line each: rule, weight, what to do, the first three places."""
    options = {"resultTypes": ["violations"], "preload": False}  # to tell every place that is right, and to fetch the styles anew, takes as long again
    violations = Axe().run(page, options=options).response["violations"]
    return [_told(v) for v in violations if v["impact"] in ("serious", "critical")]


def _told(violation: dict) -> str:
    places = "; ".join(str(node["target"][0]) for node in violation["nodes"][:3])
    return f"{violation['id']} ({violation['impact']}): {violation['help']} — {len(violation['nodes'])} × {places}"


def save_shot(page: Page, name: str, folder: Path) -> None:
    """A picture of the whole page as `folder`/name.png."""
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)
