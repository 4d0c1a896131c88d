"""Batches and pooling, with a network whose answer is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.embedding.encoder import BATCH, MAX_CHARACTERS, Encoder, pooled


@dataclass
class Letters:
    """Each character is a token."""

    @dataclass
    class Encoding:
        ids: Sequence[int]

    seen: list[str] = field(default_factory=list)

    def encode(self, text: str) -> Encoding:
        self.seen.append(text)
        return self.Encoding([ord(letter) for letter in text] or [1])


@dataclass
class OneHot:
    """The vector of a token has a 1 in the place of its number modulo 16; padding has them all."""

    feeds: list[Mapping[str, Any]] = field(default_factory=list)

    def run(self, output_names: None, input_feed: Mapping[str, Any]) -> Sequence[Any]:
        assert output_names is None
        self.feeds.append(input_feed)
        ids = input_feed["input_ids"]
        return [np.where(ids[:, :, None] == 0, 1.0, np.eye(16)[ids % 16])]


def alone(text: str) -> Any:
    return Encoder("m", Letters(), OneHot()).encode([text])[0]


@given(st.lists(st.text(alphabet="abcdefgh", max_size=20), max_size=3 * BATCH))
def test_a_text_has_the_same_vector_whatever_stands_beside_it(texts: list[str]) -> None:
    vectors = Encoder("m", Letters(), OneHot()).encode(texts)

    assert len(vectors) == len(texts)
    for text, vector in zip(texts, vectors, strict=True):
        assert vector == pytest.approx(alone(text), abs=1e-6)
        assert np.linalg.norm(vector) == pytest.approx(1)


def test_texts_run_in_batches_of_like_length() -> None:
    network = OneHot()
    Encoder("m", Letters(), network).encode(["a" * (1 + number % 9) for number in range(30)])

    shapes = [feed["input_ids"].shape for feed in network.feeds]
    assert [rows for rows, _ in shapes] == [BATCH, BATCH, BATCH, 30 % BATCH]
    assert [tokens for _, tokens in shapes] == [2, 5, 7, 9]


def test_the_network_gets_only_the_inputs_that_it_has() -> None:
    network = OneHot()
    Encoder("m", Letters(), network, frozenset({"input_ids"})).encode(["a"])

    assert set(network.feeds[0]) == {"input_ids"}


def test_a_long_text_is_cut_before_it_is_tokenised() -> None:
    tokenizer = Letters()
    Encoder("m", tokenizer, OneHot()).encode(["a" * (MAX_CHARACTERS + 1)])

    assert len(tokenizer.seen[0]) == MAX_CHARACTERS


def test_the_mean_leaves_padding_out_and_has_length_1() -> None:
    hidden = np.array([[[3.0, 0.0], [1.0, 4.0], [50.0, 50.0]]])

    [vector] = pooled(hidden, np.array([[1, 1, 0]]))

    assert vector == pytest.approx([0.5**0.5, 0.5**0.5])


def test_nothing_is_no_reason_to_fail() -> None:
    assert len(Encoder("m", Letters(), OneHot()).encode([])) == 0
    assert pooled(np.zeros((1, 2, 4)), np.array([[1, 0]])).tolist() == [[0.0] * 4]
