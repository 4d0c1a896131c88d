"""Writes a deck as PPTX: owns order, titles, footers, notes and properties, knows no drawing."""

from copy import deepcopy
from datetime import datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.util import Pt

from search_service.cli.demo_library import slide_bodies as bodies
from search_service.cli.demo_library.comments import Comment, add_comments
from search_service.cli.demo_library.model import (
    Bullets,
    Cards,
    Chart,
    Columns,
    Deck,
    Diagram,
    Metadata,
    Quote,
    Slide,
    SlideBody,
    Table,
    Title,
)
from search_service.cli.demo_library.packages import freeze_package
from search_service.cli.demo_library.theme import (
    COMPANY,
    LAYOUTS,
    author_of,
    legal_line,
    open_blank_deck,
)


def write_deck(deck: Deck, path: Path) -> None:
    """Write the deck; the same deck gives the same bytes."""
    presentation = open_blank_deck(deck.metadata.universe)
    layouts = dict(zip(sorted(LAYOUTS.values()), presentation.slide_layouts, strict=True))
    comments = []
    for number, content in enumerate(deck.slides, start=1):
        slide = presentation.slides.add_slide(layouts[LAYOUTS[_layout_of(content.body)]])
        _fill_slide(slide, content)
        if isinstance(content.body, Title):
            bodies.sign_title(slide, f"{COMPANY}  |  {deck.metadata.universe}")
        else:
            _add_footer(slide, number, deck.metadata)
        if content.comment:
            comments.append(Comment(slide.part, content.comment, deck.metadata.issued))
    add_comments(presentation.part, comments)
    _set_properties(presentation.core_properties, deck.metadata)
    stream = BytesIO()
    presentation.save(stream)
    path.write_bytes(freeze_package(stream.getvalue(), deck.metadata.issued))


def _layout_of(body: SlideBody) -> str:
    match body:
        case Title():
            return "title"
        case Bullets():
            return "content"
        case Columns():
            return "comparison"
        case _:
            return "title-only"


def _fill_slide(slide: Any, content: Slide) -> None:
    slide.shapes.title.text = content.title
    if content.lead:
        bodies.write_lead(slide, content.lead)
    _draw_body(slide, content.body, 1.95 if content.lead else 1.45)
    if content.notes:
        slide.notes_slide.notes_text_frame.text = content.notes
    if content.hidden:
        slide._element.set("show", "0")  # noqa: SLF001 - python-pptx cannot hide a slide


def _draw_body(slide: Any, body: SlideBody, top: float) -> None:
    match body:
        case Title():
            _draw_title(slide, body)
        case Bullets():
            bodies.draw_bullets(slide, body, top)
        case Columns():
            bodies.draw_columns(slide, body, top)
        case Table():
            bodies.draw_table(slide, body, top)
        case Chart():
            bodies.draw_chart(slide, body, top)
        case Diagram():
            bodies.draw_diagram(slide, body, top)
        case Cards():
            bodies.draw_cards(slide, body, top)
        case Quote():
            bodies.draw_quote(slide, body, top)


def _draw_title(slide: Any, body: Title) -> None:
    slide.placeholders[1].text = body.subtitle
    for shape, size in ((slide.shapes.title, 40), (slide.placeholders[1], 20)):
        for paragraph in shape.text_frame.paragraphs:
            paragraph.font.size = Pt(size)
            paragraph.font.color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
            paragraph.alignment = 1


def _add_footer(slide: Any, number: int, metadata: Metadata) -> None:
    """Copy the layout's footer and number onto the slide, as PowerPoint does on its own."""
    text = legal_line(metadata.language, metadata.audience)
    for placeholder in slide.slide_layout.placeholders:
        kind = placeholder.placeholder_format.type.name
        if kind not in {"FOOTER", "SLIDE_NUMBER"}:
            continue
        slide.shapes._spTree.append(deepcopy(placeholder._element))  # noqa: SLF001 - see above
        copied = slide.shapes[-1]
        if kind == "FOOTER":
            copied.text_frame.text = text
        else:
            field = copied._element.find(".//{*}fld/{*}t")  # noqa: SLF001 - fields are unknown to it
            field.text = str(number)


def _set_properties(properties: Any, metadata: Metadata) -> None:
    issued = datetime.combine(metadata.issued, time(9))
    properties.author = properties.last_modified_by = author_of(metadata.owner)
    properties.title, properties.subject = metadata.name, metadata.description
    properties.keywords = ", ".join(metadata.tags)
    properties.category, properties.comments = metadata.universe, COMPANY
    properties.language, properties.version = metadata.language, metadata.version
    properties.created = properties.modified = issued
    properties.revision = 1
