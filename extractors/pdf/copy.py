"""A clean copy of a PDF, of all its pages or of some, written anew from what a reader sees.

Of the catalogue, the pages, links and form fields only the entries named here stay; so what hangs
on any other one, and what earlier saves left in the file, is not in the copy. Tags for screen
readers go too, as they repeat what stands on hidden layers and in comments. A copy has no password
and no restrictions. Not taken out: text under pictures or beside the page, and what JPEG 2000
pictures and fonts say of themselves.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from extractors.pdf import copy_fields, copy_layers, copy_links, pdfium
from extractors.pdf.copy_links import Destinations
from extractors.pdf.extractor import readable_input
from extractors.pictures import cleaned_picture
from extractors.recipe import Recipe
from extractors.types import Code, Document, ExtractionError, Source

_CATALOG = {
    "/Type", "/Pages", "/Version", "/Extensions", "/PageLayout", "/PageLabels", "/Lang",
    "/ViewerPreferences", "/AcroForm", "/Outlines", "/OutputIntents",
}  # fmt: skip
_PAGE = {
    "/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox",
    "/Rotate", "/UserUnit", "/Contents", "/Group", "/Annots", "/Dur", "/Trans",
}  # fmt: skip
_OUTPUT_INTENT = {
    "/Type", "/S", "/OutputCondition", "/OutputConditionIdentifier", "/RegistryName", "/Info",
    "/DestOutputProfile",
}  # fmt: skip
_ANYWHERE = (
    "/Metadata", "/PieceInfo", "/LastModified", "/AF", "/StructParent", "/StructParents", "/Thumb",
    "/OPI", "/Alternates", "/Ref", "/PtData", "/Measure",
)  # fmt: skip
"""Left out of every dictionary, whatever it describes."""
_INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
_NAMED_BY_THE_FILE = {
    "/XObject", "/Font", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties",
    "/CharProcs",
}  # fmt: skip
"""Dictionaries whose keys the file chooses."""
_DEEPEST = 40
_DAMAGED = "the PDF is damaged where a copy needs it; save it anew and try that"


def copy(source: Source, recipe: Recipe, target: Path) -> Iterator[Document | int]:
    """The header, then the number of pages once the copy is written.

    Raises ExtractionError: password_required, damaged, too_many_pages, and no_such_page where the
    file has fewer pages.
    """
    try:
        yield from _copied(source, recipe, target)
    except pikepdf.PasswordError as error:
        raise ExtractionError(
            Code.PASSWORD_REQUIRED, "the PDF opens only with a password; save it without one"
        ) from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise ExtractionError(Code.DAMAGED, _DAMAGED) from error


def _copied(source: Source, recipe: Recipe, target: Path) -> Iterator[Document | int]:
    data, _ = readable_input(source.path)
    opened = BytesIO(data) if isinstance(data, bytes) else data
    with pikepdf.open(opened, suppress_warnings=True) as pdf:
        pages = len(pdf.pages)
        yield Document("application/pdf", f"pikepdf {pikepdf.__version__}", pages=pages)
        _check(pages, recipe, source)
        if pages != len(pdfium.open_document(data)):
            raise ExtractionError(Code.DAMAGED, _DAMAGED)
        _clean(pdf, recipe)
        pdf.save(
            target,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
            deterministic_id=True,
            fix_metadata_version=False,
        )
        yield len(pdf.pages)


def _check(pages: int, recipe: Recipe, source: Source) -> None:
    if not pages:
        raise ExtractionError(Code.DAMAGED, "the PDF has no pages")
    if pages > source.limits.pages:
        raise ExtractionError(
            Code.TOO_MANY_PAGES, f"copies are made of at most {source.limits.pages} pages"
        )
    if recipe.last_page > pages:
        raise ExtractionError(
            Code.NO_SUCH_PAGE, f"the PDF has {pages} pages; ask for some of these"
        )


def _clean(pdf: Pdf, recipe: Recipe) -> None:
    destinations = Destinations(pdf)
    layers = copy_layers.Layers(pdf)
    outline = copy_links.outline_of(pdf, destinations)
    for page in pdf.pages:
        _inherit(page.obj)
    for number in range(len(pdf.pages), 0, -1):
        if not recipe.wants(number):
            del pdf.pages[number - 1]
    kept = {page.obj.objgen for page in pdf.pages}
    if recipe.ranges and "/PageLabels" in pdf.Root:
        del pdf.Root.PageLabels
    for page in pdf.pages:
        layers.clean_page(page)
        _keep(page.obj, _PAGE)
        copy_links.clean_annotations(page.obj, destinations, kept)
    layers.forget()
    copy_fields.clean(pdf)
    _keep(pdf.Root, _CATALOG)
    for intent in _dictionaries(pdf.Root.get("/OutputIntents")):
        _keep(intent, _OUTPUT_INTENT)
    for name in ("/Info", "/ID", "/XRefStm", "/Prev"):
        if name in pdf.trailer:
            del pdf.trailer[name]
    copy_links.write_outline(pdf, outline, kept)
    if recipe.ranges:
        pdf.remove_unreferenced_resources()
    _clean_everywhere(pdf)


def _inherit(page: Object) -> None:
    """Give a page what it has of its folder, as it may be alone of it in the copy."""
    for name in _INHERITED:
        folder = page
        for _ in range(_DEEPEST):
            if name in folder:
                if folder is not page:
                    page[name] = folder[name]
                break
            parent = folder.get("/Parent")
            if not isinstance(parent, Dictionary):
                break
            folder = parent


def _keep(dictionary: Object, names: set[str]) -> None:
    for name in set(dictionary.keys()) - names:
        del dictionary[name]


def _dictionaries(listed: Object | None) -> Iterator[Object]:
    if isinstance(listed, Array):
        yield from (each for each in listed if isinstance(each, Dictionary))


def _clean_everywhere(pdf: Pdf) -> None:
    """Look at every object that the copy will hold, once: notes on it go, pictures are cleaned."""
    seen: set[tuple[int, int]] = set()
    waiting: list[tuple[Object, bool, int]] = [(pdf.Root, False, 0)]
    while waiting:
        holder, names_are_free, depth = waiting.pop()
        if holder.is_indirect:
            if holder.objgen in seen:
                continue
            seen.add(holder.objgen)
            depth = 0
        if depth > _DEEPEST:
            raise ExtractionError(Code.DAMAGED, "the PDF nests deeper than can be followed")
        if not isinstance(holder, Array):
            _clean_holder(holder, names_are_free=names_are_free)
        waiting += [(each, free, depth + 1) for each, free in _held(holder)]


def _clean_holder(holder: Object, *, names_are_free: bool) -> None:
    if not names_are_free:
        for name in _ANYWHERE:
            if name in holder:
                del holder[name]
    if isinstance(holder, Stream):
        _clean_stream(holder)


def _held(holder: Object) -> Iterator[tuple[Object, bool]]:
    """What a holder holds that holds more, and whether the keys of that are the file's choice."""
    if isinstance(holder, Array):
        yield from ((each, False) for each in holder if _holds(each))
    else:
        for name, value in holder.items():
            if _holds(value):
                yield value, name in _NAMED_BY_THE_FILE


def _holds(value: object) -> bool:
    return isinstance(value, Array | Dictionary | Stream)


def _clean_stream(stream: Object) -> None:
    for name in ("/F", "/FFilter", "/FDecodeParms"):  # a stream whose bytes are another file's
        if name in stream:
            del stream[name]
    filters = stream.get("/Filter")
    if isinstance(filters, Array) and len(filters) == 1:
        filters = filters[0]
    if filters == Name.DCTDecode and stream.get("/Subtype") == Name.Image:
        data = stream.read_raw_bytes()
        cleaned = cleaned_picture(data)
        if cleaned != data:
            decoding = stream.get("/DecodeParms")
            plain = decoding if isinstance(decoding, Dictionary | Array) else None
            stream.write(cleaned, filter=Name.DCTDecode, decode_parms=plain)
