import os
from pathlib import Path

import pytest

from search_service.files import copies
from search_service.files.copies import MOST_OF_ONE, CopyKey
from search_service.files.store import FileStore

pytestmark = pytest.mark.anyio
SHA256 = "ab" * 32


async def kept(store: FileStore, key: CopyKey) -> None:
    path = await copies.begin(store)
    path.write_bytes(b"copy")
    await copies.keep(store, path, key)


async def test_of_one_original_only_the_copies_asked_for_last_are_kept(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "files")
    other = CopyKey("cd" * 32, "all")
    await kept(store, other)
    keys = [CopyKey(SHA256, f"pages-{number}") for number in range(MOST_OF_ONE + 2)]
    for age_s, key in enumerate(keys[:MOST_OF_ONE]):
        await kept(store, key)
        found = await copies.find(store, key)
        assert found is not None
        os.utime(found.path, (1_000_000 - age_s, 1_000_000 - age_s))
    await copies.find(store, keys[MOST_OF_ONE - 1])  # the oldest, asked for once more
    for key in keys[MOST_OF_ONE:]:
        await kept(store, key)
    there = [key for key in keys if await copies.find(store, key)]
    gone = {keys[MOST_OF_ONE - 2], keys[MOST_OF_ONE - 3]}
    assert there == [key for key in keys if key not in gone]
    assert await copies.find(store, other)
