"""Files with a secret of every kind that a clean copy must not hold; each starts with SECRET."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches
from reportlab.pdfgen import canvas

SECRET = "Zsecret"
_SLIDE = "ppt/slides/slide1.xml"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def photo() -> bytes:
    """A JPEG with EXIF that names its maker."""
    picture = Image.new("RGB", (32, 16), "teal")
    exif = Image.Exif()
    exif[0x013B] = f"{SECRET} artist"
    exif[0x0112] = 6
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif, comment=f"{SECRET} comment".encode())
    return buffer.getvalue()


def drawing() -> bytes:
    """A PNG whose text names its maker."""
    text = PngInfo()
    text.add_text("Author", f"{SECRET} png")
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(buffer, "PNG", pnginfo=text)
    return buffer.getvalue()


def planted_deck(path: Path) -> Path:
    """Four slides, the third hidden, with notes, comments, a chart, pictures, links, an object."""
    deck = Presentation()
    properties = deck.core_properties
    properties.author = properties.last_modified_by = f"{SECRET} author"
    properties.comments = properties.keywords = f"{SECRET} property"
    for number in range(1, 5):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = f"Title {number}"
        slide.placeholders[1].text = f"Body of slide {number}"
        slide.notes_slide.notes_text_frame.text = f"{SECRET} notes {number}"
    first, second, third, _ = deck.slides
    third._element.set("show", "0")
    third.placeholders[1].text = f"{SECRET} hidden slide"
    data = CategoryChartData()  # type: ignore[no-untyped-call]  # python-pptx
    data.categories = ["East", "West"]
    data.add_series("Revenue", (1.5, 2.5))  # type: ignore[no-untyped-call]  # the same
    second.shapes.add_chart(
        XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(3), Inches(4), Inches(3), data
    )
    for picture in (photo(), drawing()):
        shape = first.shapes.add_picture(io.BytesIO(picture), Inches(1), Inches(3))
        shape._element.nvPicPr.cNvPr.set("descr", rf"C:\Users\{SECRET}\logo.png")
    run = first.placeholders[1].text_frame.paragraphs[0].runs[0]
    run.hyperlink.address = f"file:///C:/Users/{SECRET}/plan.xlsx"
    link = second.placeholders[1].text_frame.paragraphs[0].runs[0]
    link.hyperlink.address = "https://example.com/offer"
    jump = first.shapes.add_shape(1, 0, 0, 9, 9)
    jump.click_action.target_slide = third
    second.shapes.add_ole_object(
        io.BytesIO(f"{SECRET} workbook".encode()), "Package", Inches(1), Inches(1)
    )
    deck.save(str(path))
    _plant_parts(path)
    return path


def _plant_parts(path: Path) -> None:
    """Add what python-pptx does not write: comments, authors, custom XML, tags, revisions."""
    parts = dict(parts_of(path))
    slide = parts[_SLIDE].decode()
    extension = (
        '<p:extLst><p:ext uri="{C}"><p14:creationId xmlns:p14="urn:p14" '
        f'val="{SECRET} revision"/></p:ext></p:extLst></p:cSld>'
    )
    parts[_SLIDE] = slide.replace("</p:cSld>", extension).encode()
    targets = {
        "comments": "../comments/comment1.xml",
        "tags": "../tags/tag1.xml",
        "slideUpdateInfo": "../update.xml",
    }
    rels = parts["ppt/slides/_rels/slide1.xml.rels"].decode()
    added = "".join(
        f'<Relationship Id="rX{kind}" Type="{_REL}/{kind}" Target="{target}"/>'
        for kind, target in targets.items()
    )
    parts["ppt/slides/_rels/slide1.xml.rels"] = rels.replace(
        "</Relationships>", f"{added}</Relationships>"
    ).encode()
    for name in (
        "ppt/comments/comment1.xml", "ppt/tags/tag1.xml", "ppt/update.xml", "ppt/authors.xml",
        "ppt/commentAuthors.xml", "customXml/item1.xml", "docProps/custom.xml",
        "ppt/vbaProject.bin", "ppt/ink/ink1.xml", "ppt/changesInfos/changesInfo1.xml",
    ):  # fmt: skip
        parts[name] = f"<x>{SECRET} {name}</x>".encode()
    with zipfile.ZipFile(path, "w") as written:
        for name, data in parts.items():
            written.writestr(name, data)


def parts_of(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every part of a package with its name, and the names themselves as bytes."""
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            yield name, package.read(name)


def planted_pdf(path: Path) -> Path:
    """Three pages with properties, XMP, a file, comments, scripts, layers, a form, bookmarks."""
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, invariant=1)
    sheet.setAuthor(f"{SECRET} author")
    for number in range(1, 4):
        sheet.drawString(72, 700, f"Words of page {number}")
        sheet.bookmarkPage(f"place{number}")
        sheet.addOutlineEntry(f"Chapter {number}", f"place{number}")
        sheet.linkURL("https://example.com/offer", (72, 600, 100, 620))
        if number == 1:
            sheet.acroForm.textfield(name="who", value="typed in", x=72, y=500)
        sheet.showPage()
    sheet.save()
    with Pdf.open(buffer) as pdf:
        _plant_in_catalogue(pdf)
        _plant_on_page(pdf, pdf.pages[0])
        _plant_layers(pdf, pdf.pages[1])
        pdf.save(path, fix_metadata_version=False)
    # What an earlier save left: an object that nothing refers to any more.
    data = path.read_bytes()
    path.write_bytes(data + f"\n9999 0 obj\n({SECRET} leftover)\nendobj\n".encode())
    return path


def _plant_in_catalogue(pdf: Pdf) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False) as xmp:
        xmp["dc:title"] = f"{SECRET} xmp"
    pdf.docinfo["/Author"] = f"{SECRET} author"  # the line above has brought it in step
    pdf.attachments["plan.txt"] = f"{SECRET} attachment".encode()
    script = Dictionary(S=Name.JavaScript, JS=String(f"app.alert('{SECRET} script')"))
    pdf.Root.OpenAction = pdf.make_indirect(script)
    pdf.Root.PieceInfo = Dictionary(App=Dictionary(Private=String(f"{SECRET} piece")))
    pdf.Root.AcroForm.Fields[0].AA = Dictionary(K=script)


def _plant_on_page(pdf: Pdf, page: pikepdf.Page) -> None:
    page.obj.PieceInfo = Dictionary(App=Dictionary(Private=String(f"{SECRET} page piece")))
    for kind in ("Text", "Highlight", "FreeText", "Stamp", "Ink", "Popup", "FileAttachment"):
        page.obj.Annots.append(
            pdf.make_indirect(
                Dictionary(
                    Type=Name.Annot,
                    Subtype=Name("/" + kind),
                    Rect=Array([10, 10, 50, 50]),
                    T=String(f"{SECRET} reviewer"),
                    Contents=String(f"{SECRET} comment {kind}"),
                )
            )
        )
    page.obj.Annots.append(
        pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Link,
                Rect=Array([1, 1, 9, 9]),
                Contents=String(f"{SECRET} link note"),
                A=Dictionary(S=Name.URI, URI=String(f"file:///C:/Users/{SECRET}/x.xlsx")),
            )
        )
    )
    picture = pdf.make_stream(photo())
    picture.Type, picture.Subtype, picture.Filter = Name.XObject, Name.Image, Name.DCTDecode
    picture.Width, picture.Height, picture.BitsPerComponent = 32, 16, 8
    picture.ColorSpace = Name.DeviceRGB
    picture.Metadata = pdf.make_stream(f"{SECRET} picture xmp".encode())
    page.add_resource(picture, Name.XObject, Name.Photo)
    page.contents_add(b"q 64 0 0 32 72 300 cm /Photo Do Q")


def _plant_layers(pdf: Pdf, page: pikepdf.Page) -> None:
    """A layer that is shown, one that is hidden, and a drawing on the hidden one."""
    shown, hidden = (
        pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String(name)))
        for name in ("Shown", f"{SECRET} layer")
    )
    pdf.Root.OCProperties = Dictionary(
        OCGs=Array([shown, hidden]), D=Dictionary(OFF=Array([hidden]))
    )
    page.obj.Resources.Properties = Dictionary(S=shown, H=hidden)
    form = pdf.make_stream(f"BT /F1 12 Tf ({SECRET} drawing) Tj ET".encode())
    form.Type, form.Subtype, form.OC = Name.XObject, Name.Form, hidden
    form.BBox = Array([0, 0, 300, 300])
    form.Resources = Dictionary(Font=page.obj.Resources.Font)
    page.add_resource(form, Name.XObject, Name.Hidden)
    page.contents_add(
        b"/OC /S BDC BT /F1 12 Tf 72 650 Td (On a shown layer) Tj ET EMC "
        b"/OC /H BDC /Artifact BMC 0 1 0 rg BT /F1 12 Tf 72 640 Td "
        + f"({SECRET} hidden layer) Tj ET".encode()
        + b" EMC 10 10 50 50 re f EMC 72 400 50 50 re f /Hidden Do"
    )
