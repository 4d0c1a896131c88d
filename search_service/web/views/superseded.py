"""A slide's address of an older version: what it was, and where that is now. Pure."""

from dataclasses import dataclass

from search_service.catalog.versions import VersionRecord
from search_service.web.views import wording
from search_service.web.views.addresses import slide_address
from search_service.web.views.reading import MaterialHead


@dataclass(frozen=True, slots=True)
class SupersededView:
    """Says what has become of the slide, in sentences; `address` is empty where it is gone."""

    number: int
    version: int
    sentence: str
    address: str
    label: str


def superseded_of(
    head: MaterialHead, old: VersionRecord, number: int, place: int | None
) -> SupersededView:
    """Lay out the answer; `place` is where a slide that says the same stands now."""
    since = wording.day(old.superseded_at)
    sentence = (
        f"Version {old.ordinal} of this material was superseded"
        f"{f' on {since}' if since else ''}; version {head.version} is the present one. "
    )
    if place is not None:
        here = "unchanged" if place == number else f"as {head.word} {place} by now"
        sentence += f"The {head.word} stands there {here}."
        return _view(old, number, sentence, place, head)
    if number <= head.count:
        sentence += f"No {head.word} says the same any more; another stands in its place."
        return _view(old, number, sentence, number, head)
    sentence += f"The {head.word} is gone, and none stands in its place."
    return SupersededView(number, old.ordinal, sentence, "", "")


def _view(
    old: VersionRecord, number: int, sentence: str, place: int, head: MaterialHead
) -> SupersededView:
    address = slide_address(head.id, place, head.version)
    label = f"{head.word.capitalize()} {place} of the present version"
    return SupersededView(number, old.ordinal, sentence, address, label)
