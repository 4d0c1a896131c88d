"""What the tests of the HTTP interface share: an application on a database of its own module."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from search_service.accounts.passwords import Passwords
from search_service.app import AppOptions, create_app
from search_service.config import Settings
from search_service.db.engine import open_database
from tests.api.service import Client, Service
from tests.database import TestServer


@pytest.fixture(scope="module")
def settings(
    database_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """Settings with a database and a data folder of this module."""
    url = database_server.clone()
    yield Settings(
        database_url=url,
        data_dir=tmp_path_factory.mktemp("data"),
        public_url="https://search.example.com",
        secret="s" * 40,
        upload_max_bytes=2 * 1024 * 1024,
        pool_size=4,
    )
    database_server.drop(url)


@pytest.fixture(scope="module")
def app(settings: Settings) -> Litestar:
    """The application, without a worker: tests run jobs themselves."""
    return create_app(settings, AppOptions(web=False, worker=False, passwords=Passwords(rounds=4)))


@pytest.fixture(scope="module")
async def client(app: Litestar, anyio_backend: str) -> AsyncIterator[Client]:
    async with AsyncTestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
async def service(settings: Settings, client: Client, anyio_backend: str) -> AsyncIterator[Service]:
    """The service with its people, past the interface and through it."""
    database = open_database(settings, settings.database_url)
    service = Service(settings, database, client)
    await service.add_people()
    yield service
    await database.close()


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path
