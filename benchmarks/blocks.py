"""Whether reused slides are found, and whether strangers are taken for relatives.

    python -m benchmarks.blocks [CORPUS] [--json OUT.json]

Reads the demo library through the real pipeline and compares what the service says of each planted
slide with the placements that the library was built from: the same wording in another material
must be found as the same, another wording as a variant, older or newer as their dates say.

With CORPUS (files and a manifest.tsv as in ../shared/corpora/extraction-dev) it does the same with
every deck and document there and counts the blocks that are said to stand, exactly or nearly, in a
file of another GitHub account. Files of one account are not judged, as many are copies of one
another on purpose; nor are files generated from others. Exits with 1 where a planted slide is
missed, or where more than MOST_FALSE of the blocks have a false relative.
"""

import argparse
import asyncio
import csv
import json
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from itertools import permutations
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from benchmarks.machine import fingerprint
from benchmarks.scratch import scratch
from search_service.accounts.caller import Caller
from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.catalog import reuse
from search_service.catalog.reuse import Relation
from search_service.cli.demo_library.build import SharedPlacement, build_library
from search_service.db.engine import Database
from search_service.errors import FileRefusedError
from search_service.files.store import FileStore
from search_service.ingest.handlers import Workshop, extract
from search_service.ingest.upload import Intake, Upload
from search_service.jobs.worker import RunningJob

MOST_FALSE = 0.01
SUFFIXES = frozenset({".pdf", ".pptx", ".pptm", ".ppsx", ".ppsm", ".potx"})
_OPERATOR = Caller(LOCAL_ADMINISTRATOR)
_MAX_BYTES = 2**31
_BLOCK_BYTES = 1 << 20

_RELATED = text(
    """
    SELECT b.block_type, b.content, array_agg(DISTINCT u.material_id) AS here,
           array_agg(DISTINCT n.material_id) AS there
    FROM content_blocks b
    JOIN content_block_usages u ON u.content_block_id = b.id
    CROSS JOIN LATERAL (
        SELECT b.id
        UNION ALL
        SELECT v.variant_id FROM block_variants v WHERE v.content_block_id = b.id
    ) r
    JOIN content_block_usages n ON n.content_block_id = r.id
    GROUP BY b.id
    """
)


@dataclass(frozen=True, slots=True)
class Planted:
    """Pairs of placements of one kind, each way round, and how many the service finds."""

    kind: str
    pairs: int
    found: int
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Strangers:
    """Blocks of files of different accounts that are taken for the same or variants."""

    files: int
    accounts: int
    blocks: int
    false: int
    examples: tuple[str, ...]

    @property
    def share(self) -> float:
        return self.false / max(self.blocks, 1)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", nargs="?", type=Path, metavar="CORPUS")
    parser.add_argument("--json", type=Path, metavar="OUT.json", help="write the figures here too")
    given = parser.parse_args(arguments)
    planted = asyncio.run(measure_planted())
    strangers = asyncio.run(measure_strangers(given.corpus)) if given.corpus else None
    console = Console(width=120)
    console.print(table_of(planted, strangers))
    for example in strangers.examples if strangers else ():
        console.print(f"false: {example}", markup=False, highlight=False)
    if given.json:
        report = {
            "machine": fingerprint(),
            "planted": [asdict(each) for each in planted],
            "strangers": asdict(strangers) | {"share": strangers.share} if strangers else None,
        }
        given.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    missed = [each for kind in planted for each in kind.missed]
    if missed:
        raise SystemExit("planted and not found: " + "; ".join(missed))
    if strangers and strangers.share > MOST_FALSE:
        raise SystemExit(f"{strangers.share:.2%} false relatives are more than {MOST_FALSE:.0%}")


async def measure_planted() -> list[Planted]:
    """Load the demo library and look up each planted slide."""
    with tempfile.TemporaryDirectory() as folder:
        library = build_library(Path(folder))
        async with scratch() as place:
            paths = [material.path for material in library.materials]
            ids = await load(place.database, paths, Path(folder))
            by_path = {path.relative_to(folder).as_posix(): ids[path] for path in paths}
            async with place.database.reading() as connection:
                return await planted_of(connection, library.placements, by_path)


async def planted_of(
    connection: AsyncConnection,
    placements: Sequence[SharedPlacement],
    ids: dict[str, int],
) -> list[Planted]:
    """Compare what is said of each placement with all others of its key; `ids` go by path."""
    pairs: Counter[str] = Counter()
    missed: dict[str, list[str]] = {"same": [], "variant": []}
    for here, there in permutations(placements, 2):
        if here.key != there.key or here.path == there.path:
            continue
        kind = "same" if here.variant == there.variant else "variant"
        found = await reuse.of_page(
            connection, LOCAL_ADMINISTRATOR, ids[here.path], here.page_number
        )
        hit = any(
            (each.material_id, each.their_page) == (ids[there.path], there.page_number)
            and each.relation is _relation(here, there)
            for each in found
        )
        pairs[kind] += 1
        if not hit:
            missed[kind].append(f"{here.key} {here.path} {there.path}")
    return [
        Planted(kind, pairs[kind], pairs[kind] - len(lost), tuple(lost))
        for kind, lost in missed.items()
    ]


def _relation(here: SharedPlacement, there: SharedPlacement) -> Relation:
    """An empty variant is the current wording; its decks have the later dates."""
    if here.variant == there.variant:
        return Relation.SAME
    return Relation.OLDER if there.variant else Relation.NEWER


async def measure_strangers(corpus: Path) -> Strangers:
    """Load a corpus and count the blocks with relatives in files of other accounts."""
    with (corpus / "manifest.tsv").open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t")
        accounts = {corpus / row["file"]: row["source"].partition("/")[0] for row in rows}
    paths = [
        path
        for path, account in accounts.items()
        if path.suffix.lower() in SUFFIXES and not account.startswith("generated")
    ]
    async with scratch() as place:
        ids = await load(place.database, paths, corpus)
        names = {material_id: path for path, material_id in ids.items()}
        async with place.database.reading() as connection:
            related = (await connection.execute(_RELATED)).all()
    false = []
    for row in related:
        here = {accounts[names[each]] for each in row.here}
        there = {accounts[names[each]] for each in row.there}
        if len(here | there) > 1:
            files = sorted({names[each].name for each in (*row.here, *row.there)})
            begin = " ".join(row.content.split())[:60]
            false.append(f"{row.block_type} in {', '.join(files)}: {begin}")
    return Strangers(
        files=len(ids),
        accounts=len({accounts[path] for path in paths}),
        blocks=len(related),
        false=len(false),
        examples=tuple(false[:20]),
    )


async def load(database: Database, paths: Sequence[Path], folder: Path) -> dict[Path, int]:
    """Read files as uploads are read; give the material of each that is taken at all."""
    with tempfile.TemporaryDirectory() as kept:
        store = FileStore(Path(kept))
        intake = Intake(database, store, _MAX_BYTES, len(paths) + 1)
        workshop = Workshop(database, store)
        ids: dict[Path, int] = {}
        for number, path in enumerate(paths, start=1):
            name = path.relative_to(folder).name
            try:
                accepted = await intake.accept(_OPERATOR, Upload(name, _bytes_of(path), {}))
            except FileRefusedError:
                continue
            ids[path] = accepted.material_id
            if accepted.job_id is not None:
                payload = {"job_id": accepted.job_id}
                job = RunningJob(number, "extract", payload, attempt=1, is_last_attempt=True)
                await extract(workshop, job)
    return ids


async def _bytes_of(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            yield block


def table_of(planted: Sequence[Planted], strangers: Strangers | None) -> Table:
    table = Table("measure", "of", "found", "share", "bar")
    for each in planted:
        share = f"{each.found / max(each.pairs, 1):.2%}"
        table.add_row(f"planted: {each.kind}", str(each.pairs), str(each.found), share, "100%")
    if strangers:
        what = f"false relatives, {strangers.files} files, {strangers.accounts} accounts"
        table.add_row(
            what,
            str(strangers.blocks),
            str(strangers.false),
            f"{strangers.share:.2%}",
            f"≤ {MOST_FALSE:.0%}",
        )
    return table


if __name__ == "__main__":
    main()
