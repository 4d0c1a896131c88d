"""Conditional requests: what If-Match and If-None-Match say. RFC 9110, section 13."""

from search_service.errors import InvalidInputError, PreconditionRequiredError


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
    return tags[0]


def is_unchanged(if_none_match: str | None, etag: str) -> bool:
    """Tell whether the client holds this state already."""
    return if_none_match is not None and not {"*", etag}.isdisjoint(_tags(if_none_match))


def _tags(header: str) -> list[str]:
    # Proxies that compress make a tag weak; the state behind it is the same.
    return [tag.strip().removeprefix("W/") for tag in header.split(",")]
