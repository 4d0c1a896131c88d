"""Markup of a deck's part without what is not for its reader; it opens no part.

Objects and ink become the pictures that stand for them, charts keep what they show and lose where
it came from, extensions stay only where something is drawn by them.
"""

import copy
import re
from collections.abc import Callable, Container, Iterator

from lxml import etree

from extractors.addresses import without_path
from extractors.pptx.package import local_name

_DRAWN_EXTENSIONS = frozenset({
    "svgBlip", "media", "useLocalDpi", "dataModelExt", "hlinkClr", "decorative",
    "lineSketchStyleProps", "hiddenFill", "hiddenLine", "hiddenEffects", "shadowObscured",
    "showDataLabelsRange", "datalabelsRange", "layout", "dlblFieldTable", "showLeaderLines",
    "leaderLines", "invertSolidFillFmt", "autoCat", "tx", "numFmt", "dataDisplayOptions16",
    "xForSave", "spPr",
})  # fmt: skip
"""What the only child of an extension may be; a filtered series or a revision number is not."""
_LEFT_OUT = (
    "custDataLst", "notesMasterIdLst", "handoutMasterIdLst", "custShowLst", "modifyVerifier",
    "smartTags", "externalData", "pivotSource", "bldOleChart", "controls", "contentPart",
)  # fmt: skip
_ONLY_FALLBACK = ("contentPart", "model3d", "sldZm", "sectionZm", "summaryZm")
_OTHER_PROGRAMS = re.compile(
    r"ppaction://(?:program|macro|ole|hlinkfile|hlinkpres|customshow)", re.IGNORECASE
)
_NAMES = ("name", "descr", "title", "tooltip")
_SHEET = re.compile(r"(?:'(?:[^']|'')*'|[^'!,()\s]+)!")
_FORMULAS = {"f", "sqref"}


def is_reference(attribute: str) -> bool:
    """Whether an attribute names a relationship, in transitional or in strict markup."""
    return "/relationships}" in attribute


def references(root: etree._Element) -> set[str]:
    """The identifiers of relationships that the markup names."""
    named = {
        str(value)
        for element in root.iter("{*}*")
        for attribute, value in element.attrib.items()
        if is_reference(str(attribute))
    }
    # SmartArt names its drawing by a plain attribute.
    return named | {element.get("relId", "") for element in root.iter("{*}dataModelExt")}


def clean(
    root: etree._Element, kept: Container[str], picture_of: Callable[[str], str | None]
) -> None:
    """Clean a part in place.

    `kept` are the relationships that the copy may have of it; `picture_of` gives that of the
    picture of an old object's shape, where the part has one.
    """
    _show_controls(root)
    _show_objects(root, kept, picture_of)
    _choose_fallbacks(root)
    for name in _LEFT_OUT:
        _remove_all(root, name)
    _clean_extensions(root)
    _clean_formulas(root)
    if _drop_references(root, kept):
        _remove_all(root, "timing")  # it would play a sound or film that is not there
    for element in root.iter("{*}*"):
        for name in _NAMES:
            if (written := element.get(name)) and (plain := without_path(written)) != written:
                element.set(name, plain)


def _show_controls(root: etree._Element) -> None:
    """Put the pictures of ActiveX controls among the shapes; the controls themselves go."""
    tree = root.find("{*}cSld/{*}spTree")
    for controls in list(root.iter("{*}controls")):
        pictures = {picture.get("id", id(picture)): picture for picture in controls.iter("{*}pic")}
        for picture in pictures.values():
            if tree is not None:
                tree.append(picture)


def _show_objects(
    root: etree._Element, kept: Container[str], picture_of: Callable[[str], str | None]
) -> None:
    """Put the picture of each embedded or linked object in the object's place."""
    for frame in list(root.iter("{*}graphicFrame")):
        objects = list(frame.iter("{*}oleObj"))
        if not objects:
            continue
        picture = _picture_in(frame, kept)
        if picture is None:
            picture = _old_picture(frame, objects, picture_of)
        if picture is None:
            remove(frame)
        else:
            _identify(picture, frame)
            _replace(frame, [picture])


def _picture_in(frame: etree._Element, kept: Container[str]) -> etree._Element | None:
    for picture in frame.iter("{*}pic"):
        blip = next(picture.iter("{*}blip"), None)
        if blip is not None and any(
            is_reference(str(name)) and str(value) in kept for name, value in blip.attrib.items()
        ):
            return picture
    return None


def _old_picture(
    frame: etree._Element,
    objects: list[etree._Element],
    picture_of: Callable[[str], str | None],
) -> etree._Element | None:
    """A picture of an object whose preview stands in VML, where a shape of its number has one."""
    found = (picture_of(each.get("spid", "")) for each in objects)
    identifier = next((each for each in found if each), None)
    if identifier is None:
        return None
    namespaces = {local_name(each): etree.QName(each).namespace for each in frame.iter("{*}*")}
    show, drawing = namespaces["graphicFrame"], namespaces.get("graphic")
    strict = "purl.oclc.org" in str(show)
    office = (
        "http://purl.oclc.org/ooxml/officeDocument/relationships"
        if strict
        else "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    )
    return etree.fromstring(
        f'<p:pic xmlns:p="{show}" xmlns:a="{drawing}" xmlns:r="{office}"><p:nvPicPr>'
        '<p:cNvPr id="0" name=""/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill>'
        f'<a:blip r:embed="{identifier}"/><a:stretch><a:fillRect/></a:stretch></p:blipFill>'
        '<p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr></p:pic>'
    )


def _identify(picture: etree._Element, frame: etree._Element) -> None:
    """Give a picture the number, names and place of the frame that it stands for."""
    own, frames = next(picture.iter("{*}cNvPr"), None), next(frame.iter("{*}cNvPr"), None)
    if own is not None and frames is not None:
        for name, value in frames.attrib.items():
            own.set(name, value)
    place = frame.find("{*}xfrm")
    target = picture.find("{*}spPr/{*}xfrm")
    if place is not None and target is not None:
        for child in list(target):
            target.remove(child)
        target.extend(copy.deepcopy(list(place)))


def _choose_fallbacks(root: etree._Element) -> None:
    """Where a choice is ink, a 3D model or a zoom, keep the picture that other programs show."""
    for alternate in list(root.iter("{*}AlternateContent")):
        choices = alternate.findall("{*}Choice")
        if any(next(each.iter(f"{{*}}{name}"), None) is not None
               for each in choices for name in _ONLY_FALLBACK):  # fmt: skip
            fallback = alternate.find("{*}Fallback")
            _replace(alternate, [] if fallback is None else list(fallback))


def _clean_extensions(root: etree._Element) -> None:
    """Keep the extensions that draw something; lists that become empty go."""
    for extension in list(root.iter("{*}ext")):
        if extension.get("uri") is None:  # a size, in DrawingML
            continue
        names = [local_name(each) for each in extension]
        if not names or not _DRAWN_EXTENSIONS.issuperset(names):
            remove(extension)


def _clean_formulas(root: etree._Element) -> None:
    """Leave of a chart's formulas which cells they mean, not of which book and sheet."""
    for name in _FORMULAS:
        for formula in root.iter(f"{{*}}{name}"):
            if formula.text:
                formula.text = _SHEET.sub("Sheet1!", formula.text)


def _drop_references(root: etree._Element, kept: Container[str]) -> bool:
    """Remove what names a relationship that does not stay; True where that was sound or film."""
    played = False
    for element in list(root.iter("{*}*")):
        action = element.get("action", "")
        if _OTHER_PROGRAMS.match(action):
            remove(element)
            continue
        lost = [
            name
            for name, value in element.attrib.items()
            if is_reference(str(name)) and value and value not in kept
        ]
        if not lost:
            continue
        if local_name(element) in {"blip", "svgBlip"}:  # linked, or a picture that is missing
            for name in lost:
                del element.attrib[name]
            continue
        played = played or local_name(element) in {"audioFile", "videoFile", "media", "snd"}
        remove(element)
    return played


def _remove_all(root: etree._Element, name: str) -> None:
    for element in list(root.iter(f"{{*}}{name}")):
        remove(element)


def remove(element: etree._Element) -> None:
    """Take an element out, with a list that it leaves empty."""
    _replace(element, [])


def _replace(element: etree._Element, others: list[etree._Element]) -> None:
    """Put others in an element's place; a list that it empties goes too."""
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    for other in reversed(others):
        other.tail = None
        parent.insert(place, other)
    parent.remove(element)
    if len(parent) == 0 and local_name(parent) in {"extLst", "ext", "embeddedFontLst"}:
        remove(parent)


def shapes_of(drawing: etree._Element) -> Iterator[tuple[str, str]]:
    """Shape and relationship of each picture in a VML drawing."""
    for shape in drawing.iter("{*}shape"):
        for data in shape.iter("{*}imagedata"):
            named = [value for name, value in data.attrib.items() if str(name).endswith("}relid")
                     or is_reference(str(name))]  # fmt: skip
            if named:
                yield str(shape.get("id", "")), str(named[0])
