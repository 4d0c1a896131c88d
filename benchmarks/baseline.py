"""The ranking that ours is compared with: BM25 by bm25s over title and text.

bm25s and PyStemmer are in the dependency group `bench`.
"""

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from benchmarks.judged import Run

K1 = 1.2
B = 0.75
MISSING = "No baseline: bm25s or PyStemmer is not installed (uv sync --group bench)."


def is_installed() -> bool:
    return all(find_spec(name) for name in ("bm25s", "Stemmer"))


def rank(
    documents: Iterable[Mapping[str, str]], queries: Sequence[Mapping[str, str]], depth: int
) -> Run:
    """Give the best `depth` documents for each query, without those that hold none of its words.

    English stop words of bm25s, Snowball's English stemmer; k1 and b as above.
    """
    kept = list(documents)
    index = import_module("bm25s").BM25(k1=K1, b=B)
    texts = [f"{document['title']} {document['text']}" for document in kept]
    index.index(_tokens(texts), show_progress=False)
    places, scores = index.retrieve(
        _tokens([query["text"] for query in queries]), k=min(depth, len(kept)), show_progress=False
    )
    return {
        query["id"]: [
            (kept[place]["id"], float(value))
            for place, value in zip(*ranked, strict=True)
            if value > 0
        ]
        for query, *ranked in zip(queries, places, scores, strict=True)
    }


def _tokens(texts: Sequence[str]) -> Any:
    stemmer = import_module("Stemmer").Stemmer("english")
    return import_module("bm25s").tokenize(
        texts, stopwords="en", stemmer=stemmer, show_progress=False
    )
