"""Files that take long to write or to read, written once."""

from pathlib import Path

import pytest

from extractors.limits import MIB
from tests.integration.extractors.pdfs import shown, write_streams

TEDIOUS = b"q 1 0 0 1 0 0 cm Q " * (12 * MIB)
"""A page that takes two to six seconds of processor time and little memory."""


@pytest.fixture(scope="session")
def slow_pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("slow") / "slow.pdf"
    return write_streams(path, shown("first"), *[TEDIOUS] * 3)
