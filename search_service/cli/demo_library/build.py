"""Builds the demo library in a folder: owns its table and its facts, knows no database."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from search_service.cli.demo_library.content import load_content
from search_service.cli.demo_library.decks import write_deck
from search_service.cli.demo_library.documents import write_document
from search_service.cli.demo_library.model import (
    Deck,
    Material,
    Metadata,
    Page,
    Persona,
    Segment,
    Slide,
)

TABLE_NAME = "library.csv"
COLUMNS = (
    "path",
    "name",
    "type",
    "audience",
    "status",
    "product",
    "universe",
    "personas",
    "segments",
    "tags",
    "owner",
    "review_by",
    "description",
    "use_cases",
    "pain_points",
    "version",
)


@dataclass(frozen=True, slots=True)
class BuiltMaterial:
    """A file that was written; `page_count` counts slides, hidden ones too."""

    path: Path
    metadata: Metadata
    page_count: int
    hidden_slides: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SharedPlacement:
    """A shared slide or page in one material; `page_number` counts from 1.

    Placements of the same key and variant carry identical text; placements of the same key and
    another variant carry an older or shortened wording of it. An empty variant is the current one.
    """

    key: str
    variant: str
    path: str
    page_number: int


@dataclass(frozen=True, slots=True)
class DemoLibrary:
    """What was built: materials in the order of the table, and where shared slides stand."""

    folder: Path
    table: Path
    personas: tuple[Persona, ...]
    segments: tuple[Segment, ...]
    materials: tuple[BuiltMaterial, ...]
    placements: tuple[SharedPlacement, ...]


def build_library(folder: Path, progress: Callable[[str], None] | None = None) -> DemoLibrary:
    """Write all files and `library.csv`, calling `progress` with each file's path once written.

    Existing files of the same name are replaced. The same code gives the same bytes. Raises
    ContentError when a content file is wrong.
    """
    content = load_content()
    built = []
    for material in content.materials:
        built.append(_write(material, folder))
        if progress is not None:
            progress(material.metadata.path)
    table = folder / TABLE_NAME
    _write_table(table, [material.metadata for material in content.materials])
    return DemoLibrary(
        folder=folder,
        table=table,
        personas=content.personas,
        segments=content.segments,
        materials=tuple(built),
        placements=tuple(p for material in content.materials for p in _placements(material)),
    )


def _write(material: Material, folder: Path) -> BuiltMaterial:
    path = folder / material.metadata.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(material, Deck):
        write_deck(material, path)
        hidden = tuple(at for at, slide in enumerate(material.slides, start=1) if slide.hidden)
        return BuiltMaterial(path, material.metadata, len(material.slides), hidden)
    write_document(material, path)
    return BuiltMaterial(path, material.metadata, len(material.pages), ())


def _placements(material: Material) -> list[SharedPlacement]:
    parts: tuple[Slide | Page, ...] = (
        material.slides if isinstance(material, Deck) else material.pages
    )
    return [
        SharedPlacement(part.shared.key, part.shared.variant, material.metadata.path, number)
        for number, part in enumerate(parts, start=1)
        if part.shared is not None
    ]


def _write_table(table: Path, materials: list[Metadata]) -> None:
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([_cell(getattr(m, column)) for column in COLUMNS] for m in materials)


def _cell(value: object) -> str:
    return ";".join(value) if isinstance(value, tuple) else str(value)
