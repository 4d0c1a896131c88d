"""The provider's look: owns colours, the legal line and the blank deck, knows no content."""

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.util import Emu, Inches

COMPANY = "Altostrate Cloud"
NAVY = "0B1F3A"
INK = "22303F"
GREY = "66717E"
MIST = "EEF2F6"
FONT = "Calibri"

_ACCENTS = {
    "Public Cloud": ("0072C6", "4FB3E8"),
    "Private Cloud": ("5B3FA8", "A893DD"),
    "Bare Metal": ("C8460B", "F0A070"),
    "Hosting & Collaboration": ("0B8A5F", "74C9A6"),
}

_LEGAL_LINES = {
    "en": "© 2026 Altostrate Cloud SAS. Prices exclude VAT and may change. Not contractual.",
    "fr": "© 2026 Altostrate Cloud SAS. Prix hors taxes, révisables. Document non contractuel.",
    "de": "© 2026 Altostrate Cloud SAS. Preise zzgl. MwSt., Änderungen vorbehalten. Unverbindlich.",
}
_CONFIDENTIAL = {
    "en": "Internal – do not share with customers.",
    "fr": "Interne – ne pas diffuser aux clients.",
    "de": "Intern – nicht an Kunden weitergeben.",
}

SLIDE_WIDTH = Inches(13.333)
SLIDE_HEIGHT = Inches(7.5)
LAYOUTS = {"title": 0, "content": 1, "comparison": 4, "title-only": 5}

_NAMESPACES = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
}


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a slide in inches."""

    left: float
    top: float
    width: float
    height: float


def accent_of(universe: str) -> str:
    return _ACCENTS[universe][0]


def light_accent_of(universe: str) -> str:
    return _ACCENTS[universe][1]


def legal_line(language: str, audience: str) -> str:
    """The line that recurs at the foot of every page."""
    line = _LEGAL_LINES[language]
    return f"{line} {_CONFIDENTIAL[language]}" if audience == "INTERNAL" else line


def author_of(owner: str) -> str:
    """`claire.pmm@demo.example` signs as `Claire Pmm`."""
    return owner.partition("@")[0].replace(".", " ").title()


def open_blank_deck(universe: str) -> Any:
    """A presentation without slides in the universe's colours."""
    return Presentation(BytesIO(_blank_deck(universe)))


def place(shape: Any, box: Box) -> None:
    shape.left, shape.top = Inches(box.left), Inches(box.top)
    shape.width, shape.height = Inches(box.width), Inches(box.height)


@cache
def _blank_deck(universe: str) -> bytes:
    deck = Presentation()
    deck.slide_width, deck.slide_height = SLIDE_WIDTH, SLIDE_HEIGHT
    _recolour(deck, universe)
    _shape_master(deck.slide_master)
    for at, layout in reversed(list(enumerate(deck.slide_layouts))):
        if at not in LAYOUTS.values():
            deck.slide_layouts.remove(layout)
    for layout in deck.slide_layouts:
        _shape_layout(layout)
    stream = BytesIO()
    deck.save(stream)
    return stream.getvalue()


def _recolour(deck: Any, universe: str) -> None:
    part = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme: Any = etree.fromstring(part.blob)
    accent, light = _ACCENTS[universe]
    colours = {"dk2": NAVY, "lt2": MIST, "accent1": accent, "accent2": light}
    colours |= {"accent3": NAVY, "accent4": "F2B134", "accent5": GREY, "accent6": "2A9D8F"}
    for name, value in colours.items():
        slot = theme.find(f".//a:clrScheme/a:{name}", _NAMESPACES)
        slot[:] = [etree.Element(f"{{{_NAMESPACES['a']}}}srgbClr", val=value)]
    for latin in theme.iterfind(".//a:fontScheme/*/a:latin", _NAMESPACES):
        latin.set("typeface", FONT)
    part._blob = etree.tostring(theme, xml_declaration=True, encoding="UTF-8", standalone=True)  # noqa: SLF001 - python-pptx has no way to write a theme


_MASTER_BOXES = {
    "TITLE": Box(0.6, 0.35, 10.6, 0.85),
    "BODY": Box(0.6, 1.9, 12.1, 4.8),
    "FOOTER": Box(0.6, 6.98, 10.4, 0.35),
    "SLIDE_NUMBER": Box(11.7, 6.98, 1.0, 0.35),
}
_TEXT_SIZES = {1: 2000, 2: 1700, 3: 1500, 4: 1400, 5: 1400}


def _shape_master(master: Any) -> None:
    for shape in list(master.placeholders):
        kind = shape.placeholder_format.type.name
        if kind == "DATE":
            shape._element.getparent().remove(shape._element)  # noqa: SLF001 - no public removal
        else:
            place(shape, _MASTER_BOXES[kind])
    tree = master.shapes._spTree  # noqa: SLF001 - masters refuse add_shape
    bands = (
        (Box(0, 0, 13.333, 0.14), "accent1", ""),
        (Box(0, 6.9, 13.333, 0.6), "bg2", ""),
        (Box(11.3, 0.42, 1.5, 0.4), "", "Altostrate"),
    )
    for at, (box, colour, text) in enumerate(bands):
        tree.insert(2 + at, _decoration(90 + at, box, colour, text))
    _style_text(master._element)  # noqa: SLF001 - text styles have no public face


def _style_text(master: Any) -> None:
    styles = master.find("p:txStyles", _NAMESPACES)
    title = styles.find("p:titleStyle/a:lvl1pPr", _NAMESPACES)
    title.set("algn", "l")
    run = title.find("a:defRPr", _NAMESPACES)
    run.set("sz", "2700")
    run.set("b", "1")
    run.find("a:solidFill/a:schemeClr", _NAMESPACES).set("val", "tx2")
    for level, size in _TEXT_SIZES.items():
        style = styles.find(f"p:bodyStyle/a:lvl{level}pPr", _NAMESPACES)
        style.find("a:defRPr", _NAMESPACES).set("sz", str(size))
        style.find("a:spcBef/a:spcPct", _NAMESPACES).set("val", "40000")
    for footer in master.iterfind(".//p:sp", _NAMESPACES):
        kind = footer.find(".//p:ph", _NAMESPACES)
        if kind is not None and kind.get("type") in {"ftr", "sldNum"}:
            style = footer.find(".//a:lvl1pPr", _NAMESPACES)
            style.set("algn", "l" if kind.get("type") == "ftr" else "r")
            style.find("a:defRPr", _NAMESPACES).set("sz", "1000")


_LAYOUT_BOXES = {
    "Title Slide": {0: Box(0.9, 2.2, 9.6, 1.7), 1: Box(0.9, 4.1, 9.6, 1.2)},
    "Comparison": {
        0: _MASTER_BOXES["TITLE"],
        1: Box(0.6, 1.85, 5.9, 0.55),
        2: Box(0.6, 2.45, 5.9, 4.25),
        3: Box(6.8, 1.85, 5.9, 0.55),
        4: Box(6.8, 2.45, 5.9, 4.25),
    },
}


def _shape_layout(layout: Any) -> None:
    boxes = _LAYOUT_BOXES.get(layout.name, {0: _MASTER_BOXES["TITLE"], 1: _MASTER_BOXES["BODY"]})
    for shape in list(layout.placeholders):
        kind = shape.placeholder_format
        if kind.type.name == "DATE":
            shape._element.getparent().remove(shape._element)  # noqa: SLF001 - no public removal
        else:
            place(shape, boxes.get(kind.idx) or _MASTER_BOXES[kind.type.name])
    if layout.name == "Title Slide":
        tree = layout.shapes._spTree  # noqa: SLF001 - layouts refuse add_shape
        bands = (
            (Box(0, 0, 13.333, 7.5), "tx2", ""),
            (Box(11.2, 0, 2.133, 7.5), "accent1", ""),
            (Box(10.9, 0, 0.3, 7.5), "accent2", ""),
        )
        for at, (box, colour, text) in enumerate(bands):
            tree.insert(2 + at, _decoration(80 + at, box, colour, text))


def _decoration(shape_id: int, box: Box, colour: str, text: str) -> Any:
    """A rectangle or a word mark that belongs to the theme and carries no content."""
    left, top, width, height = (Emu(Inches(v)) for v in (box.left, box.top, box.width, box.height))
    fill = f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>' if colour else "<a:noFill/>"
    run = (
        '<a:pPr algn="r"/><a:r><a:rPr lang="en-GB" sz="1400" b="1"><a:solidFill>'
        f'<a:schemeClr val="accent1"/></a:solidFill></a:rPr><a:t>{text}</a:t></a:r>'
        if text
        else ""
    )
    return parse_xml(
        f'<p:sp xmlns:a="{_NAMESPACES["a"]}" xmlns:p="{_NAMESPACES["p"]}"><p:nvSpPr>'
        f'<p:cNvPr id="{shape_id}" name="Band {shape_id}"/><p:cNvSpPr/><p:nvPr userDrawn="1"/>'
        f'</p:nvSpPr><p:spPr><a:xfrm><a:off x="{left}" y="{top}"/>'
        f'<a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
        f"</a:prstGeom>{fill}<a:ln><a:noFill/></a:ln></p:spPr>"
        f"<p:txBody><a:bodyPr/><a:lstStyle/><a:p>{run}</a:p></p:txBody></p:sp>"
    )
