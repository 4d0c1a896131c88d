"""The form of a clean copy: fields that stand on its pages, with what they show and hold.

Scripts, calculations, XFA and what a signature says of its signer go; the picture of it stays.
"""

from pikepdf import Array, Dictionary, Name, Object, Pdf

from extractors.pdf.copy_links import FIELD_ENTRIES

_FORM = {"/Fields", "/NeedAppearances", "/DR", "/DA", "/Q"}
_DEEPEST = 30


def clean(pdf: Pdf) -> None:
    """Clean the form in place, after the pages' annotations were; an empty one goes."""
    form = pdf.Root.get("/AcroForm")
    if form is None:
        _detach(pdf, set())
        return
    shown = {
        each.objgen
        for page in pdf.pages
        for each in page.obj.get("/Annots", Array())
        if each.get("/Subtype") == Name.Widget
    }
    fields = form.get("/Fields") if isinstance(form, Dictionary) else None
    seen: set[tuple[int, int]] = set()
    staying = (
        [each for each in fields if _cleaned(each, shown, seen)]
        if isinstance(fields, Array)
        else []
    )
    _detach(pdf, seen)
    if not staying:
        del pdf.Root.AcroForm
        return
    for name in set(form.keys()) - _FORM:
        del form[name]
    form.Fields = Array(staying)


def _cleaned(
    field: Object, shown: set[tuple[int, int]], seen: set[tuple[int, int]], depth: int = 0
) -> bool:
    """Clean a field and those below it; False where none of it is shown."""
    if not isinstance(field, Dictionary) or depth > _DEEPEST:
        return False
    seen.add(field.objgen)
    for name in set(field.keys()) - FIELD_ENTRIES:
        del field[name]
    if field.get("/FT") == Name.Sig and "/V" in field:
        del field.V
    kids = field.get("/Kids")
    if not isinstance(kids, Array):
        return field.objgen in shown
    staying = [each for each in kids if _cleaned(each, shown, seen, depth + 1)]
    field.Kids = Array(staying)
    return bool(staying) or field.objgen in shown


def _detach(pdf: Pdf, seen: set[tuple[int, int]]) -> None:
    """Let widgets of no field of the form stand alone: who is above them may hold anything."""
    for page in pdf.pages:
        for each in page.obj.get("/Annots", Array()):
            if "/Parent" in each and each.Parent.objgen not in seen:
                del each.Parent
