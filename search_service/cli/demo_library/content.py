"""The content files: owns reading and checking them, knows nothing of PPTX, PDF or CSV."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from search_service.cli.demo_library.markup import (
    ContentError,
    parse_blocks,
    parse_bullets,
    parse_chart,
    parse_ragged_rows,
    parse_rows,
)
from search_service.cli.demo_library.model import (
    AUDIENCES,
    MATERIAL_TYPES,
    STATUSES,
    UNIVERSES,
    Bullets,
    Cards,
    Columns,
    Deck,
    Diagram,
    Document,
    Material,
    Metadata,
    Page,
    Persona,
    Quote,
    Segment,
    SharedUse,
    Slide,
    SlideBody,
    Table,
    Title,
)

Record = Mapping[str, Any]

_LISTS = ("personas", "segments", "tags", "use_cases", "pain_points")
_PART_OF_A_SLIDE = {"kind", "title", "lead", "notes", "comment", "hidden", "shared", "variant"}
_KINDS: dict[str, set[str]] = {
    "title": {"subtitle"},
    "bullets": {"bullets"},
    "table": {"table", "footnote"},
    "chart": {"style", "data", "takeaway"},
    "two-column": {"left_title", "left", "right_title", "right"},
    "diagram": {"groups", "footnote"},
    "cards": {"cards"},
    "quote": {"quote", "author", "figures"},
}


@dataclass(frozen=True, slots=True)
class Content:
    """Everything the content files say, materials in the order of their paths."""

    personas: tuple[Persona, ...]
    segments: tuple[Segment, ...]
    materials: tuple[Material, ...]


def load_content(folder: Traversable | None = None) -> Content:
    """Read and check all content files; raises ContentError naming the file that is wrong."""
    folder = folder or files(__package__) / "content"
    shared = _load_shared(folder)
    personas = tuple(Persona(**p) for p in _read(folder / "personas.toml")["personas"])
    segments = tuple(Segment(**s) for s in _read(folder / "segments.toml")["segments"])
    known = {
        "personas": frozenset(persona.name for persona in personas),
        "segments": frozenset(segment.name for segment in segments),
    }
    materials = [
        _load_material(file, shared, known)
        for file in folder.iterdir()
        if file.name.endswith(".toml") and file.name not in _COMMON_FILES
    ]
    return Content(personas, segments, tuple(sorted(materials, key=lambda m: m.metadata.path)))


_COMMON_FILES = ("personas.toml", "segments.toml", "shared_slides.toml")


@dataclass(frozen=True, slots=True)
class _Shared:
    slides: Mapping[SharedUse, Record]
    pages: Mapping[SharedUse, Record]


def _load_shared(folder: Traversable) -> _Shared:
    record = _read(folder / "shared_slides.toml")
    return _Shared(_by_use(record["slides"]), _by_use(record["pages"]))


def _by_use(records: list[dict[str, Any]]) -> dict[SharedUse, Record]:
    return {SharedUse(r.pop("key"), r.pop("variant", "")): r for r in records}


def _read(file: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{file.name} is not valid TOML: {error}") from error


def _load_material(
    file: Traversable, shared: _Shared, known: Mapping[str, frozenset[str]]
) -> Material:
    record = _read(file)
    try:
        metadata = _metadata(record["material"], known)
        if metadata.path.endswith(".pptx"):
            slide = partial(_slide, shared=shared)
            return Deck(metadata, tuple(map(slide, record["slides"])))
        page = partial(_page, shared=shared)
        return Document(metadata, tuple(map(page, record["pages"])))
    except (KeyError, TypeError, ContentError) as error:
        raise ContentError(f"{file.name} cannot be built: {error}") from error


def _metadata(record: Record, known: Mapping[str, frozenset[str]]) -> Metadata:
    fields: dict[str, Any] = {k: tuple(v) if k in _LISTS else v for k, v in record.items()}
    metadata = Metadata(**fields)
    for field, allowed in (
        ("type", MATERIAL_TYPES),
        ("audience", AUDIENCES),
        ("status", STATUSES),
        ("universe", UNIVERSES),
    ):
        _refuse_unknown(field, {getattr(metadata, field)}, frozenset(allowed))
    for field, names in known.items():
        _refuse_unknown(field, set(getattr(metadata, field)), names)
    return metadata


def _refuse_unknown(field: str, found: set[str], allowed: frozenset[str]) -> None:
    if unknown := found - allowed:
        raise ContentError(f"{field} {sorted(unknown)} unknown, use one of {sorted(allowed)}")


def _slide(record: Record, shared: _Shared) -> Slide:
    if "shared" in record:
        use = SharedUse(record["shared"], record.get("variant", ""))
        slide = _slide(shared.slides[use], shared)
        return replace(slide, notes=record.get("notes", slide.notes), shared=use)
    kind = record["kind"]
    _refuse_unknown("slide fields", set(record), frozenset(_PART_OF_A_SLIDE | _KINDS[kind]))
    return Slide(
        title=record["title"],
        lead=record.get("lead", ""),
        body=_slide_body(kind, record),
        notes=record.get("notes", "").strip(),
        comment=record.get("comment", ""),
        hidden=record.get("hidden", False),
        shared=None,
    )


def _slide_body(kind: str, record: Record) -> SlideBody:  # noqa: PLR0911 - one return per kind
    match kind:
        case "title":
            return Title(record["subtitle"])
        case "bullets":
            return Bullets(parse_bullets(record["bullets"]))
        case "table":
            return Table(parse_rows(record["table"]), record.get("footnote", ""))
        case "chart":
            return parse_chart(record["style"], record["data"], record.get("takeaway", ""))
        case "two-column":
            return Columns(
                record["left_title"],
                parse_bullets(record["left"]),
                record["right_title"],
                parse_bullets(record["right"]),
            )
        case "diagram":
            return Diagram(parse_ragged_rows(record["groups"]), record.get("footnote", ""))
        case "cards":
            return Cards(parse_ragged_rows(record["cards"]))
        case _:
            figures = parse_ragged_rows(record.get("figures", ""))
            return Quote(record["quote"], record["author"], figures)


def _page(record: Record, shared: _Shared) -> Page:
    if "shared" in record:
        use = SharedUse(record["shared"], record.get("variant", ""))
        return replace(_page(shared.pages[use], shared), shared=use)
    _refuse_unknown("page fields", set(record), frozenset({"title", "lead", "columns", "body"}))
    _refuse_unprintable(record["title"] + record.get("lead", "") + record["body"])
    return Page(
        title=record["title"],
        lead=record.get("lead", ""),
        columns=record.get("columns", 1),
        blocks=parse_blocks(record["body"]),
        shared=None,
    )


def _refuse_unprintable(text: str) -> None:
    """PDF's built-in fonts know Windows-1252 only; anything else would print as a black box."""
    try:
        text.encode("cp1252")
    except UnicodeEncodeError as error:
        raise ContentError(f"a PDF page cannot print {error.object[error.start]!r}") from error
