"""The built library as files on disk, opened by other people's readers."""

import csv
import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import pptx
import pytest
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pypdf import PdfReader

from search_service.cli.demo_library import DemoLibrary
from search_service.cli.demo_library.build import COLUMNS
from search_service.cli.demo_library.content import load_content
from search_service.cli.demo_library.decks import write_deck
from search_service.cli.demo_library.documents import write_document
from search_service.cli.demo_library.model import (
    AUDIENCES,
    MATERIAL_TYPES,
    STATUSES,
    UNIVERSES,
    Deck,
    Document,
)

Presentation: Any = pptx.Presentation


@pytest.fixture(scope="session")
def decks(library: DemoLibrary) -> dict[str, Any]:
    return {
        m.metadata.path: Presentation(str(m.path))
        for m in library.materials
        if m.path.suffix == ".pptx"
    }


@pytest.fixture(scope="session")
def documents(library: DemoLibrary) -> dict[str, PdfReader]:
    return {
        m.metadata.path: PdfReader(m.path) for m in library.materials if m.path.suffix == ".pdf"
    }


def test_there_are_enough_files_and_pages(
    library: DemoLibrary, decks: dict[str, Any], documents: dict[str, PdfReader]
) -> None:
    counted = {path: len(deck.slides) for path, deck in decks.items()}
    counted |= {path: len(document.pages) for path, document in documents.items()}
    assert counted == {m.metadata.path: m.page_count for m in library.materials}
    assert len(decks) >= 24
    assert len(documents) >= 16
    assert sum(counted.values()) >= 300


def test_progress_names_each_file_once(library: DemoLibrary, announced: list[str]) -> None:
    assert announced == [material.metadata.path for material in library.materials]


def test_the_table_lists_every_file_with_known_names(library: DemoLibrary) -> None:
    with library.table.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        assert tuple(reader.fieldnames or ()) == COLUMNS
        rows = list(reader)
    assert {row["path"] for row in rows} == {
        path.relative_to(library.folder).as_posix()
        for path in library.folder.rglob("*.p*")
        if path.suffix in {".pptx", ".pdf"}
    }
    assert {row["type"] for row in rows} == set(MATERIAL_TYPES)
    assert {row["audience"] for row in rows} == set(AUDIENCES)
    assert {row["status"] for row in rows} == set(STATUSES)
    assert {row["universe"] for row in rows} == set(UNIVERSES)
    personas = {persona.name for persona in library.personas}
    segments = {segment.name for segment in library.segments}
    for row in rows:
        assert set(row["personas"].split(";")) <= personas
        assert set(row["segments"].split(";")) <= segments
        assert len(row["review_by"]) == 10


def test_french_and_german_stand_beside_english(library: DemoLibrary) -> None:
    languages = Counter(material.metadata.language for material in library.materials)
    assert languages["fr"] >= 6
    assert languages["de"] >= 1
    assert languages["en"] > languages["fr"]


def test_a_shared_slide_reads_the_same_in_every_deck_and_differs_from_its_variant(
    library: DemoLibrary, decks: dict[str, Any], documents: dict[str, PdfReader]
) -> None:
    wordings: dict[tuple[str, str], set[str]] = {}
    uses: Counter[tuple[str, str]] = Counter()
    for placement in library.placements:
        at = placement.page_number - 1
        text = (
            _slide_text(decks[placement.path].slides[at])
            if placement.path in decks
            else _page_text(documents[placement.path], at)
        )
        uses[placement.key, placement.variant] += 1
        wordings.setdefault((placement.key, placement.variant), set()).add(text)
    assert all(len(texts) == 1 for texts in wordings.values())
    assert sum(count >= 2 for count in uses.values()) >= 12
    varied = {key for key, variant in wordings if variant}
    assert len(varied) >= 3
    for key in varied:
        assert len({t for (k, _), texts in wordings.items() if k == key for t in texts}) >= 2


def _slide_text(slide: Any) -> str:
    """The slide's own words: footers differ between internal and customer-facing decks."""
    own = [shape for shape in slide.shapes if "Footer" not in shape.name]
    return "\n".join(text for shape in own for text in _shape_texts(shape) if not text.isdigit())


def _shape_texts(shape: Any) -> list[str]:
    if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
        return [text for inner in shape.shapes for text in _shape_texts(inner)]
    if shape.has_table:
        return [cell.text for row in shape.table.rows for cell in row.cells]
    return [shape.text_frame.text] if shape.has_text_frame else []


def _page_text(document: PdfReader, at: int) -> str:
    """The page's words without the first line (the document's name) and the foot."""
    lines = document.pages[at].extract_text().splitlines()
    return "\n".join(line for line in lines if "©" not in line and not line.isdigit())[-600:]


def test_decks_hold_what_an_extractor_must_cope_with(decks: dict[str, Any]) -> None:
    slides = [slide for deck in decks.values() for slide in deck.slides]
    shapes = [shape for slide in slides for shape in slide.shapes]
    groups = [shape for shape in shapes if shape.shape_type == MSO_SHAPE_TYPE.GROUP]
    assert sum(slide.has_notes_slide for slide in slides) >= 25
    assert sum(shape.has_table for shape in shapes) >= 60
    assert sum(shape.has_chart for shape in shapes) >= 25
    assert len(groups) >= 60
    assert any(inner.shape_type == MSO_SHAPE_TYPE.GROUP for g in groups for inner in g.shapes)
    assert all(slide.shapes.title is not None and slide.shapes.title.text for slide in slides)
    parts = [str(p.partname) for d in decks.values() for p in d.part.package.iter_parts()]
    assert sum(part.startswith("/ppt/comments/") for part in parts) >= 3


def test_hidden_slides_are_where_the_facts_say(library: DemoLibrary, decks: dict[str, Any]) -> None:
    for material in library.materials:
        if material.metadata.path in decks:
            found = tuple(
                number
                for number, slide in enumerate(decks[material.metadata.path].slides, start=1)
                if slide._element.get("show") == "0"
            )
            assert found == material.hidden_slides
    assert sum(len(material.hidden_slides) for material in library.materials) >= 5


def test_every_page_carries_its_number_and_the_legal_line(
    decks: dict[str, Any], documents: dict[str, PdfReader]
) -> None:
    for path, deck in decks.items():
        for number, slide in enumerate(deck.slides, start=1):
            texts = [s.text_frame.text for s in slide.placeholders if "Footer" in s.name]
            assert number == 1 or "Altostrate Cloud SAS" in texts[0], (path, number)
    for path, document in documents.items():
        for number, page in enumerate(document.pages, start=1):
            text = page.extract_text()
            assert "Altostrate Cloud SAS" in text, (path, number)
            assert str(number) in text.splitlines(), (path, number)


def test_two_column_pages_keep_their_columns_apart(documents: dict[str, PdfReader]) -> None:
    page = documents["public-cloud/gdpr-data-residency-brief.pdf"].pages[2]
    lefts: set[float] = set()

    def remember(text: str, outer: list[float], inner: list[float], _: Any, __: Any) -> None:
        if len(text.split()) > 3:
            lefts.add(round(outer[4] + inner[4]))

    page.extract_text(visitor_text=remember)
    assert max(lefts) - min(lefts) > 200


def test_building_again_gives_the_same_bytes(library: DemoLibrary, tmp_path: Path) -> None:
    wanted = {
        "public-cloud/managed-kubernetes-sales-deck.pptx",
        "private-cloud/drafts/dedicated-region-openstack-draft.pptx",
        "public-cloud/tco-comparison-brief.pdf",
    }
    for material in load_content().materials:
        path = material.metadata.path
        if path not in wanted:
            continue
        again = tmp_path / Path(path).name
        match material:
            case Deck():
                write_deck(material, again)
            case Document():
                write_document(material, again)
        assert _digest(again) == _digest(library.folder / path), path


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
