"""What a material's metadata may be: one place for limits, names and spellings. Pure.

It checks values, not rights, and does not know which personas, segments or users exist.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Any, TypeAlias, TypeVar

from search_service.db.enums import MaterialAudience, MaterialType
from search_service.errors import InvalidInputError
from search_service.text.normalise import clean

MAX_DESCRIPTION = 10_000
MAX_ITEMS = 50
MAX_LINKS = 100
MAX_ID = 2**31 - 1

Rule: TypeAlias = Callable[[Any], Any]
Kind = TypeVar("Kind", bound=Enum)


def validated(given: Mapping[str, Any]) -> dict[str, Any]:
    """Give the fields as they are stored; fields not named stay out.

    Blank texts become None, lists lose blanks and repeats, enum names may be written in any case
    and with spaces. Raises InvalidInputError with `errors`: a sentence for each wrong field.
    """
    return checked(RULES, given)


def checked(rules: Mapping[str, Rule], given: Mapping[str, Any]) -> dict[str, Any]:
    """Give each field as its rule makes it. Raises InvalidInputError as `validated` does."""
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field, value in given.items():
        if field not in rules:
            errors[field] = f"There is no field {field!r}; there are {', '.join(rules)}."
            continue
        try:
            values[field] = rules[field](value)
        except ValueError as error:
            errors[field] = str(error)
    if errors:
        raise InvalidInputError(
            " ".join(f"{field}: {sentence}" for field, sentence in errors.items()), errors=errors
        )
    return values


def name_of(kind: type[Kind], value: object) -> Kind:
    """Give the member of an enumeration that `value` names. Raises ValueError listing them all."""
    if isinstance(value, kind):
        return value
    written = "_".join(str(value).replace("-", " ").replace("_", " ").upper().split())
    members = kind.__members__
    for name in (written, f"PRODUCT_{written}"):
        if name in members:
            return members[name]
    raise ValueError(f"{value!r} is none of {', '.join(members)}.")


def line(value: Any, max_length: int) -> str | None:
    """Give one line of text, None for a blank one. Raises ValueError."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("must be text.")  # noqa: TRY004 - one error for every wrong value
    text = " ".join(clean(value).split())
    if len(text) > max_length:
        raise ValueError(f"has {len(text)} characters, at most {max_length} are allowed.")
    return text or None


def filled_line(value: Any, max_length: int) -> str:
    """Give one line of text that is not blank. Raises ValueError."""
    text = line(value, max_length)
    if text is None:
        raise ValueError("must not be empty.")
    return text


def prose(value: Any, max_length: int) -> str | None:
    """Give cleaned text of any number of lines, None for a blank one. Raises ValueError."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("must be text.")  # noqa: TRY004 - as above
    text = clean(value)
    if len(text) > max_length:
        raise ValueError(f"has {len(text)} characters, at most {max_length} are allowed.")
    return text or None


def lines(value: Any, max_length: int, max_items: int = MAX_ITEMS) -> list[str]:
    """Give a list of lines without blanks and repeats (case aside). Raises ValueError."""
    if value is None:
        return []
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValueError("must be a list of texts.")  # noqa: TRY004 - as above
    texts = [text for item in value if (text := line(item, max_length))]
    unique = list({text.casefold(): text for text in reversed(texts)}.values())[::-1]
    if len(unique) > max_items:
        raise ValueError(f"has {len(unique)} items, at most {max_items} are allowed.")
    return unique


def day(value: Any) -> date | None:
    """Give a date from ISO 8601 (2026-12-31). Raises ValueError."""
    if value is None or value == "":
        return None
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise ValueError(f"{value!r} is no date; write it as 2026-12-31.") from error


def _id(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MAX_ID:
        raise ValueError(f"{value!r} is no id.")
    return value


def _ids(value: Any) -> list[int]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValueError("must be a list of ids.")  # noqa: TRY004 - as above
    ids = sorted({_id(item) for item in value})
    if len(ids) > MAX_LINKS:
        raise ValueError(f"has {len(ids)} ids, at most {MAX_LINKS} are allowed.")
    return ids


RULES: Mapping[str, Rule] = {
    "name": lambda value: filled_line(value, 255),
    "description": lambda value: prose(value, MAX_DESCRIPTION),
    "material_type": lambda value: name_of(MaterialType, value),
    "audience": lambda value: name_of(MaterialAudience, value),
    "product_name": lambda value: line(value, 255),
    "universe_name": lambda value: line(value, 100),
    "version": lambda value: line(value, 50),
    "tags": lambda value: lines(value, 100),
    "keywords": lambda value: lines(value, 100),
    "use_cases": lambda value: lines(value, 500),
    "pain_points": lambda value: lines(value, 500),
    "review_by": day,
    "expires_on": day,
    "owner_id": lambda value: None if value is None else _id(value),
    "persona_ids": _ids,
    "segment_ids": _ids,
}
# Where each field lives; all others are columns of materials.
DETAIL_FIELDS = frozenset({"review_by", "expires_on"})
LINK_FIELDS = frozenset({"persona_ids", "segment_ids"})
