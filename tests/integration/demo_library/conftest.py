"""The library, built once per worker."""

from pathlib import Path

import pytest

from search_service.cli.demo_library import DemoLibrary, build_library


@pytest.fixture(scope="session")
def announced() -> list[str]:
    return []


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory, announced: list[str]) -> DemoLibrary:
    folder: Path = tmp_path_factory.mktemp("demo") / "library with spaces"
    return build_library(folder, announced.append)
