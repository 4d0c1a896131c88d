"""What is still in the buffer when the application closes is written, typed on or not."""

from pathlib import Path

import pytest
from litestar.testing import AsyncTestClient
from sqlalchemy import text

from search_service.app import AppOptions, create_app
from search_service.config import Settings
from search_service.db.engine import Database
from search_service.insights.entries import Channel, SearchEntry
from search_service.search.request import SearchRequest

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("setting", "kept"), [("full", "price"), ("none", None)])
async def test_a_closing_application_writes_its_buffer(
    database: Database, database_settings: Settings, tmp_path: Path, setting: str, kept: str | None
) -> None:
    settings = database_settings.with_(
        data_dir=tmp_path, secret="s" * 40, pool_size=2, log_queries=setting
    )
    app = create_app(settings, AppOptions(web=False, worker=False))
    async with AsyncTestClient(app):
        app.state.services.search_log.note(
            SearchEntry(1, "pmm", Channel.WEB, SearchRequest("price"), 0, False, False, 1.0, ())
        )
    async with database.reading() as connection:
        logged = await connection.execute(text("SELECT query, channel FROM search_log"))
        assert [tuple(row) for row in logged] == [(kept, "web")]
