"""Conditional requests: what If-Match and If-None-Match say. RFC 9110, section 13."""

from hashlib import sha256

from search_service.errors import InvalidInputError, PreconditionRequiredError

_BESIDE = "."


def expected(if_match: str | None) -> str | None:
    """Give the state that a change is based on; None for `*`, whatever the state is.

    Raises PreconditionRequiredError without the field, InvalidInputError for several tags.
    """
    if if_match is None or not if_match.strip():
        raise PreconditionRequiredError(
            "Say which state you change: read it, and send its ETag back as If-Match."
        )
    tags = _tags(if_match)
    if tags == ["*"]:
        return None
    if len(tags) != 1:
        raise InvalidInputError("If-Match takes one ETag here, or `*`.", field="If-Match")
    state, mark, _ = tags[0].partition(_BESIDE)
    return f'{state}"' if mark else state


def shown_with(etag: str, beside: object) -> str:
    """Give the tag of a state that is shown with something that changes without it.

    A change may be based on it: `expected` gives the state alone.
    """
    mark = sha256(repr(beside).encode()).hexdigest()[:12]
    return etag[:-1] + f'{_BESIDE}{mark}"'


def is_unchanged(if_none_match: str | None, etag: str) -> bool:
    """Tell whether the client holds this state already."""
    return if_none_match is not None and not {"*", etag}.isdisjoint(_tags(if_none_match))


def _tags(header: str) -> list[str]:
    # Proxies that compress make a tag weak; the state behind it is the same.
    return [tag.strip().removeprefix("W/") for tag in header.split(",")]
