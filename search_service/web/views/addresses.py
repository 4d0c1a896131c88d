"""Addresses of pages: the search state that an address holds, and which targets are our own. Pure.

The address of a search is its only state: it can be shared, bookmarked and reloaded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

from search_service.insights.clicks import MAX_POSITION
from search_service.search.query import MAX_CHARACTERS, shortened
from search_service.search.request import SearchRequest, Sort
from search_service.search.tree import Field
from search_service.text.normalise import clean

# One more than is read of a question, which is told that it was cut.
MAX_TEXT = MAX_CHARACTERS + 1
MAX_VALUES = 64
MAX_VALUE = 255
_MAX_CURSOR = 5_000
_MAX_TARGET = 2_000
_FIELDS = {member.value: member for member in Field}
_SORTS = {member.value: member for member in Sort}


@dataclass(frozen=True, slots=True)
class Trail:
    """The search that a list of hits belongs to, and how many of its hits stand before the list."""

    search_id: UUID
    before: int = 0

    @classmethod
    def read(cls, search: str, number: str) -> Self | None:
        """Read what an address says; None where that is no search, or a number out of range."""
        try:
            trail = cls(UUID(search), int(number) if number.isascii() else -1)
        except ValueError:
            return None
        return trail if 0 <= trail.before <= MAX_POSITION else None

    def mark(self, address: str, place: int) -> str:
        """Give the address of the hit at `place` of the list, from 1, so that opening it counts."""
        joint = "&" if "?" in address else "?"
        return f"{address}{joint}search={self.search_id}&at={self.before + place}"


@dataclass(frozen=True, slots=True)
class SearchState:
    """What an address asks of the search page; `verbatim` refuses corrections.

    `asked` is False for the bare address, which is the start page.
    """

    text: str = ""
    chosen: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    verbatim: bool = False
    cursor: str | None = None
    asked: bool = False
    trail: Trail | None = None
    """Of a further page: whose hits it goes on with."""

    @classmethod
    def read(cls, parameters: Iterable[tuple[str, str]]) -> Self:
        """Read query parameters; those unknown or out of range are left out, never an error."""
        last: dict[str, str] = {}
        chosen: dict[Field, dict[str, None]] = {}
        for name, value in parameters:
            if name in _FIELDS:
                values = chosen.setdefault(_FIELDS[name], {})
                if value and len(value) <= MAX_VALUE and len(values) < MAX_VALUES:
                    values[value] = None
            else:
                last[name] = value
        kept = {field: tuple(values) for field, values in chosen.items() if values}
        cursor = last.get("cursor") or None
        return cls(
            text=_one_line(last.get("q", ""))[:MAX_TEXT],
            chosen=kept,
            sort=_SORTS.get(last.get("sort", ""), Sort.RELEVANCE),
            verbatim=last.get("exact") == "1",
            cursor=cursor if cursor and len(cursor) <= _MAX_CURSOR else None,
            asked="q" in last or bool(kept),
            trail=Trail.read(last.get("search", ""), last.get("before", "")) if cursor else None,
        )

    @property
    def address(self) -> str:
        """The address that asks the same; the same state always gives the same text."""
        pairs: list[tuple[str, object]] = [("q", self.text)]
        pairs += [(name, value) for name in Field for value in self.chosen.get(name, ())]
        pairs += [("sort", self.sort.value)] if self.sort is not Sort.RELEVANCE else []
        pairs += [("exact", "1")] if self.verbatim else []
        pairs += [("cursor", self.cursor)] if self.cursor else []
        if self.cursor and self.trail:
            pairs += [("search", self.trail.search_id), ("before", self.trail.before)]
        return f"/?{urlencode(pairs)}"

    def request(self) -> SearchRequest:
        """Give what is asked of search."""
        return SearchRequest(
            text=self.text,
            selection=self.chosen,
            sort=self.sort,
            cursor=self.cursor,
            correct=not self.verbatim,
        )

    def without(self, name: Field, value: str) -> "SearchState":
        """Give the state with one chosen value removed, from its first page on."""
        left = tuple(kept for kept in self.chosen.get(name, ()) if kept != value)
        chosen = {key: values for key, values in self.chosen.items() if key is not name}
        return replace(self, chosen=chosen | ({name: left} if left else {}), cursor=None)

    def without_filters(self) -> "SearchState":
        return replace(self, chosen={}, cursor=None)

    def asking(self, text: str, *, verbatim: bool = False) -> "SearchState":
        """Give the state with other words."""
        return replace(self, text=text, verbatim=verbatim, cursor=None)

    def continued(self, cursor: str, trail: Trail | None) -> "SearchState":
        """Give the state of the next page, whose hits go on with those of `trail`."""
        return replace(self, cursor=cursor, trail=trail)


def material_address(material_id: int) -> str:
    return f"/m/{material_id}"


def slide_address(material_id: int, number: int, version: int | None = None) -> str:
    """Give a slide's permanent address; with `version` that of the version that was seen."""
    suffix = "" if version is None else f"?v={version}"
    return f"/m/{material_id}/s/{number}{suffix}"


def image_address(material_id: int, number: int, version: int) -> str:
    """Give the picture of a page of a version; with `&size=thumb` behind it the small one."""
    return f"/m/{material_id}/s/{number}/image?v={version}"


def check_address(content_hash: str, material_id: int, version: int) -> str:
    """Give the address that says what became of a cited passage, as the API gives it."""
    return f"/api/v1/citations/{content_hash}?material_id={material_id}&version={version}"


def _one_line(text: str) -> str:
    return " ".join(clean(shortened(text)).split())


def sign_in_address(target: str) -> str:
    """Give the sign-in page that leads back to `target`."""
    return "/sign-in" if target == "/" else f"/sign-in?next={quote(target, safe='')}"


def local_target(wanted: str | None) -> str:
    r"""Give `wanted` if it is a path of this service that may be opened after signing in, else "/".

    Browsers read `\\` as `/` and drop tabs and newlines, so none of them may stand in it.
    """
    if not wanted or len(wanted) > _MAX_TARGET or not wanted.startswith("/"):
        return "/"
    if wanted.startswith("//") or any(char == "\\" or ord(char) <= 32 for char in wanted):
        return "/"
    try:
        parsed = urlsplit(wanted)
    except ValueError:
        return "/"
    if parsed.scheme or parsed.netloc or parsed.path.startswith(("/sign-", "/api/", "/setup")):
        return "/"
    return wanted
