import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.integration.insights.tuning import Tuner
from tests.integration.search.library import Library


@pytest.fixture
async def tuner(connection: AsyncConnection) -> Tuner:
    """An empty library on the connection that is rolled back, and a PMM who tunes its search."""
    return await Tuner.of(Library.on(connection))
