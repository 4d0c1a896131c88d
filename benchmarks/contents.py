"""What an ingest leaves in the database and the file store, told by the bytes that were read.

Keywords and the words of a material itself (passage 0) are left out: they depend on what else the
library held when a file's turn came.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncpg

_ENDED = """
SELECT v.sha256, j.state, j.code FROM ingest_jobs j
JOIN material_versions v ON v.material_id = j.material_id AND v.ordinal = j.version_ordinal
"""
_ROWS: Mapping[str, str] = {
    "pages": """
        SELECT v.sha256, p.page_number, p.title, p.body, p.notes, p.tables::text
        FROM material_pages p JOIN material_versions v
          ON v.material_id = p.material_id AND v.ordinal = p.version_ordinal""",
    "passages": """
        SELECT v.sha256, p.ordinal, p.page_number, p.title, p.body, p.notes, p.content_hash,
               p.search_vector::text
        FROM passages p JOIN material_versions v
          ON v.material_id = p.material_id AND v.ordinal = p.version_ordinal
        WHERE p.ordinal > 0""",
    "blocks": """
        SELECT v.sha256, u.slide_number, b.name, b.content, b.block_type::text
        FROM content_block_usages u JOIN content_blocks b ON b.id = u.content_block_id
        JOIN material_details d ON d.material_id = u.material_id
        JOIN material_versions v
          ON v.material_id = d.material_id AND v.ordinal = d.current_version""",
}
# Each counts rows that should not be there.
_ORPHANS: Mapping[str, str] = {
    "passages of no version": """
        SELECT count(*) FROM passages p WHERE NOT EXISTS (SELECT FROM material_versions v
        WHERE v.material_id = p.material_id AND v.ordinal = p.version_ordinal)""",
    "pages of no version": """
        SELECT count(*) FROM material_pages p WHERE NOT EXISTS (SELECT FROM material_versions v
        WHERE v.material_id = p.material_id AND v.ordinal = p.version_ordinal)""",
    "blocks that nothing uses": """
        SELECT count(*) FROM content_blocks b WHERE NOT EXISTS (
        SELECT FROM content_block_usages u WHERE u.content_block_id = b.id)""",
    "materials without a version": """
        SELECT count(*) FROM materials m WHERE NOT EXISTS (
        SELECT FROM material_versions v WHERE v.material_id = m.id)""",
    "jobs of no version": """
        SELECT count(*) FROM ingest_jobs j WHERE NOT EXISTS (SELECT FROM material_versions v
        WHERE v.material_id = j.material_id AND v.ordinal = j.version_ordinal)""",
    "versions without a job": """
        SELECT count(*) FROM material_versions v WHERE NOT EXISTS (SELECT FROM ingest_jobs j
        WHERE j.material_id = v.material_id AND j.version_ordinal = v.ordinal)""",
    "versions of bytes that another has": """
        SELECT count(*) - count(DISTINCT sha256) FROM material_versions""",
    "jobs given up by the queue": "SELECT count(*) FROM pgqueuer WHERE status = 'failed'",
}


@dataclass(frozen=True, slots=True)
class Contents:
    """By the sha256 of a file: how its reading ended, and a hash of each kind of row."""

    ended: Mapping[str, tuple[str, str | None]]
    rows: Mapping[str, Mapping[str, str]]
    orphans: Mapping[str, int]


async def read_contents(url: str, files: Path) -> Contents:
    """Read what is there now."""
    connection = await asyncpg.connect(url)
    try:
        ended = {row[0]: (row[1], row[2]) for row in await connection.fetch(_ENDED)}
        rows = {kind: await _hashes(connection, statement) for kind, statement in _ROWS.items()}
        orphans = {kind: await connection.fetchval(counted) for kind, counted in _ORPHANS.items()}
        known = {row[0] for row in await connection.fetch("SELECT sha256 FROM material_versions")}
    finally:
        await connection.close()
    kept = _stored(files)
    orphans["stored files of no version"] = len(kept - known)
    orphans["versions without their file"] = len(known - kept)
    return Contents(ended, rows, orphans)


async def is_quiet(url: str) -> bool:
    """Tell whether every file has been read, and the queue knows it too."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        left = await connection.fetchval(
            "SELECT (SELECT count(*) FROM ingest_jobs WHERE finished_at IS NULL)"
            " + (SELECT count(*) FROM pgqueuer WHERE entrypoint = 'extract'"
            "    AND status <> 'failed')"
        )
    finally:
        await connection.close()
    return bool(left == 0)


async def under_way(url: str) -> dict[int, int]:
    """Give the jobs that a worker has in hand, each with how often it was begun."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        rows = await connection.fetch(
            "SELECT id, attempts FROM ingest_jobs WHERE state IN ('extracting', 'indexing')"
        )
    finally:
        await connection.close()
    return {row[0]: row[1] for row in rows}


async def left_lying(url: str, known: Mapping[int, int]) -> int:
    """Count those of `under_way` that have neither ended nor been begun anew."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        counted = await connection.fetchval(
            "SELECT count(*) FROM ingest_jobs j JOIN unnest($1::int[], $2::int[]) k(id, attempts)"
            " ON k.id = j.id AND k.attempts = j.attempts WHERE j.finished_at IS NULL",
            list(known),
            list(known.values()),
        )
    finally:
        await connection.close()
    return int(counted)


def differences(clean: Contents, found: Contents) -> list[str]:
    """Say in words what differs from an undisturbed run, and what should not be there."""
    wrong = [f"{count} {kind}" for kind, count in found.orphans.items() if count]
    for digest, ending in clean.ended.items():
        if found.ended.get(digest) != ending:
            wrong.append(f"{digest[:12]} ended as {found.ended.get(digest)}, not {ending}")
    wrong += [
        f"{digest[:12]} is no file of this run" for digest in found.ended.keys() - clean.ended
    ]
    for kind, expected in clean.rows.items():
        given = found.rows[kind]
        wrong += [
            f"other {kind} of {digest[:12]}"
            for digest in expected.keys() | given.keys()
            if expected.get(digest) != given.get(digest)
        ]
    return wrong


def _stored(files: Path) -> set[str]:
    return {path.name for path in files.glob("??/??/*")}


async def _hashes(connection: asyncpg.Connection, statement: str) -> dict[str, str]:
    """One hash for each file over its rows, whatever their order."""
    rows: defaultdict[str, list[str]] = defaultdict(list)
    for row in await connection.fetch(statement):
        rows[row[0]].append(repr(tuple(row)[1:]))
    return {
        digest: hashlib.sha256("\n".join(sorted(told)).encode("utf-8", "replace")).hexdigest()
        for digest, told in rows.items()
    }
