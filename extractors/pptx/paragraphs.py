"""DrawingML paragraphs as text; pure functions over parsed XML."""

import re
from collections.abc import Iterator

from lxml import etree

from extractors.pptx.package import local_name

_DRAWING = (
    "{http://schemas.openxmlformats.org/drawingml/2006/main}p",
    "{http://purl.oclc.org/ooxml/drawingml/main}p",
)
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def paragraphs(root: etree._Element) -> Iterator[etree._Element]:
    """Every DrawingML paragraph under the element, in document order, empty ones included."""
    return root.iter(*_DRAWING)


def paragraph_text(paragraph: etree._Element) -> str:
    """The paragraph's runs joined, line breaks as newlines, formulas included."""
    pieces = [
        "\n" if local_name(element) == "br" else element.text or ""
        for element in paragraph.iter("{*}t", "{*}br")
    ]
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), "".join(pieces)).strip()


def texts(root: etree._Element) -> list[str]:
    """The text of every paragraph under the element that has any."""
    return [text for paragraph in paragraphs(root) if (text := paragraph_text(paragraph))]
