"""What a PDF holds that its clean copy must not, planted or its own, and what the copy shows."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2
from pikepdf import Array, Dictionary, Name, String

from benchmarks.leaks import PLANT, Leak, found_in

KEPT_ANNOTATIONS = {"/Link", "/Widget", "/Watermark"}
_FORBIDDEN_KEYS = {
    "/Metadata", "/PieceInfo", "/EmbeddedFiles", "/JavaScript", "/JS", "/AF", "/XFA",
    "/OCProperties", "/OpenAction", "/AA", "/LastModified", "/Collection", "/StructTreeRoot",
}  # fmt: skip
_WORDS = ("/T", "/TU", "/V", "/Contents")
_SCALE = 0.35
_DIFFERENT = 2.0
"""Mean difference of a page's grey levels, of 255, from which two pictures are not the same."""
_DEEPEST = 50


def plant(source: Path, target: Path) -> None:
    """Write the PDF with a secret of each kind. Raises pikepdf.PdfError where qpdf cannot."""
    with pikepdf.open(source, suppress_warnings=True) as pdf:
        pdf.trailer.Info = pdf.make_indirect(Dictionary(Author=String(f"{PLANT} author")))
        pdf.Root.Metadata = pdf.make_stream(f"{PLANT} xmp".encode())
        pdf.Root.PieceInfo = Dictionary(App=Dictionary(Private=String(f"{PLANT} piece")))
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String(f"{PLANT} script"))
        pdf.attachments[f"{PLANT}.txt"] = f"{PLANT} attachment".encode()
        page = pdf.pages[0]
        note = Dictionary(
            Type=Name.Annot, Subtype=Name.Text, Rect=Array([1, 1, 9, 9]),
            T=String(f"{PLANT} reviewer"), Contents=String(f"{PLANT} comment"),
        )  # fmt: skip
        listed = page.obj.get("/Annots")
        page.obj.Annots = Array([*(listed if isinstance(listed, Array) else ()), note])
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String(f"{PLANT} layer")))
        if "/OCProperties" not in pdf.Root:
            pdf.Root.OCProperties = Dictionary(
                OCGs=Array([layer]), D=Dictionary(OFF=Array([layer]))
            )
            form = pdf.make_stream(f"({PLANT} drawing) pop".encode())
            form.Type, form.Subtype, form.OC = Name.XObject, Name.Form, layer
            form.BBox = Array([0, 0, 1, 1])
            page.add_resource(form, Name.XObject, Name.HiddenDrawing)
        pdf.save(target)
    with target.open("ab") as file:
        file.write(f"\n99999 0 obj ({PLANT} leftover) endobj\n".encode())


def secrets_of(path: Path) -> dict[str, str]:
    """What the file says beside its pages, by text, with its kind; not what a page says too."""
    found: dict[str, str] = {}
    shown = texts_of(path)
    with pikepdf.open(path, suppress_warnings=True) as pdf:
        info = pdf.trailer.get("/Info")
        if isinstance(info, Dictionary) and isinstance(info.get("/Author"), String):
            found[str(info.Author)] = "author"
        found |= dict.fromkeys(pdf.attachments, "attachment")
        for page in pdf.pages:
            annotations = page.obj.get("/Annots")
            for each in annotations if isinstance(annotations, Array) else ():
                if not isinstance(each, Dictionary):
                    continue
                said = [str(v) for v in map(each.get, _WORDS) if isinstance(v, String)]
                if str(each.get("/Subtype")) in KEPT_ANNOTATIONS:
                    shown += said
                else:
                    found |= dict.fromkeys(said, "comment")
    everything_shown = "\n".join(shown)
    return {text: kind for text, kind in found.items() if text.strip() not in everything_shown}


def leaks_of(copy: Path, secrets: Mapping[str, str]) -> Iterator[Leak]:
    """What a copy holds that it must not: entries by their names, secrets by their words."""
    raw = copy.read_bytes().decode("latin-1")
    yield from found_in("file", (raw,), secrets)
    with pikepdf.open(copy) as pdf:
        if "/Info" in pdf.trailer:
            yield Leak("author", "/Info")
        for thing in pdf.objects:
            yield from _leaks_of_object(thing, secrets, 0)


def _leaks_of_object(thing: Any, secrets: Mapping[str, str], depth: int) -> Iterator[Leak]:
    if isinstance(thing, String):
        yield from found_in("string", (str(thing), bytes(thing).decode("latin-1")), secrets)
    elif isinstance(thing, Array) and depth < _DEEPEST:
        for each in thing:
            if not _is_reference(each):
                yield from _leaks_of_object(each, secrets, depth + 1)
    elif isinstance(thing, Dictionary | pikepdf.Stream) and depth < _DEEPEST:
        yield from (Leak("entry", name) for name in _FORBIDDEN_KEYS if name in thing)
        kind = str(thing.get("/Subtype"))
        if thing.get("/Type") == Name.Annot and kind not in KEPT_ANNOTATIONS:
            yield Leak("comment", kind)
        for value in thing.values():
            if not _is_reference(value):
                yield from _leaks_of_object(value, secrets, depth + 1)
        if isinstance(thing, pikepdf.Stream):
            data = _decoded(thing)
            texts = (data.decode("latin-1"), data.decode("utf-16-be", "replace"))
            yield from found_in(f"stream {thing.objgen}", texts, secrets)


def _is_reference(value: Any) -> bool:
    return isinstance(value, pikepdf.Object) and value.is_indirect


def _decoded(stream: pikepdf.Object) -> bytes:
    try:
        return stream.read_bytes()
    except pikepdf.PdfError:  # a picture's own coding
        return stream.read_raw_bytes()


def texts_of(path: Path) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(path)
    return [page.get_textpage().get_text_range() for page in document]


def differences(source: Path, copy: Path, most_pages: int) -> Iterator[str]:
    """What the copy shows otherwise: pages, their texts, and the first ones as they are drawn."""
    one, other = pypdfium2.PdfDocument(source), pypdfium2.PdfDocument(copy)
    if len(one) != len(other):
        yield f"{len(other)} pages instead of {len(one)}"
        return
    for number, (before, after) in enumerate(zip(one, other, strict=True), start=1):
        words = [page.get_textpage().get_text_range() for page in (before, after)]
        if words[0] != words[1]:
            yield f"page {number} says something else"
        if number > most_pages or max(before.get_size()) > 10_000:
            continue
        drawn = [
            page.render(scale=_SCALE, draw_annots=False).to_numpy().astype(int)
            for page in (before, after)
        ]
        if drawn[0].shape != drawn[1].shape or np.abs(drawn[0] - drawn[1]).mean() > _DIFFERENT:
            yield f"page {number} looks otherwise"


def is_planting_possible(source: Path, target: Path) -> bool:
    """Plant where qpdf can write the file; False where it cannot."""
    try:
        plant(source, target)
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError):
        return False
    return True
