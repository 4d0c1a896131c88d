"""A deck as a Document and its slides as Pages, in the order of the show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from lxml import etree

from extractors.pptx.attachments import attachments
from extractors.pptx.baggage import count_baggage
from extractors.pptx.package import Package, local_name, relationship_id
from extractors.pptx.slide import SlideText, slide_text
from extractors.storable import characters
from extractors.types import (
    IMAGE_ONLY_BELOW,
    Code,
    Document,
    ExtractionError,
    OutlineEntry,
    Page,
    ReadWarning,
    Source,
    WarningCode,
)

_EMU_PER_POINT = 12_700
_PEOPLE = ("creator", "lastModifiedBy", "Manager", "Company")
_CUSTOM = "docProps/custom.xml"


def extract(source: Source) -> Iterator[Document | Page]:
    """The header, then the slides asked for; a bad slide is given without its text.

    Raises ExtractionError: damaged where the list of slides cannot be read, too_large,
    password_required.
    """
    with Package(source.path, source.limits) as package:
        deck = _deck(package)
        header = _header(package, deck, source.media_type)
        yield replace(header, warnings=_mended(package))
        for number, part in enumerate(deck.slides, start=1):
            if number >= source.first_page:
                yield _page(package, deck, number, part)


@dataclass(frozen=True, slots=True)
class _Deck:
    slides: list[str]
    sections: tuple[OutlineEntry, ...]
    width: float | None
    height: float | None


def header_of(package: Package, media_type: str) -> Document:
    """The header alone. Raises ExtractionError where the list of slides cannot be read."""
    return _header(package, _deck(package), media_type)


def slides_of(package: Package) -> list[str]:
    """The slide parts in the order of the show. Raises as `header_of` does."""
    return _deck(package).slides


def main_part(package: Package) -> str:
    """The part that lists the slides."""
    return next(
        (r.target for r in package.relationships("").values() if r.kind == "officeDocument"),
        "ppt/presentation.xml",
    )


def _deck(package: Package) -> _Deck:
    main = main_part(package)
    try:
        root = package.xml(main)
    except KeyError as error:
        raise ExtractionError(Code.DAMAGED, "the deck has no list of slides") from error
    if local_name(root) != "presentation":
        raise ExtractionError(Code.UNSUPPORTED_TYPE, "the archive holds no presentation")
    relationships = package.relationships(main)
    ids: dict[str, int] = {}
    slides: list[str] = []
    for entry in root.iterfind("{*}sldIdLst/{*}sldId"):
        relationship = relationships.get(relationship_id(entry) or "")
        if relationship and not relationship.external:
            slides.append(relationship.target)
            ids[entry.get("id", "")] = len(slides)
    size = root.find("{*}sldSz")
    return _Deck(slides, _sections(root, ids), _points(size, "cx"), _points(size, "cy"))


def _sections(root: etree._Element, ids: dict[str, int]) -> tuple[OutlineEntry, ...]:
    """PowerPoint's sections as an outline; each leads to its first slide."""
    found = []
    for section in root.iterfind("{*}extLst/{*}ext/{*}sectionLst/{*}section"):
        first = section.find("{*}sldIdLst/{*}sldId")
        page = None if first is None else ids.get(first.get("id", ""))
        found.append(OutlineEntry(0, section.get("name", ""), page))
    return tuple(found)


def _points(size: etree._Element | None, side: str) -> float | None:
    written = "" if size is None else size.get(side, "")
    return round(int(written) / _EMU_PER_POINT, 2) if written.isdecimal() else None


def _header(package: Package, deck: _Deck, media_type: str) -> Document:
    properties = _properties(package)
    return Document(
        media_type=media_type,
        extractor="pptx 1",
        title=properties.get("title"),
        author=properties.get("creator"),
        modified=properties.get("modified"),
        pages=len(deck.slides),
        outline=deck.sections,
        language=properties.get("language"),
        baggage=count_baggage(package, deck.slides, _telling(package, properties)),
    )


def _telling(package: Package, properties: Mapping[str, str]) -> int:
    """How many properties tell of people or companies; what their own programs wrote all do."""
    own = ("".join(str(text) for text in each.itertext()) for each in _listed(package, _CUSTOM))
    return sum(key in properties for key in _PEOPLE) + sum(bool(text.strip()) for text in own)


def _properties(package: Package) -> dict[str, str]:
    """The filled properties of `docProps` by local name; a missing or damaged part gives none."""
    found: dict[str, str] = {}
    for part in ("docProps/core.xml", "docProps/app.xml"):
        for element in _listed(package, part):
            if element.text and element.text.strip():
                found.setdefault(local_name(element), element.text.strip())
    return found


def _listed(package: Package, part: str) -> list[etree._Element]:
    """What stands in a part below its root; nothing where it is missing or damaged."""
    try:
        return list(package.xml(part))
    except KeyError:
        return []
    except ExtractionError as error:
        if error.code is not Code.DAMAGED:
            raise
        return []


def _page(package: Package, deck: _Deck, number: int, part: str) -> Page:
    try:
        text = slide_text(package.xml(part))
    except (KeyError, ExtractionError) as error:
        if isinstance(error, ExtractionError) and error.code is not Code.DAMAGED:
            raise
        return Page(number, warnings=(ReadWarning(WarningCode.PAGE_UNREADABLE, part),))
    attached = attachments(package, part)
    return Page(
        number=number,
        title=text.title,
        body=text.body,
        notes="\n".join(attached.notes) or None,
        tables=text.tables,
        alt_texts=text.alt_texts,
        chart_texts=tuple(attached.charts),
        diagram_texts=tuple(attached.diagrams),
        comments=tuple(attached.comments),
        hidden=text.hidden,
        links=_links(package, part),
        width=deck.width,
        height=deck.height,
        warnings=(*attached.warnings, *_mended(package), *_signs(text)),
    )


def _mended(package: Package) -> tuple[ReadWarning, ...]:
    return tuple(ReadWarning(WarningCode.PART_DAMAGED, part) for part in package.take_mended())


def _signs(text: SlideText) -> Iterator[ReadWarning]:
    if text.hidden:
        yield ReadWarning(WarningCode.HIDDEN)
    written = characters((text.title or "", text.body, text.tables))
    if text.has_picture and written < IMAGE_ONLY_BELOW:
        yield ReadWarning(WarningCode.NO_TEXT_BUT_IMAGE)


def _links(package: Package, part: str) -> tuple[str, ...]:
    found = package.relationships(part).values()
    addresses = (r.target for r in found if r.external and r.kind == "hyperlink" and r.target)
    return tuple(dict.fromkeys(addresses))
