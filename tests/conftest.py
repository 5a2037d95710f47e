"""What tests may ask for: a filled county on both engines, clients, pages.

backend      "sqlite" and "postgresql" in turn; browser tests take SQLite alone, unless
             marked every_backend, and so do tests marked no_database
app          the app on this module's own copy of the filled database
empty_url    URL of a fresh database without a table, on both engines
migrated_url the same with all tables, empty
db_session   the session inside an app context, with every row in sight
client_for   client_for("teacher") → a logged-in client that sends the CSRF token
page_for     page_for("inspector", "phone") → a logged-in Playwright page
convert      convert("pdf", files): LibreOffice makes the same files of another kind, beside them
axe, shot    findings of a page; a picture of it in $SHOTS, where that is set
"""

import gc
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app.extensions import db
from app.services import scope
from tests.support import backends, browser, county, folder, houses, libreoffice, postgres, server, settings, skips, workers
from tests.support.client import DeskClient, logged_in


def pytest_configure(config: pytest.Config) -> None:
    gc.set_threshold(50_000, 20, 100)  # a request leaves little that refers to itself: to look for it every 700 objects takes a tenth of the whole run
    if hasattr(config, "workerinput"):  # its own files: a sweep takes what the worker's own databases do not name
        os.environ["SHOUWANG_VAR"] += f"-{config.workerinput['workerid']}"
        return
    os.environ.update(settings.environment(folder.make()))
    config.pluginmanager.register(skips.LoudSkips())
    if config.pluginmanager.has_plugin("xdist"):
        config.pluginmanager.register(workers.ByDatabase())


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    folder.remove(Path(os.environ[folder.VARIABLE]))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = workers.long_first(items)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "backend" not in metafunc.fixturenames:
        return
    marked = metafunc.definition.get_closest_marker
    alone = "page_for" in metafunc.fixturenames and not marked("every_backend")
    names = ["sqlite"] if alone or marked("no_database") else list(backends.BACKENDS)
    metafunc.parametrize("backend", names, indirect=True, scope="module")


@pytest.fixture(scope="session")
def session_folder() -> Path:
    return Path(os.environ[folder.VARIABLE])


@pytest.fixture(scope="module")
def backend(request: pytest.FixtureRequest, session_folder: Path) -> backends.Backend:
    try:
        return backends.BACKENDS[request.param](session_folder)
    except postgres.Unavailable as why:
        pytest.skip(str(why))


@pytest.fixture(scope="module")
def app(backend: backends.Backend) -> Iterator[Flask]:
    name = backends.new_copy(backend, county.fill)
    with houses.app_at(backend.url(name)) as made:
        yield made
    backend.drop(name)


@pytest.fixture
def empty_url(backend: backends.Backend) -> Iterator[str]:
    name = backends.new_empty(backend)
    yield backend.url(name)
    backend.drop(name)


@pytest.fixture
def migrated_url(backend: backends.Backend) -> Iterator[str]:
    name = backends.new_copy(backend, county.migrated)
    yield backend.url(name)
    backend.drop(name)


@pytest.fixture
def db_session(app: Flask) -> Iterator:
    with app.app_context(), scope.everything(db.session()):
        yield db.session
        db.session.rollback()


@pytest.fixture(scope="module")
def client_for(app: Flask) -> Callable[..., DeskClient]:
    """client_for(role) gives the module's one client of that account, client_for(role, fresh=True) a new one."""
    known: dict[str, DeskClient] = {}

    def client(role: str, fresh: bool = False) -> DeskClient:
        if fresh or role not in known:
            made = logged_in(app, role, settings.PASSWORD)
            return made if fresh else known.setdefault(role, made)
        return known[role]

    return client


@pytest.fixture(scope="module")
def live_server(app: Flask) -> Iterator[str]:
    with server.serve(app) as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = browser.find_chromium()
    if not path:
        pytest.skip("no Chromium here: browser tests did not run (`make browser` installs it)")
    with sync_playwright() as playwright:
        running = browser.launch(playwright, path)
        yield running
        running.close()


@pytest.fixture(scope="session")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Iterable[Path]], None]:
    """One profile a worker: LibreOffice fills an empty one first, which takes longer than a file."""
    path, profile = libreoffice.find(), tmp_path_factory.mktemp("office")
    if not path:
        pytest.skip("no LibreOffice here: nothing of ours was opened or printed in it (`make office` installs it)")
    return lambda kind, files: libreoffice.convert(path, profile, kind, files)


@pytest.fixture(scope="module")
def context_for(live_server: str, chromium: Browser) -> Callable[[str | None, str], BrowserContext]:
    """context_for(role, device): a window of its own, of an account that logged in through the form once a module, or again where that ended."""
    known: dict[str, dict] = {}

    def context(role: str | None, device: str) -> BrowserContext:
        made = browser.new_context(chromium, device, live_server, known.get(role or ""))
        if role and (role not in known or not browser.still_in(made)):
            made.close()
            known[role] = browser.log_in(chromium, live_server, role, settings.PASSWORD)
            made = browser.new_context(chromium, device, live_server, known[role])
        return made

    return context


@pytest.fixture
def watch(live_server: str) -> Iterator[browser.Watch]:
    """What went wrong in this test's pages; watch.expect("status of 409") lets such a problem pass."""
    seen = browser.Watch(live_server)
    yield seen
    assert seen.unexpected() == []


@pytest.fixture
def page_for(
    context_for: Callable[[str | None, str], BrowserContext], watch: browser.Watch
) -> Iterator[Callable[..., Page]]:
    """page_for(role, "desk" or "phone"): a blank page, logged in; page.goto("/…") goes to the live server.

    With role None nobody is logged in.
    """
    contexts = []

    def page(role: str | None, device: str = "desk") -> Page:
        context = context_for(role, device)
        contexts.append(context)
        made = context.new_page()
        watch.attach(made)
        return made

    yield page
    for context in contexts:
        context.close()


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    return browser.axe_findings


@pytest.fixture(scope="session")
def shot() -> Callable[[Page, str], None]:
    """shot(page, "talk-phone") saves a picture of the whole page in $SHOTS; without it nobody wants one, and none is drawn."""
    wanted = os.environ.get("SHOTS")
    return lambda page, name: browser.save_shot(page, name, Path(wanted)) if wanted else None
