"""A clean copy of a deck, of all its slides or of some: built anew from what a reader may have.

The copy is followed together from the list of slides, by the kinds of relationship that
`copy_parts` names; hidden slides are never among them. Parts get new names, as their own ones may
tell of people.
Not taken out: cropped parts of pictures, shapes beside the slide or under others, and what a film
says of itself.
"""

import posixpath
import zipfile
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from extractors.addresses import may_be_sent
from extractors.pictures import cleaned_picture
from extractors.pptx import copy_markup, copy_parts
from extractors.pptx.baggage import is_hidden
from extractors.pptx.copy_parts import BINARY, IMPLICIT, KINDS, MAIN
from extractors.pptx.deck import header_of, main_part, slides_of
from extractors.pptx.package import Package, Relationship, relationship_id
from extractors.recipe import Recipe
from extractors.types import Code, Document, ExtractionError, Source

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""When each part says that it was written: copies of one file are the same to the byte."""


def copy(source: Source, recipe: Recipe, target: Path) -> Iterator[Document | int]:
    """The header, then the number of slides once the copy is written.

    Raises ExtractionError: damaged, too_large, password_required as reading does, and
    no_such_page where the deck has fewer slides, or nothing but hidden ones is asked for.
    """
    with Package(source.path, source.limits) as package:
        yield header_of(package, source.media_type)
        slides = _chosen(package, recipe)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
            _Copying(package, written, slides).write()
        yield len(slides)


def _chosen(package: Package, recipe: Recipe) -> list[str]:
    slides = slides_of(package)
    if recipe.last_page > len(slides):
        raise ExtractionError(
            Code.NO_SUCH_PAGE, f"the deck has {len(slides)} slides; ask for some of these"
        )
    wanted = [part for number, part in enumerate(slides, start=1) if recipe.wants(number)]
    shown = [part for part in wanted if not is_hidden(package, part)]
    if slides and not shown:
        raise ExtractionError(Code.NO_SUCH_PAGE, "all of these slides are hidden in the show")
    return shown


class _Copying:
    """One copy on its way: parts that are placed, and those that are yet to be written."""

    def __init__(self, package: Package, written: zipfile.ZipFile, slides: list[str]) -> None:
        self._package = package
        self._written = written
        self._slides = set(slides)
        self._names: dict[str, str] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self._overrides: dict[str, str] = {}
        self._extensions = {"rels": "application/vnd.openxmlformats-package.relationships+xml"}
        self._waiting: deque[tuple[str, str]] = deque()

    def write(self) -> None:
        main = main_part(self._package)
        listed = self._package.relationships("").values()
        own = next((each for each in listed if each.kind == MAIN), None)
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
        entry = Relationship(MAIN, main, external=False, type=own.type if own else kind)
        self._place(main, MAIN)
        self._put("_rels/.rels", _relationships({"rId1": entry}, {main: self._names[main]}, ""))
        while self._waiting:
            self._write_part(*self._waiting.popleft())
        self._put("[Content_Types].xml", self._content_types())

    def _write_part(self, part: str, kind: str) -> None:
        root = self._root_of(part)
        allowed = {
            identifier: relationship
            for identifier, relationship in self._package.relationships(part).items()
            if self._is_allowed(relationship)
        }
        previews = self._previews(part, root, allowed)
        if kind == MAIN:
            self._keep_chosen(root, part)
        copy_markup.clean(root, allowed, previews.get)
        named = copy_markup.references(root)
        kept = {
            identifier: relationship
            for identifier, relationship in allowed.items()
            if identifier in named or relationship.kind in IMPLICIT
        }
        name = self._names[part]
        self._put(name, etree.tostring(root, encoding="UTF-8", standalone=True))
        if kept:
            for relationship in kept.values():
                if not relationship.external:
                    self._place(relationship.target, relationship.kind)
            listed = _relationships(kept, self._names, posixpath.dirname(name))
            self._put(copy_parts.relationships_of(name), listed)

    def _root_of(self, part: str) -> etree._Element:
        try:
            return self._package.xml(part)
        except KeyError as error:  # of slides alone: the others were looked for
            raise ExtractionError(Code.DAMAGED, f"the deck does not hold {part}") from error

    def _is_allowed(self, relationship: Relationship) -> bool:
        if relationship.external:
            links = relationship.kind in {"hyperlink", "video", "audio"}
            return links and may_be_sent(relationship.target)
        if relationship.kind == "slide":
            return relationship.target in self._slides
        if relationship.kind not in KINDS or relationship.kind == MAIN:
            return False
        return relationship.target in self._names or self._is_readable(relationship)

    def _is_readable(self, relationship: Relationship) -> bool:
        """Whether a part is there and whole: a copy without a damaged chart is better than none."""
        try:
            if relationship.kind in BINARY:
                data = self._package.read(relationship.target, 16)
                return copy_parts.extension_of(relationship.target, data) is not None
            self._package.xml(relationship.target)
        except KeyError:
            return False
        except ExtractionError as error:
            if error.code is not Code.DAMAGED:
                raise
            return False
        return True

    def _previews(
        self, part: str, root: etree._Element, allowed: dict[str, Relationship]
    ) -> dict[str, str]:
        """The pictures of old objects by their shapes; they are added to what is allowed."""
        if next(root.iter("{*}oleObj"), None) is None:
            return {}
        found: dict[str, str] = {}
        for drawing in self._package.relationships(part).values():
            if drawing.kind != "vmlDrawing" or not self._is_readable(drawing):
                continue
            pictures = self._package.relationships(drawing.target)
            for shape, identifier in copy_markup.shapes_of(self._package.xml(drawing.target)):
                picture = pictures.get(identifier)
                if picture and self._is_allowed(picture) and picture.kind == "image":
                    found[shape] = f"rIdPreview{len(found)}"
                    allowed[found[shape]] = picture
        return found

    def _keep_chosen(self, root: etree._Element, part: str) -> None:
        relationships = self._package.relationships(part)
        for entry in list(root.iterfind("{*}sldIdLst/{*}sldId")):
            relationship = relationships.get(relationship_id(entry) or "")
            if relationship is None or relationship.target not in self._slides:
                copy_markup.remove(entry)

    def _place(self, part: str, kind: str) -> None:
        """Give a part its name in the copy, and see that it is written, once."""
        if part in self._names:
            return
        where = KINDS[kind]
        if kind in BINARY:
            self._names[part] = self._write_binary(part, kind)
            return
        name = self._new_name(where.folder, where.stem, "xml", numbered=kind != MAIN)
        self._names[part] = name
        self._overrides[name] = where.content_type
        self._waiting.append((part, kind))

    def _write_binary(self, part: str, kind: str) -> str:
        data = self._package.read(part)
        extension = copy_parts.extension_of(part, data)
        assert extension is not None
        if kind == "image":
            data = cleaned_picture(data)
        name = self._new_name(KINDS[kind].folder, KINDS[kind].stem, extension)
        self._extensions[extension] = copy_parts.media_type_of(extension)
        self._put(name, data)
        return name

    def _new_name(self, folder: str, stem: str, extension: str, *, numbered: bool = True) -> str:
        number = self._counts[folder, stem] = self._counts.get((folder, stem), 0) + 1
        return f"{folder}/{stem}{number if numbered else ''}.{extension}"

    def _content_types(self) -> bytes:
        root = etree.Element(f"{{{_CONTENT_TYPES}}}Types", nsmap={None: _CONTENT_TYPES})
        for extension, content_type in sorted(self._extensions.items()):
            fields = {"Extension": extension, "ContentType": content_type}
            etree.SubElement(root, f"{{{_CONTENT_TYPES}}}Default", fields)
        for name, content_type in sorted(self._overrides.items()):
            fields = {"PartName": f"/{name}", "ContentType": content_type}
            etree.SubElement(root, f"{{{_CONTENT_TYPES}}}Override", fields)
        return etree.tostring(root, encoding="UTF-8", standalone=True)

    def _put(self, name: str, data: bytes) -> None:
        entry = zipfile.ZipInfo(name, _EARLIEST)
        entry.compress_type = zipfile.ZIP_DEFLATED
        self._written.writestr(entry, data)


def _relationships(listed: dict[str, Relationship], names: dict[str, str], folder: str) -> bytes:
    root = etree.Element(f"{{{_RELATIONSHIPS}}}Relationships", nsmap={None: _RELATIONSHIPS})
    for identifier, relationship in listed.items():
        fields = {"Id": identifier, "Type": relationship.type}
        if relationship.external:
            fields |= {"Target": relationship.target, "TargetMode": "External"}
        else:
            fields["Target"] = posixpath.relpath(names[relationship.target], folder or ".")
        etree.SubElement(root, f"{{{_RELATIONSHIPS}}}Relationship", fields)
    return etree.tostring(root, encoding="UTF-8", standalone=True)
