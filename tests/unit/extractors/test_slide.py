from lxml import etree

from extractors.pptx.slide import SlideText, slide_text

NAMESPACES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def read(shapes: str, attributes: str = "") -> SlideText:
    tree = f"<p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>"
    return slide_text(etree.fromstring(f"<p:sld {NAMESPACES} {attributes}>{tree}</p:sld>"))


def paragraph(text: str, size: int | None = None) -> str:
    properties = f'<a:rPr sz="{size}"/>' if size else ""
    return f"<a:p><a:r>{properties}<a:t>{text}</a:t></a:r></a:p>"


def shape(*paragraphs: str, kind: str = "", alt: str = "") -> str:
    placeholder = f'<p:ph type="{kind}"/>' if kind else ""
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="n" {alt}/><p:nvPr>{placeholder}</p:nvPr></p:nvSpPr>'
        f"<p:txBody>{''.join(paragraphs)}</p:txBody></p:sp>"
    )


def table(*rows: tuple[str, ...]) -> str:
    cells = (
        "".join(f"<a:tc><a:txBody>{paragraph(cell)}</a:txBody></a:tc>" for cell in row)
        for row in rows
    )
    written = "".join(f"<a:tr>{row}</a:tr>" for row in cells)
    return f"<p:graphicFrame><a:graphic><a:tbl>{written}</a:tbl></a:graphic></p:graphicFrame>"


def test_the_title_placeholder_is_the_title_and_not_in_the_body() -> None:
    slide = read(
        shape(paragraph("Big", 9000)) + shape(paragraph("Why"), paragraph("us"), kind="title")
    )
    assert (slide.title, slide.body) == ("Why us", "Big")


def test_without_a_title_placeholder_the_largest_first_line_is_the_title() -> None:
    slide = read(
        shape(paragraph("small", 1200), paragraph("x", 1200)) + shape(paragraph("LARGE", 4000))
    )
    assert (slide.title, slide.body) == ("LARGE", "small\nx")


def test_a_slide_number_is_never_the_title() -> None:
    slide = read(shape(paragraph("7", 9000), kind="sldNum") + shape(paragraph("Text", 1200)))
    assert (slide.title, slide.body) == ("Text", "7")


def test_shapes_are_parted_by_a_blank_line_and_breaks_are_kept() -> None:
    broken = "<a:p><a:r><a:t>one</a:t></a:r><a:br/><a:r><a:t>two</a:t></a:r></a:p>"
    slide = read(shape(paragraph("T"), kind="title") + shape(broken) + shape(paragraph("three")))
    assert slide.body == "one\ntwo\n\nthree"


def test_runs_of_one_word_are_joined() -> None:
    word = "<a:p><a:r><a:t>plat</a:t></a:r><a:r><a:t>form</a:t></a:r></a:p>"
    assert read(shape(paragraph("T"), kind="title") + shape(word)).body == "platform"


def test_tables_become_rows_and_leave_the_body() -> None:
    slide = read(
        shape(paragraph("T"), kind="title") + table(("Plan", "Price"), ("Pro", "10"), ("", ""))
    )
    assert slide.tables == ((("Plan", "Price"), ("Pro", "10"), ("", "")),)
    assert slide.body == ""


def test_a_table_within_a_table_is_read_once() -> None:
    inner = table(("inner",))
    outer = table(("outer",)).replace("</a:txBody>", f"{inner}</a:txBody>", 1)
    slide = read(shape(paragraph("T"), kind="title") + outer)
    assert slide.tables == ((("outer\ninner",),),)


def test_groups_are_read_however_deep() -> None:
    nested = "<p:grpSp>" * 120 + shape(paragraph("deep")) + "</p:grpSp>" * 120
    slide = read(shape(paragraph("T"), kind="title") + nested)
    assert slide.body == "deep"


def test_the_fallback_of_a_drawing_is_not_read_twice() -> None:
    choice = f"<mc:Choice Requires='x'>{shape(paragraph('new'))}</mc:Choice>"
    fallback = "<mc:Fallback>" + shape(paragraph("old"), alt="descr='old'") + "</mc:Fallback>"
    slide = read(
        shape(paragraph("T"), kind="title")
        + f"<mc:AlternateContent>{choice}{fallback}</mc:AlternateContent>"
    )
    assert (slide.body, slide.alt_texts) == ("new", ())


def test_alt_texts_are_titles_and_descriptions_without_repeats() -> None:
    slide = read(
        shape(paragraph("T"), kind="title", alt='title="Map" descr="Map of regions"')
        + shape(alt='title="Same" descr="Same"')
    )
    assert slide.alt_texts == ("Map", "Map of regions", "Same")


def test_hidden_slides_are_marked() -> None:
    assert read("", 'show="0"').hidden
    assert not read("").hidden


def test_pictures_are_noticed() -> None:
    assert read("<p:grpSp><p:pic/></p:grpSp>").has_picture
    assert not read(shape(paragraph("text"))).has_picture


def test_escaped_characters_are_read_as_what_they_stand_for() -> None:
    slide = read(shape(paragraph("T"), kind="title") + shape(paragraph("a_x000B_b")))
    assert slide.body == "a\x0bb"
