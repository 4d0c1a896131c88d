"""The real model: what it makes of texts, and what is refused instead of it."""

import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import CapturingLogger

from search_service.config import Settings
from search_service.embedding.encoder import Encoder, open_encoder
from search_service.embedding.model import VOCABULARY, locate
from search_service.embedding.packing import pack, unpack
from search_service.errors import ConfigurationError
from search_service.serving import services
from search_service.serving.services import Services

# What a process that is switched off must not have loaded.
SWITCHED_OFF = """
import sys
from pathlib import Path
from search_service.config import Settings
from search_service.serving.services import Services
settings = Settings(data_dir=Path(sys.argv[1]))
services = Services.open(settings.with_(secret="s" * 32), "postgresql://nobody@localhost/nothing")
assert services.encoder is None
import search_service.app, search_service.cli.application
print(sorted({"onnxruntime", "tokenizers"} & set(sys.modules)))
"""


def test_texts_of_like_meaning_are_near_without_a_common_word(encoder: Encoder) -> None:
    question, near, far = encoder.encode(
        ["What does a car cost?", "Automobile prices", "How to bake bread in an oven"]
    )

    assert question.shape == (384,)
    assert question @ near > 0.6
    assert question @ far < 0.2


def test_a_vector_hardly_depends_on_its_batch_nor_on_being_packed(encoder: Encoder) -> None:
    texts = [f"Slide {number} " + "about backups " * number for number in range(20)]

    together = encoder.encode(texts)
    packed = unpack(pack(together))

    for text, beside, stored in zip(texts, together, packed, strict=True):
        [alone] = encoder.encode([text])
        assert alone @ beside == pytest.approx(1, abs=1e-4)
        assert alone @ stored == pytest.approx(1, abs=1e-3)


def test_a_text_is_read_to_128_tokens(encoder: Encoder) -> None:
    long = "backup " * 126
    first, second, third = encoder.encode([long, long + "and then restore", "restore"])

    assert first == pytest.approx(second, abs=1e-5)
    assert first @ third < 0.9


def test_another_folder_is_another_model(encoder: Encoder, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").symlink_to(locate("").onnx)
    (tmp_path / "vocab.txt").symlink_to(VOCABULARY)

    other = open_encoder(Settings(semantic="on", embedding_model=str(tmp_path)))

    assert other is not None
    assert other.name != encoder.name
    assert other.encode(["backup"]) == pytest.approx(encoder.encode(["backup"]))


def test_a_tokenizer_file_is_read_as_well(encoder: Encoder, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").symlink_to(locate("").onnx)
    encoder.tokenizer.save(str(tmp_path / "tokenizer.json"))  # type: ignore[attr-defined] # of the library, not of our protocol

    other = open_encoder(Settings(semantic="on", embedding_model=str(tmp_path)))

    assert other is not None
    assert other.encode(["Été, backup"]) == pytest.approx(encoder.encode(["Été, backup"]))


@pytest.mark.usefixtures("encoder")
def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no network")
    (tmp_path / "vocab.txt").symlink_to(VOCABULARY)

    with pytest.raises(ConfigurationError, match="cannot be loaded"):
        open_encoder(Settings(semantic="on", embedding_model=str(tmp_path)))


def test_without_a_usable_model_words_alone_rank(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = CapturingLogger()
    monkeypatch.setattr(services, "_log", log)
    wanted = Settings(data_dir=tmp_path, semantic="on", embedding_model=str(tmp_path))

    opened = Services.open(wanted.with_(secret="s" * 32), "postgresql://nobody@localhost/nothing")

    assert (opened.encoder, opened.searcher.tools.meaning) == (None, None)
    [warning] = log.calls
    assert "SEARCH_SERVICE_" in warning.kwargs["reason"]  # another without the extra


def test_switched_off_neither_library_is_loaded(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", SWITCHED_OFF, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "[]"
