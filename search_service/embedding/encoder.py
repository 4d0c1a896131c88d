"""Turns texts into vectors: tokenises, runs the network in small batches, pools and normalises.

The only place that imports onnxruntime and tokenizers, and only when an encoder is opened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from search_service.config import Settings
from search_service.embedding.model import INSTALL, ModelFiles, locate
from search_service.errors import ConfigurationError

MAX_TOKENS = 128
# Far more than 128 tokens take; the rest of a long text need not be tokenised.
MAX_CHARACTERS = 4000
# On one thread eight at once are as fast as one or 32 (57 passages of 80 tokens a CPU second).
BATCH = 8
# Searches and extractions go on beside it; workers add up.
THREADS = 1

Vectors: TypeAlias = NDArray[np.float32]
_LIBRARIES = ("onnxruntime", "tokenizers")
_INPUTS = frozenset({"input_ids", "attention_mask", "token_type_ids"})


class Encoding(Protocol):
    """The tokens of one text."""

    @property
    def ids(self) -> Sequence[int]: ...


class Tokenizer(Protocol):
    """What is used of a tokenizer."""

    def encode(self, text: str) -> Encoding: ...


class Network(Protocol):
    """What is used of an onnxruntime session."""

    def run(self, output_names: None, input_feed: Mapping[str, Any]) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True)
class Encoder:
    """A model that is loaded; `name` stands beside every vector that it made."""

    name: str
    tokenizer: Tokenizer
    network: Network
    inputs: frozenset[str] = _INPUTS

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give one vector of length 1 for each text, as rows in their order.

        Takes milliseconds for each text: call it in a thread. A text beyond 128 tokens is cut.
        """
        if not texts:
            return np.zeros((0, 0), np.float32)
        tokens = [self.tokenizer.encode(text[:MAX_CHARACTERS]).ids for text in texts]
        by_length = sorted(range(len(texts)), key=lambda number: len(tokens[number]))
        vectors = np.concatenate(
            [
                self._run([tokens[number] for number in by_length[start : start + BATCH]])
                for start in range(0, len(texts), BATCH)
            ]
        )
        ordered = np.empty_like(vectors)
        ordered[by_length] = vectors
        return ordered

    def _run(self, tokens: Sequence[Sequence[int]]) -> Vectors:
        ids = np.zeros((len(tokens), max(map(len, tokens))), np.int64)
        mask = np.zeros_like(ids)
        for row, each in enumerate(tokens):
            ids[row, : len(each)] = each
            mask[row, : len(each)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        hidden = self.network.run(None, {name: feed[name] for name in self.inputs})[0]
        return pooled(hidden, mask)


def pooled(hidden: NDArray[Any], mask: NDArray[np.int64]) -> Vectors:
    """Give the mean over each text's tokens of (text, token, dimension), at length 1."""
    weights = mask[:, :, None].astype(np.float32)
    means = (hidden * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    normalised: Vectors = (means / np.maximum(lengths, 1e-12)).astype(np.float32)
    return normalised


def open_encoder(settings: Settings) -> Encoder | None:
    """Load the model that the settings name; None where the semantic rerank is switched off.

    Raises ConfigurationError where the extra is not installed or the model cannot be used.
    """
    if settings.semantic == "off":
        return None
    missing = [name for name in _LIBRARIES if find_spec(name) is None]
    if missing:
        raise ConfigurationError(
            f"SEARCH_SERVICE_SEMANTIC is on, but {' and '.join(missing)} of the extra `semantic` "
            f"cannot be found; {INSTALL}, or switch it off."
        )
    return _load(locate(settings.embedding_model))


def _load(files: ModelFiles) -> Encoder:
    try:
        network = _network(files)
        tokenizer = _tokenizer(files)
    except Exception as error:  # both libraries raise direct children of it, or itself
        raise ConfigurationError(
            f"The embedding model {files.onnx.parent} cannot be loaded ({error}); correct "
            "SEARCH_SERVICE_EMBEDDING_MODEL, or switch SEARCH_SERVICE_SEMANTIC off."
        ) from error
    inputs = frozenset(given.name for given in network.get_inputs())
    if not inputs <= _INPUTS or len(network.get_outputs()[0].shape) != 3:
        raise ConfigurationError(
            f"{files.onnx} is no sentence-embedding model: it must take "
            f"{', '.join(sorted(_INPUTS))} and give a vector for each token."
        )
    return Encoder(files.name, tokenizer, network, inputs)


def _network(files: ModelFiles) -> Any:
    import onnxruntime  # noqa: PLC0415 - of an extra, and slow to load

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        str(files.onnx), options, providers=["CPUExecutionProvider"]
    )


def _tokenizer(files: ModelFiles) -> Any:
    import tokenizers  # noqa: PLC0415 - of an extra

    tokenizer: Any
    if files.tokenizer.suffix == ".json":
        tokenizer = tokenizers.Tokenizer.from_file(str(files.tokenizer))
    else:
        tokenizer = tokenizers.BertWordPieceTokenizer(str(files.tokenizer), lowercase=True)
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer
