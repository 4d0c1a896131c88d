"""What several folders share: the real embedding model, where its extra is installed."""

import pytest

from search_service.config import Settings
from search_service.embedding.encoder import Encoder, open_encoder
from search_service.errors import ConfigurationError


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The model of the extra `semantic`; skips the test, saying so, where that is missing."""
    try:
        opened = open_encoder(Settings(semantic="on"))
    except ConfigurationError as error:
        pytest.skip(error.message)
    assert opened is not None
    return opened
