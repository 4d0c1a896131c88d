"""What the tests of the pages share: a filled service, served on a port, and a browser."""

import os
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from litestar import Litestar
from litestar.testing import AsyncTestClient
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from search_service.accounts.passwords import Passwords
from search_service.app import AppOptions, create_app
from search_service.config import Settings
from tests.database import TestServer
from tests.web import people
from tests.web.people import Library, address_of

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True, slots=True)
class Site:
    """A service that answers at `url`."""

    url: str
    library: Library


@pytest.fixture(scope="module")
def settings(
    database_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """Settings of an application on a database of this module."""
    database_url = database_server.clone()
    yield Settings(
        database_url=database_url,
        data_dir=tmp_path_factory.mktemp("data"),
        public_url="http://testserver.local",
        secret="s" * 40,
        upload_max_bytes=2 * 1024 * 1024,
        pool_size=4,
    )
    database_server.drop(database_url)


@pytest.fixture(scope="module")
def library(settings: Settings) -> Library:
    return people.fill(settings)


@pytest.fixture(scope="module")
async def client(
    settings: Settings, library: Library, anyio_backend: str
) -> AsyncIterator[AsyncTestClient[Litestar]]:
    """The application without a network and without a worker."""
    options = AppOptions(worker=False, passwords=Passwords(people.ROUNDS))
    app = create_app(settings, options)
    async with AsyncTestClient(
        app, base_url=settings.public_url, raise_server_exceptions=False
    ) as client:
        yield client


@pytest.fixture(scope="module")
def site(settings: Settings, library: Library) -> Iterator[Site]:
    """The application with its worker, on a port, in a thread with a loop of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        options = AppOptions(passwords=Passwords(people.ROUNDS))
        app = create_app(settings.with_(public_url=url), options)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        give_up = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive(), "the server ended while it started"
            assert time.monotonic() < give_up, "the server does not start"
            time.sleep(0.05)
        yield Site(url, library)
        server.should_exit = True
        thread.join(30)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Debian's Chromium; without it the test is skipped, but not in CI."""
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{CHROMIUM} is not there: apt-get install chromium")
        pytest.skip(f"{CHROMIUM} is not there: apt-get install chromium")
    return CHROMIUM


@pytest.fixture(scope="module")
async def browser(chromium: Path, site: Site, anyio_backend: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def context(browser: Browser, site: Site) -> AsyncIterator[BrowserContext]:
    """A fresh profile; a request to another host, or an error on a page, fails the test."""
    context = await browser.new_context(base_url=site.url)
    context.set_default_timeout(15_000)
    strangers: list[str] = []
    errors: list[str] = []
    context.on(
        "request",
        lambda request: (
            strangers.append(request.url)
            if not request.url.startswith((site.url, "data:", "blob:"))
            else None
        ),
    )
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on(
        "console",
        lambda message: (
            errors.append(message.text)
            if message.type == "error" and "Content Security Policy" in message.text
            else None
        ),
    )
    yield context
    await context.close()
    assert not strangers
    assert not errors


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    return await context.new_page()


async def sign_in(page: Page, name: str) -> None:
    """Sign in by the form that is shown, or by the sign-in page; the scripts listen at the end."""
    if "/sign-in" not in page.url:
        await page.goto("/sign-in")
    await page.get_by_label("E-mail address").fill(address_of(name))
    await page.get_by_label("Password").fill(people.PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("button", name="Sign out").wait_for()
    await page.wait_for_load_state("load")
