"""Pictures without what they say of their makers: EXIF, XMP, comments, descriptions.

Pixels are never decoded: segments are left out, so that a picture stays what it was. How it is to
be turned (EXIF orientation) and its colours (ICC) stay. Left as they are: TIFF, JPEG 2000, JPEG XR,
WMF and films.
"""

import re
import struct

from lxml import etree

from extractors.addresses import without_path

_JPEG, _PNG, _GIF = b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"GIF8"
_EMF_SIGNATURE = b" EMF"
_START_OF_SCAN, _END = 0xDA, 0xD9
_KEPT_APPLICATION = {0xE0, 0xE2, 0xEE}
"""JFIF, ICC profiles, and Adobe's note on the colour transform."""
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends the coded bytes of a scan: neither a stuffed byte nor a restart."""
_ICC = b"ICC_PROFILE\0"
_EXIF = b"Exif\0\0"
_ORIENTATION = 0x0112
_PNG_CHUNKS_LEFT_OUT = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"dSIG"}
_SVG_NAMESPACES = {None, "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"}
_SVG_LEFT_OUT = {"metadata", "script", "title", "desc"}
_SVG = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:\w+:)?svg[\s>]", re.DOTALL
)


def cleaned_picture(data: bytes) -> bytes:
    """The same picture; what is of no known kind, or is damaged, comes back as far as it goes."""
    if data.startswith(_JPEG):
        return _jpeg(data)
    if data.startswith(_PNG):
        return _png(data)
    if data.startswith(_GIF):
        return _gif(data)
    if data[40:44] == _EMF_SIGNATURE:
        return _emf(data)
    if _SVG.match(data[:4096]):
        return _svg(data)
    return data


def _jpeg(data: bytes) -> bytes:
    """Ends with the picture: what cameras put behind it are more pictures, with their own EXIF."""
    kept = [data[:2]]
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # a fill byte
            place += 1
            continue
        if marker == _END:
            break
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == _START_OF_SCAN:
            end = _behind_scan(data, end)
        segment = data[place:end]
        if _is_kept_segment(marker, segment):
            kept.append(segment)
        elif marker == 0xE1 and (turn := _orientation(segment[4:])) > 1:
            kept.append(_turned(turn))
        place = end
    return b"".join([*kept, b"\xff\xd9"])


def _behind_scan(data: bytes, place: int) -> int:
    following = _MARKER.search(data, place)
    return following.start() if following else len(data)


def _is_kept_segment(marker: int, segment: bytes) -> bool:
    if 0xE0 <= marker <= 0xEF:
        is_profile = marker != 0xE2 or segment[4:].startswith(_ICC)
        return marker in _KEPT_APPLICATION and is_profile
    return marker != 0xFE


def _orientation(exif: bytes) -> int:
    """The orientation that an EXIF segment states, 1 to 8; 1 where it states none."""
    if not exif.startswith(_EXIF):
        return 1
    tiff = exif[len(_EXIF) :]
    order = ">" if tiff[:2] == b"MM" else "<"
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for entry in range(min(count, 200)):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * entry)
            if tag == _ORIENTATION and 1 <= value <= 8:
                return int(value)
    except struct.error:
        return 1
    return 1


def _turned(orientation: int) -> bytes:
    """An EXIF segment that says how to turn the picture and nothing else."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    body = _EXIF + b"MM\0*" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0"
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _png(data: bytes) -> bytes:
    kept = [data[:8]]
    place = 8
    while place + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        kind = data[place + 4 : place + 8]
        end = place + 12 + length
        if kind not in _PNG_CHUNKS_LEFT_OUT:
            kept.append(data[place:end])
        place = end
        if kind == b"IEND":  # what follows is no part of the picture
            return b"".join(kept)
    return b"".join([*kept, data[place:]])


def _gif(data: bytes) -> bytes:
    """Without comments and foreign extensions; what does not parse ends the cleaning."""
    if len(data) < 13:
        return data
    place = 13 + _colours(data[10])
    kept = [data[:place]]
    while place < len(data):
        start = place
        if data[place] == 0x21 and place + 2 < len(data):
            label = data[place + 1]
            place = _behind_blocks(data, place + 2)
            loops = data[start + 3 : start + 14] in {b"NETSCAPE2.0", b"ANIMEXTS1.0"}
            if label in {0x01, 0xF9} or (label == 0xFF and loops):
                kept.append(data[start:place])
        elif data[place] == 0x2C and place + 10 < len(data):
            place = _behind_blocks(data, place + 11 + _colours(data[place + 9]))
            kept.append(data[start:place])
        else:
            return b"".join([*kept, b";"])
    return b"".join(kept)


def _colours(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _behind_blocks(data: bytes, place: int) -> int:
    while place < len(data) and data[place]:
        place += data[place] + 1
    return place + 1


def _emf(data: bytes) -> bytes:
    """Without the description in its header: program, and often the name of the file."""
    if len(data) < 68:
        return data
    header = bytearray(data)
    count, offset = struct.unpack_from("<II", data, 60)
    end = offset + 2 * count
    if count and offset >= 88 and end <= struct.unpack_from("<I", data, 4)[0] <= len(data):
        header[offset:end] = bytes(end - offset)
    return bytes(header)


def _svg(data: bytes) -> bytes:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    for element in list(root.iter("{*}*")):
        if not isinstance(element.tag, str):
            continue
        name = etree.QName(element)
        foreign = name.namespace not in _SVG_NAMESPACES
        parent = element.getparent()
        if parent is not None and (foreign or name.localname in _SVG_LEFT_OUT):
            parent.remove(element)
            continue
        for attribute in list(element.attrib):
            if (
                _is_editors(str(attribute))
                or without_path(value := element.attrib[attribute]) != value
            ):
                del element.attrib[attribute]
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _is_editors(attribute: str) -> bool:
    """Whether an attribute is an editor's own or a script: names of files, and what clicks do."""
    name = etree.QName(attribute)
    known = {None, "http://www.w3.org/1999/xlink", "http://www.w3.org/XML/1998/namespace"}
    return name.namespace not in known or name.localname.startswith("on")
