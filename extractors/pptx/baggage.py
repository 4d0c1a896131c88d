"""What travels with a deck beside its slides, counted before any slide is read.

Only small parts are opened and only the first bytes of a slide, so the count costs little.
"""

from collections.abc import Callable

from lxml import etree

from extractors.pptx.attachments import comment_texts, notes_texts
from extractors.pptx.package import Package, Relationship
from extractors.pptx.slide import says_hidden
from extractors.types import Baggage, Code, ExtractionError


def count_baggage(package: Package, slides: list[str], properties: int) -> Baggage:
    """The counts for a deck of these slide parts; `properties` are those that name people."""
    by_kind: dict[str, list[str]] = {"notesSlide": [], "comments": []}
    external = 0
    for slide in slides:
        for relationship in package.relationships(slide).values():
            external += _is_external_part(relationship)
            if relationship.kind in by_kind and not relationship.external:
                by_kind[relationship.kind].append(relationship.target)
    return Baggage(
        speaker_notes=sum(_count(package, part, notes_texts) > 0 for part in by_kind["notesSlide"]),
        comments=sum(_count(package, part, comment_texts) for part in by_kind["comments"]),
        hidden_slides=sum(is_hidden(package, slide) for slide in slides),
        embedded_workbooks=sum("/embeddings/" in name for name in package.names()),
        external_links=external,
        author_metadata=properties,
    )


def _is_external_part(relationship: Relationship) -> bool:
    return relationship.external and relationship.kind != "hyperlink"


def _count(package: Package, part: str, read: Callable[[etree._Element], list[str]]) -> int:
    try:
        return len(read(package.xml(part)))
    except KeyError:
        return 0
    except ExtractionError as error:
        if error.code is not Code.DAMAGED:
            raise
        return 0


def is_hidden(package: Package, slide: str) -> bool:
    """Tell whether a slide is hidden in the show, without reading it."""
    try:
        return says_hidden(package.root_attributes(slide))
    except KeyError:
        return False
    except ExtractionError as error:
        if error.code is not Code.DAMAGED:
            raise
        return False
