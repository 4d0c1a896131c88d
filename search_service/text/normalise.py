"""Makes text fit to store and fit to index, and finds the lines that every page repeats.

It refuses to know words: no stop word, no stem, no language.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence, Set

# A running header or footer needs a few pages to be told from a coincidence.
MIN_PAGES = 4
_NUMBER = "#"  # a line of nothing but a number, as it is compared

# Line ends of every kind become \n, so that the other controls can go.
_LINE_ENDS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
# Controls but \t and \n, lone surrogates and noncharacters (PostgreSQL refuses some), and what
# prints nothing: soft hyphen, zero-width and bidirectional marks, tag characters.
_UNSTORABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(
        f"{chr(plane | 0xFFFE)}{chr(plane | 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
# NFKC would glue a trade mark (AcmeTM), a footnote mark (uptime1), a power (10⁶ as 106) or a
# fraction (2½ as 21/2) to the word before it, which nobody would find again.
_MARKS = re.compile("([™℠℡])")
_GLUED = re.compile("(?<=[^\\W\\d_]{3})(?=[¹²³⁰⁴-⁹])|(?<=\\d)(?=[¹²³⁰⁴-⁹¼-¾⅐-⅞])")
_BLANKS = re.compile(r"[^\S\n]+")
_NEWLINES = re.compile(r"\n{3,}")

# The curly forms; the primes of NFKC and the low quotes of German among them.
_STRAIGHT = str.maketrans(
    {**dict.fromkeys("‘’‚‛′ʼ", "'"), **dict.fromkeys("“”„‟″", '"'), "‐": "-", "⁄": "/"}
    # PostgreSQL's parser takes <customer name> for an XML tag and drops its words.
    | dict.fromkeys("<>", " ")
)
_JOINED = re.compile(r"(?<=[^\W_])(?:/+|_+|-(?=\d))(?=[^\W_])")

_DIGITS = re.compile(r"\d+")


def clean(text: str) -> str:
    """Return `text` as it is stored: NFKC, without what a database or a reader cannot use.

    Blanks collapse within a line (to a tab where a tab was among them: a border of cells), lines
    and the whole are trimmed, and at most one empty line stands between two others. Idempotent.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = _UNSTORABLE.sub("", text)
    text = _GLUED.sub(" ", text)
    text = "".join(
        part if part in "™℠℡" else unicodedata.normalize("NFKC", part)
        for part in _MARKS.split(text)
    )
    text = _BLANKS.sub(_one_blank, text)
    text = "\n".join(line.strip() for line in text.split("\n"))
    return _NEWLINES.sub("\n\n", text).strip()


def indexable(text: str) -> str:
    """Return cleaned `text` as PostgreSQL's parser should see it, on both sides of a match.

    A slash or underscore between word characters becomes a space, so that TCP/IP is two words, and
    so does a hyphen before a digit, which the parser takes for a sign (ISO-27001, ADVANCE-2).
    Quotes and hyphens become straight ones; angle brackets, which the parser would read as tags,
    become spaces. Case and numbers stay. Idempotent.
    """
    return _JOINED.sub(" ", text.translate(_STRAIGHT))


def folded(text: str) -> str:
    """Return `text` as a key to look it up by: case, blanks and accents aside. Idempotent."""
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(character)
    )
    return " ".join(plain.casefold().split())


def repeated_lines(pages: Sequence[str]) -> frozenset[str]:
    """Return the running headers, footers and legal lines of a document, in compared form.

    That is every line that stands on more than half of the pages, when there are at least four.
    Lines are compared casefolded, with blanks collapsed and digits as one `#`; a line without a
    letter (a page number, but also a table's figure) counts only as a page's first or last. Where
    half of the pages have no other line, these are what the document says, and none is returned.
    """
    if len(pages) < MIN_PAGES:
        return frozenset()
    compared = [[form for line in page.split("\n") if (form := _compared(line))] for page in pages]
    worded = Counter(form for forms in compared for form in set(forms) if _has_letter(form))
    common = {form for form, count in worded.items() if count * 2 > len(pages)}
    if sum(_says_nothing_beside(common, forms) for forms in compared) * 2 > len(pages):
        return frozenset()
    edges: Counter[str] = Counter()
    for forms in compared:
        rest = [form for form in forms if form not in common]
        edges.update(form for form in {*rest[:1], *rest[-1:]} if not _has_letter(form))
    common.update(form for form, count in edges.items() if count * 2 > len(pages))
    return frozenset(common)


def without_lines(text: str, lines: frozenset[str], page_number: int | None = None) -> str:
    """Return one page's `text` without those lines that `repeated_lines` found.

    Lines without a letter go only from the page's beginning and end, once each. Where page numbers
    run, a line that is nothing but the page's own goes wherever it stands: below a heading that
    is drawn above the margin, for one.
    """
    if not lines:
        return text
    kept = [
        line
        for line in text.split("\n")
        if not (_has_letter(form := _compared(line)) and form in lines)
    ]
    numbered = False
    for edge in (0, -1):
        index = _filled(kept, edge)
        if (
            index is not None
            and (form := _compared(kept[index])) in lines
            and not _has_letter(form)
        ):
            del kept[index]
            numbered = True
    if not numbered and _NUMBER in lines and page_number and str(page_number) in kept:
        kept.remove(str(page_number))
    return "\n".join(kept)


def _one_blank(run: re.Match[str]) -> str:
    return "\t" if "\t" in run[0] else " "


def _compared(line: str) -> str:
    return _DIGITS.sub("#", " ".join(line.casefold().split()))


def _says_nothing_beside(common: Set[str], forms: Sequence[str]) -> bool:
    worded = [form for form in forms if _has_letter(form)]
    return bool(worded) and set(worded) <= common


def _has_letter(line: str) -> bool:
    return any(character.isalpha() for character in line)


def _filled(lines: Sequence[str], edge: int) -> int | None:
    """The index of the first (edge 0) or last (edge -1) line that holds anything."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    return filled[edge] if filled else None
