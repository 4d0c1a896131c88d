"""What hangs on a slide by relationship: notes, charts, diagrams, comments.

It reads their text; which of them a deck carries in all is counted in `baggage`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from extractors.pptx.package import Package, local_name
from extractors.pptx.paragraphs import texts
from extractors.types import Code, ExtractionError, ReadWarning, WarningCode


@dataclass(slots=True)
class Attachments:
    """The texts of one slide's attachments, by kind, and what could not be read of them."""

    notes: list[str] = field(default_factory=list)
    charts: list[str] = field(default_factory=list)
    diagrams: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    warnings: list[ReadWarning] = field(default_factory=list)


def attachments(package: Package, slide_part: str) -> Attachments:
    """Everything that the slide's relationships lead to; a bad part leaves a warning only."""
    found = Attachments()
    targets: dict[str, list[str]] = {
        "notesSlide": found.notes,
        "chart": found.charts,
        "chartEx": found.charts,
        "diagramData": found.diagrams,
        "comments": found.comments,
    }
    for relationship in package.relationships(slide_part).values():
        if relationship.kind not in targets or relationship.external:
            continue
        try:
            read = _READERS[relationship.kind]
            targets[relationship.kind].extend(read(package.xml(relationship.target)))
        except KeyError:
            found.warnings.append(ReadWarning(WarningCode.PART_MISSING, relationship.target))
        except ExtractionError as error:
            if error.code is not Code.DAMAGED:
                raise
            found.warnings.append(ReadWarning(WarningCode.PART_DAMAGED, relationship.target))
    return found


def notes_texts(root: etree._Element) -> list[str]:
    """The notes themselves: the body placeholder, not the slide number or the header."""
    return [
        text
        for shape in root.iter("{*}sp")
        if (placeholder := shape.find("{*}nvSpPr/{*}nvPr/{*}ph")) is not None
        and placeholder.get("type") == "body"
        for text in texts(shape)
    ]


def comment_texts(root: etree._Element) -> list[str]:
    """Comments and their replies, in the old form (`text`) and in the new one (paragraphs)."""
    old = [(element.text or "").strip() for element in root.iter("{*}text")]
    return [text for text in old if text] + texts(root)


def chart_texts(root: etree._Element) -> list[str]:
    """Titles, then the cached names of categories and series; cached numbers are left out."""
    return texts(root) + list(_cached_names(root))


def _cached_names(root: etree._Element) -> Iterator[str]:
    for cache in root.iter("{*}strCache", "{*}multiLvlStrCache"):
        for value in cache.iter("{*}v"):
            if value.text and value.text.strip():
                yield value.text.strip()
    for dimension in root.iter("{*}strDim"):
        for point in dimension.iter("{*}pt"):
            if point.text and point.text.strip():
                yield point.text.strip()
    for name in root.iter("{*}txData"):
        for value in name.iter("{*}v"):
            if value.text and local_name(value) == "v":
                yield value.text.strip()


_READERS: dict[str, Callable[[etree._Element], list[str]]] = {
    "notesSlide": notes_texts,
    "chart": chart_texts,
    "chartEx": chart_texts,
    "diagramData": texts,
    "comments": comment_texts,
}
