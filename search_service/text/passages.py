"""Splits a page into passages short enough to rank fairly, at the most natural borders.

It counts words as runs of non-blanks and knows no lexeme and no language.
"""

import re
from dataclasses import dataclass
from hashlib import sha256

MAX_WORDS = 250


@dataclass(frozen=True, slots=True)
class PassageText:
    """One passage; `body` is the page's body[char_start:char_end].

    `part` counts from 0 within the page; `content_hash` is 64 hex digits, equal for texts that
    differ only in case and blanks.
    """

    part: int
    title: str
    body: str
    char_start: int
    char_end: int
    content_hash: str


def split(title: str, body: str, max_words: int = MAX_WORDS) -> list[PassageText]:
    """Split a page into passages of at most `max_words` words of body, in reading order.

    A short page is one passage, a page without a word none. Every passage carries the title; every
    word of the body stands in exactly one. Among the borders that leave every passage at least a
    third full the strongest wins (empty line, end of a paragraph or list item, sentence, line,
    word), then the one that leaves the passages most even.
    """
    words = [match.span() for match in re.finditer(r"\S+", body)]
    if not words:
        return [_passage(0, title, body, 0, 0)] if title.strip() else []
    passages: list[PassageText] = []
    first = 0
    while first < len(words):
        end = _cut(body, words, first, max(1, max_words))
        span = words[first][0], words[end - 1][1]
        passages.append(_passage(len(passages), title, body, *span))
        first = end
    return passages


def content_hash(title: str, body: str) -> str:
    """Return the sha256 of title and body, casefolded and with blanks collapsed."""
    text = "\n".join(" ".join(part.casefold().split()) for part in (title, body))
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _passage(part: int, title: str, body: str, start: int, end: int) -> PassageText:
    text = body[start:end]
    return PassageText(part, title, text, start, end, content_hash(title, text))


def _cut(body: str, words: list[tuple[int, int]], first: int, max_words: int) -> int:
    """The index of the word that begins the next passage."""
    left = len(words) - first
    if left <= max_words:
        return len(words)
    parts = -(-left // max_words)
    target = first + left / parts
    least = max(1, max_words // 3)
    return max(
        range(first + least, min(first + max_words, len(words) - least) + 1),
        key=lambda index: (_strength(body, words, index), -abs(index - target)),
    )


def _strength(body: str, words: list[tuple[int, int]], index: int) -> int:
    """How natural a border stands before word `index`: 4 empty line … 0 none."""
    before, after = words[index - 1], words[index]
    newlines = body.count("\n", before[1], after[0])
    if newlines > 1:
        return 4
    ends = body[before[0] : before[1]].rstrip("\"'”’)»]")[-1:] in tuple(".!?:;…")
    follows = body[after[0]]
    opens = not follows.islower()
    if newlines:
        return 3 if ends or opens else 1
    return 2 if ends and opens else 0
