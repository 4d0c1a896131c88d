"""Parts and relationships of an Office package; it knows nothing of slides.

Namespaces are matched by local name throughout, because strict files use other ones than
transitional files for the same elements.
"""

import posixpath
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from extractors.archive import Archive
from extractors.limits import Limits
from extractors.types import Code, ExtractionError

_HEAD_BYTES = 4096


class Relationship(NamedTuple):
    """`kind` is the last word of the relationship's type; `target` a part, or an address."""

    kind: str
    target: str
    external: bool
    type: str = ""
    """In full, as the file writes it."""


class Package(Archive):
    """An archive whose parts are XML and refer to each other."""

    def __init__(self, path: Path, limits: Limits) -> None:
        super().__init__(path, limits)
        self._relationships: dict[str, dict[str, Relationship]] = {}
        self._mended: list[str] = []

    def xml(self, part: str) -> etree._Element:
        """The part's root element, as far as it parses; `take_mended` names a part cut short.

        Raises KeyError where there is no such part, ExtractionError where it is not plain XML.
        """
        data = self.read(part)
        try:
            root = etree.fromstring(data, _parser())
        except (etree.XMLSyntaxError, ValueError) as error:
            mended = etree.fromstring(data, _parser(recover=True)) if data else None
            if mended is None:
                raise ExtractionError(Code.DAMAGED, f"{part} is not XML") from error
            self._mended.append(part)
            root = mended
        if root.getroottree().docinfo.doctype:
            raise ExtractionError(Code.DAMAGED, f"{part} declares a document type")
        return root

    def root_attributes(self, part: str) -> dict[str, str]:
        """The attributes of the part's root element; its first bytes are read, all where need be.

        Raises KeyError where there is no such part.
        """
        for first_bytes in (_HEAD_BYTES, None):
            parser = _opening_parser()
            parser.feed(self.read(part, first_bytes))
            for _, root in parser.read_events():
                return {str(name): str(value) for name, value in root.items()}
        return {}

    def take_mended(self) -> list[str]:
        """The parts that did not parse to their end since the last call."""
        taken, self._mended = self._mended, []
        return taken

    def relationships(self, part: str) -> dict[str, Relationship]:
        """The part's relationships by identifier; none where the list is missing or damaged."""
        if part not in self._relationships:
            self._relationships[part] = self._read_relationships(part)
        return self._relationships[part]

    def _read_relationships(self, part: str) -> dict[str, Relationship]:
        folder, name = posixpath.split(part)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        try:
            root = self.xml(listed)
        except KeyError:
            return {}
        except ExtractionError as error:
            if error.code is not Code.DAMAGED:
                raise
            return {}
        found = {}
        for element in root.iter("{*}Relationship"):
            external = element.get("TargetMode") == "External"
            target = element.get("Target", "")
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            written = element.get("Type", "")
            kind = written.rsplit("/", 1)[-1]
            found[element.get("Id", "")] = Relationship(kind, target, external, written)
        return found


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace; empty for comments and instructions."""
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def relationship_id(element: etree._Element) -> str | None:
    """The element's `r:id`, in whichever namespace the file writes it."""
    return next((value for name, value in element.items() if str(name).endswith("}id")), None)


def _parser(*, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _opening_parser() -> etree.XMLPullParser[etree._Element]:
    """Of the first element, given as soon as its tag has come to its end."""
    return etree.XMLPullParser(
        ("start",),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
