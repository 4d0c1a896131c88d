"""The library that latency is measured on: built for the run, or kept in a folder for the next."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks import library
from benchmarks.library import Built
from benchmarks.passages import PERSONAS, SEGMENTS, documents, lines_of
from benchmarks.scratch import Scratch, opened, scratch
from search_service.db.tables import Persona, Segment
from search_service.index import statistics
from search_service.text import weighting

Named: TypeAlias = type[Persona] | type[Segment]

KEPT_AS = "library.json"


@dataclass(frozen=True, slots=True)
class Source:
    """How many passages of which file; without a file they are generated."""

    file: Path | None
    passages: int

    @property
    def identity(self) -> Mapping[str, Any]:
        source = self.file.name if self.file else "generated"
        return {"source": source, "passages": self.passages, "layout": library.LAYOUT}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A library that can be searched, and how it was built."""

    place: Scratch
    built: Built


@asynccontextmanager
async def prepared(source: Source, folder: Path | None) -> AsyncIterator[Prepared]:
    """Give the library of a folder, built there where the folder is empty; without a folder one
    that is removed afterwards.

    A library whose lists were stored by other constants is counted anew. Exits where the folder
    holds anything else.
    """
    if folder is None:
        async with scratch() as place:
            yield Prepared(place, await build(place, source))
        return
    known = kept(folder, source)
    async with opened(folder) as place:
        built = Built(**known["built"]) if known else await build(place, source)
        if known and known["counted_with"] != _constants():
            again_s = await library.recount(place.database)
            built = Built(built.materials, built.write_s, built.gin_s, again_s)
        facts = {**source.identity, "counted_with": _constants(), "built": asdict(built)}
        (folder / KEPT_AS).write_text(json.dumps(facts, indent=1), encoding="utf-8")
        yield Prepared(place, built)


async def build(place: Scratch, source: Source) -> Built:
    """Write a source's passages into an empty database and index them."""
    async with place.database.transaction() as connection:
        persona_ids = await _named(connection, Persona, PERSONAS)
        segment_ids = await _named(connection, Segment, SEGMENTS)
    lines = lines_of(source.file, source.passages)
    return await library.build(place.database, documents(lines, persona_ids, segment_ids))


async def _named(
    connection: AsyncConnection, table: Named, names: tuple[str, ...]
) -> tuple[int, ...]:
    statement = insert(table).returning(table.id, sort_by_parameter_order=True)
    rows = await connection.execute(statement, [{"name": name} for name in names])
    return tuple(rows.scalars())


def kept(folder: Path, source: Source) -> dict[str, Any] | None:
    """Give what is known of the library in a folder; None where the folder is empty or new.

    Exits where it holds another library, or none that was finished.
    """
    if not folder.exists() or not any(folder.iterdir()):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # a server of root runs as nobody
        return None
    try:
        facts: dict[str, Any] = json.loads((folder / KEPT_AS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SystemExit(
            f"{folder} holds no finished library; remove it or choose another folder."
        ) from None
    found = {name: facts.get(name) for name in source.identity}
    if found != source.identity:
        raise SystemExit(
            f"{folder} holds {found['passages']} passages of {found['source']} (layout "
            f"{found['layout']}, not {library.LAYOUT}); choose another folder, or remove it."
        )
    return facts


def _constants() -> Mapping[str, Any]:
    """What stored lists depend on beside the passages."""
    return {
        "least_passages": statistics.LEAST_PASSAGES,
        "most_postings": statistics.MOST_POSTINGS,
        "k1": weighting.K1,
        "title_weight": weighting.TITLE_WEIGHT,
        "title_b": weighting.TITLE_B,
        "body_b": weighting.BODY_B,
    }
