"""PDFs written by reportlab for what it writes, and object by object for what nobody should."""

import zlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

Draw = Callable[[Canvas], object]


def write_pdf(path: Path, *pages: Draw | str, title: str = "", author: str = "") -> Path:
    """Write a PDF with a page for each text or drawing; a text's lines go from the top down."""
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    for page in pages:
        if isinstance(page, str):
            for number, line in enumerate(page.splitlines()):
                canvas.drawString(72, 770 - 16 * number, line)
        else:
            page(canvas)
        canvas.showPage()
    canvas.save()
    return path


def write_objects(path: Path, objects: Mapping[int, str | bytes], root: int = 1) -> Path:
    """Write a PDF of these objects, with a proper cross-reference table."""
    data = bytearray(b"%PDF-1.7\n")
    offsets = {}
    for number, body in sorted(objects.items()):
        offsets[number] = len(data)
        content = body.encode() if isinstance(body, str) else body
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start, size = len(data), max(objects) + 1
    data += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        data += b"%010d 00000 n \n" % offsets.get(number, 0)
    data += b"trailer<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, root, start)
    path.write_bytes(data)
    return path


@cache
def stream(content: bytes, extra: str = "") -> bytes:
    """A compressed stream object."""
    packed = zlib.compress(content, 9)
    head = f"<</Length {len(packed)}/Filter/FlateDecode{extra}>>".encode()
    return head + b"\nstream\n" + packed + b"\nendstream"


def write_streams(path: Path, *contents: bytes) -> Path:
    """Write a PDF with a page for each content stream."""
    font = "<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(len(contents)))
    objects: dict[int, str | bytes] = {
        1: "<</Type/Catalog/Pages 2 0 R>>",
        2: f"<</Type/Pages/Kids[{kids}]/Count {len(contents)}/MediaBox[0 0 300 300]>>",
    }
    for number, content in enumerate(contents):
        page = 3 + 2 * number
        objects[page] = f"<</Type/Page/Parent 2 0 R/Resources{font}/Contents {page + 1} 0 R>>"
        objects[page + 1] = stream(content)
    return write_objects(path, objects)


def shown(text: str) -> bytes:
    """A content stream that shows the text."""
    return f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode()
