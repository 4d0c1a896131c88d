"""How long a suggestion takes from keystroke to answer, over HTTP.

    python -m benchmarks.keystrokes --passages N [--source FILE.jsonl.gz] [--requests N]

The library has N slides, 20 to a material, with the titles of SOURCE ([source, group, title, body]
a line), or with generated ones. Titles, and words from their middle, are typed letter by letter by
a sales rep's API key, against the service in a process of its own.
"""

import argparse
import asyncio
import json
import random
import time
from collections.abc import Iterator, Sequence
from itertools import chain, count, islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import text

from benchmarks.generator import SEED, generated_passages
from benchmarks.load import apart, requests_ms
from benchmarks.measures import percentile
from benchmarks.passages import read_passages
from benchmarks.scratch import Scratch, scratch
from benchmarks.served import served
from search_service.db.engine import Database
from search_service.index import suggestions

SLIDES = 20
BATCH = 50_000
MOST_TYPED = 20
MATERIALS = """
INSERT INTO materials (name, material_type, audience, status, product_name, keywords, usage_count)
SELECT left(name, 255), 'PRODUCT_SALES_DECK', 'BOTH', 'PUBLISHED', 'Product ' || n % 200,
       ARRAY['keyword ' || n % 5000], n % 100
FROM unnest(CAST(:names AS text[])) WITH ORDINALITY AS t(name, n) ORDER BY n
"""
DETAILS = "INSERT INTO material_details (material_id, language) SELECT id, 'en' FROM materials"
COLUMNS = """
INSERT INTO passages (material_id, ordinal, version_ordinal, page_number, title, body, content_hash,
                      search_vector, length_title, length_body, language, status, material_type,
                      audience)
"""
OWN_PASSAGES = f"""
{COLUMNS}
SELECT id, 0, 1, 0, name, product_name || chr(10) || keywords[1], md5(name), '', 1, 1, 'en', status,
       material_type, audience
FROM materials
"""
PASSAGES = f"""
{COLUMNS}
SELECT m.id, n.page, 1, n.page, t.title, '', md5(t.title), '', 1, 1, 'en', m.status,
       m.material_type, m.audience
FROM unnest(CAST(:titles AS text[])) WITH ORDINALITY AS t(title, place)
CROSS JOIN LATERAL (
    SELECT 1 + (CAST(:start AS bigint) + t.place - 1) / :slides AS material_id,
           1 + (CAST(:start AS bigint) + t.place - 1) % :slides AS page
) n
JOIN materials m ON m.id = n.material_id
"""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=200_000)
    parser.add_argument("--source", type=Path)
    parser.add_argument("--requests", type=int, default=2000)
    given = parser.parse_args(arguments)
    print(json.dumps(asyncio.run(measure(given.passages, given.source, given.requests)), indent=2))


async def measure(passages: int, source: Path | None, requests: int) -> dict[str, Any]:
    """Fill, collect the suggestions, type; give times in milliseconds."""
    titles = list(islice(_titles(source), passages))
    async with scratch() as place:
        await fill(place, titles)
        began = time.perf_counter()
        async with place.database.transaction() as connection:
            await suggestions.refresh(connection)
        refresh_s = round(time.perf_counter() - began, 1)
        rows = await _rows(place.database)
        typed = islice(keystrokes(titles), requests)
        paths = [f"/api/v1/suggest?{urlencode({'q': text_so_far})}" for text_so_far in typed]
        async with served(place) as service:
            times = await apart(requests_ms, service, paths, 1)
    shares = {f"p{share:g}_ms": round(percentile(times, share / 100), 2) for share in (50, 95, 99)}
    return {"passages": passages, "prefix_rows": rows, "refresh_s": refresh_s, **shares}


async def fill(place: Scratch, titles: Sequence[str]) -> None:
    """Write materials with their slides past the index writer: suggestions read titles alone."""
    async with place.database.transaction() as connection:
        await connection.execute(text(MATERIALS), {"names": list(titles[::SLIDES])})
        await connection.execute(text(DETAILS))
        await connection.execute(text(OWN_PASSAGES))
        for start in range(0, len(titles), BATCH):
            batch = {"titles": titles[start : start + BATCH], "start": start, "slides": SLIDES}
            await connection.execute(text(PASSAGES), batch)
    async with place.database.write.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text("VACUUM ANALYZE"))


def keystrokes(titles: Sequence[str]) -> Iterator[str]:
    """Titles, from their first word or a later one on, letter by letter, for ever."""
    source = random.Random(SEED)
    while True:
        words = source.choice(titles).split()
        typed = " ".join(words[source.randrange(len(words)) :] if words else [])[:MOST_TYPED]
        yield from (typed[:end] for end in range(1, len(typed) + 1))


def _titles(source: Path | None) -> Iterator[str]:
    """Titles of the source; beyond its end they differ by a number."""
    lines = read_passages(source) if source else generated_passages()
    read = [line[2] for line in islice(lines, 200_000) if line[2]]
    again = (f"{title} {number}" for number in count(2) for title in read)
    return chain(read, again)


async def _rows(database: Database) -> int:
    async with database.reading() as connection:
        return int(
            (
                await connection.execute(text("SELECT count(*) FROM suggestion_prefixes"))
            ).scalar_one()
        )


if __name__ == "__main__":
    main()
