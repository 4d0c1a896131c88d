import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.integration.search.library import Library


@pytest.fixture
def library(connection: AsyncConnection) -> Library:
    """An empty library on the connection that is rolled back."""
    return Library.on(connection)
