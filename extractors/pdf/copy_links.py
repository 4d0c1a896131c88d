"""Links, bookmarks and other annotations of a clean copy: what leads to pages it has, or outside.

Comments of every kind go: notes, marks, stamps, drawings, attached files, sound and film.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pikepdf import Array, Dictionary, Name, Object, OutlineItem, Pdf, String

from extractors.addresses import may_be_sent

_MOST_ENTRIES = 20_000
_DEEPEST = 30
_LINK = {
    "/Type", "/Subtype", "/Rect", "/Border", "/BS", "/C", "/QuadPoints", "/H", "/F", "/A", "/Dest",
}  # fmt: skip
_FIELD = {
    "/Type", "/Subtype", "/Rect", "/F", "/AP", "/AS", "/MK", "/BS", "/Border", "/H", "/FT", "/T",
    "/TU", "/V", "/DV", "/Ff", "/Opt", "/MaxLen", "/Kids", "/Parent", "/DA", "/Q", "/DS", "/RV",
    "/TI", "/I",
}  # fmt: skip
_WATERMARK = {"/Type", "/Subtype", "/Rect", "/F", "/AP", "/AS", "/FixedPrint"}
_KEPT = {"/Link": _LINK, "/Widget": _FIELD, "/Watermark": _WATERMARK}
FIELD_ENTRIES = _FIELD
Page = tuple[int, int]


@dataclass(slots=True)
class Entry:
    """A bookmark: where it leads, and those below it."""

    title: str
    target: Object | None
    below: list["Entry"] = field(default_factory=list)


class Destinations:
    """The places of a file by their names, as far as they are pages of it."""

    def __init__(self, pdf: Pdf) -> None:
        self._pages = {page.obj.objgen: page.obj for page in pdf.pages}
        self._order = [page.obj for page in pdf.pages]
        self._named: dict[bytes, Object] = {}
        old = pdf.Root.get("/Dests")
        if isinstance(old, Dictionary):
            for name, value in old.items():
                self._named[name[1:].encode()] = value
        names = pdf.Root.get("/Names")
        if isinstance(names, Dictionary):
            self._read_tree(names.get("/Dests"), 0)

    def _read_tree(self, node: Object | None, depth: int) -> None:
        if not isinstance(node, Dictionary) or depth > _DEEPEST:
            return
        listed = node.get("/Names")
        if isinstance(listed, Array):
            for place in range(0, min(len(listed), 2 * _MOST_ENTRIES) - 1, 2):
                name = listed[place]
                if isinstance(name, String):
                    self._named[bytes(name)] = listed[place + 1]
        kids = node.get("/Kids")
        if isinstance(kids, Array) and len(self._named) < _MOST_ENTRIES:
            for kid in kids:
                self._read_tree(kid, depth + 1)

    def explicit(self, target: object) -> Object | None:
        """The place as page and view, whichever way it is written; None for none of this file."""
        if isinstance(target, String):
            target = self._named.get(bytes(target))
        elif isinstance(target, Name):
            target = self._named.get(str(target)[1:].encode())
        if isinstance(target, Dictionary):
            target = target.get("/D")
        if not isinstance(target, Array) or not len(target):
            return None
        page: Any = target[0]
        if isinstance(page, int) and 0 <= page < len(self._order):
            page = self._order[page]
        if not isinstance(page, Dictionary) or page.objgen not in self._pages:
            return None
        view: list[Any] = [each for each in target if _is_of_view(each)]
        return Array([page, *view])


def _is_of_view(value: Any) -> bool:
    """Whether this is a name such as /XYZ or a number: what else stands there leads elsewhere."""
    return value is None or isinstance(value, Name | int | float | Decimal)


def clean_annotations(page: Object, destinations: Destinations, kept: Container[Page]) -> None:
    """Leave of a page's annotations its links, fields and watermarks, and of these what shows."""
    listed = page.get("/Annots")
    if listed is None:
        return
    annotations = list(listed) if isinstance(listed, Array) else []
    staying = [
        each for each in annotations if _is_kept(each) and _cleaned(each, destinations, kept)
    ]
    if staying:
        page.Annots = Array(staying)
    else:
        del page.Annots


def _is_kept(annotation: Object) -> bool:
    return isinstance(annotation, Dictionary) and str(annotation.get("/Subtype")) in _KEPT


def _cleaned(annotation: Object, destinations: Destinations, kept: Container[Page]) -> bool:
    """Clean an annotation in place; False for a link that leads nowhere any more."""
    kind = str(annotation.get("/Subtype"))
    for name in set(annotation.keys()) - _KEPT[kind]:
        del annotation[name]
    if kind != "/Link":
        return True
    action = annotation.get("/A")
    target = annotation.get("/Dest")
    for name in ("/A", "/Dest"):
        if name in annotation:
            del annotation[name]
    if isinstance(action, Dictionary):
        if action.get("/S") == Name.URI:
            return _keep_address(annotation, action)
        target = action.get("/D") if action.get("/S") == Name.GoTo else None
    place = destinations.explicit(target)
    if place is None or place[0].objgen not in kept:
        return False
    annotation.Dest = place
    return True


def _keep_address(annotation: Object, action: Object) -> bool:
    written = action.get("/URI")
    if not isinstance(written, String) or not may_be_sent(bytes(written).decode("latin-1")):
        return False
    annotation.A = Dictionary(S=Name.URI, URI=written)
    return True


def outline_of(pdf: Pdf, destinations: Destinations) -> list[Entry]:
    """The bookmarks with their places; those of a damaged list are left out."""
    left = [_MOST_ENTRIES]
    root = pdf.Root.get("/Outlines")
    found = list(_entries(root, destinations, left, 0)) if isinstance(root, Dictionary) else []
    if "/Outlines" in pdf.Root:
        del pdf.Root.Outlines
    return found


def _entries(
    parent: Object, destinations: Destinations, left: list[int], depth: int
) -> Iterator[Entry]:
    item = parent.get("/First")
    while isinstance(item, Dictionary) and left[0] > 0 and depth < _DEEPEST:
        left[0] -= 1
        action = item.get("/A")
        target = item.get("/Dest")
        if isinstance(action, Dictionary) and action.get("/S") == Name.GoTo:
            target = action.get("/D")
        title = item.get("/Title")
        yield Entry(
            str(title) if isinstance(title, String) else "",
            destinations.explicit(target),
            list(_entries(item, destinations, left, depth + 1)),
        )
        item = item.get("/Next")


def write_outline(pdf: Pdf, entries: list[Entry], kept: Container[Page]) -> None:
    """Write the bookmarks that lead to pages of the copy, and those above them."""
    items = list(_items(entries, kept))
    if items:
        with pdf.open_outline() as outline:
            outline.root.extend(items)


def _items(entries: list[Entry], kept: Container[Page]) -> Iterator[OutlineItem]:
    for entry in entries:
        below = list(_items(entry.below, kept))
        place = entry.target
        if place is not None and place[0].objgen not in kept:
            place = None
        if place is None and not below:
            continue
        item = OutlineItem(entry.title, place if isinstance(place, Array) else None)
        item.children.extend(below)
        yield item
