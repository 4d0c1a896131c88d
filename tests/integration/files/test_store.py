import errno
import hashlib
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from search_service.errors import (
    EmptyFileError,
    InvalidInputError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
)
from search_service.files import store as module
from search_service.files.store import FileStore

pytestmark = pytest.mark.anyio


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def whole(stream: AsyncIterator[bytes]) -> bytes:
    return b"".join([block async for block in stream])


def everything_below(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


async def test_a_file_is_kept_under_the_hash_of_its_bytes(store: FileStore) -> None:
    stored = await store.put(chunks(b"one ", b"two"), 100)
    sha256 = hashlib.sha256(b"one two").hexdigest()
    assert stored.sha256 == sha256
    assert stored.size_bytes == 7
    assert stored.path == f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
    assert await store.exists(sha256)
    assert store.path_of(sha256).read_bytes() == b"one two"
    assert everything_below(store.root) == [stored.path]


async def test_the_same_bytes_are_kept_once(store: FileStore) -> None:
    first = await store.put(chunks(b"same"), 100)
    inode = store.path_of(first.sha256).stat().st_ino
    assert await store.put(chunks(b"sa", b"me"), 100) == first
    assert store.path_of(first.sha256).stat().st_ino == inode
    assert everything_below(store.root) == [first.path]


async def test_a_torn_file_is_replaced_by_the_whole_one(store: FileStore) -> None:
    stored = await store.put(chunks(b"whole"), 100)
    store.path_of(stored.sha256).write_bytes(b"wh")
    await store.put(chunks(b"whole"), 100)
    assert store.path_of(stored.sha256).read_bytes() == b"whole"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(0, None, b"0123456789"), (3, None, b"3456789"), (2, 5, b"234"), (8, 99, b"89"), (5, 5, b"")],
)
async def test_a_range_is_read(
    store: FileStore, start: int, end: int | None, expected: bytes
) -> None:
    stored = await store.put(chunks(b"0123456789"), 100)
    assert await whole(store.read(stored.sha256, start, end)) == expected


async def test_a_file_larger_than_one_block_comes_back_whole(store: FileStore) -> None:
    data = os.urandom(module.WRITE_BYTES + module.READ_BYTES + 17)
    stored = await store.put(chunks(data[:100], data[100:]), len(data))
    assert await whole(store.read(stored.sha256)) == data


async def test_a_file_over_the_limit_leaves_nothing(store: FileStore) -> None:
    with pytest.raises(TooLargeError):
        await store.put(chunks(b"12345", b"67890"), 9)
    assert everything_below(store.root) == []


async def test_an_empty_file_is_refused(store: FileStore) -> None:
    with pytest.raises(EmptyFileError):
        await store.put(chunks(b"", b""), 9)
    assert everything_below(store.root) == []


async def test_a_broken_upload_leaves_nothing(store: FileStore) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"begin"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store.put(broken(), 100)
    assert everything_below(store.root) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
async def test_a_full_or_failing_disk_is_unavailable_and_leaves_nothing(
    store: FileStore, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    await store.put(chunks(b"before"), 100)
    before = everything_below(store.root)
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(UnavailableError):
        await store.put(chunks(b"after"), 100)
    assert everything_below(store.root) == before


async def test_a_file_system_without_links_keeps_files_too(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_source: Path, _target: Path) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    stored = await store.put(chunks(b"kept"), 100)
    assert everything_below(store.root) == [stored.path]


async def test_only_old_leftovers_are_removed(store: FileStore) -> None:
    incoming = store.root / "incoming"
    incoming.mkdir(parents=True)
    for name, age_s in (("old.part", 90_000), ("new.part", 60)):
        (incoming / name).write_bytes(b"x")
        os.utime(incoming / name, (time.time() - age_s,) * 2)
    assert await store.remove_leftovers() == 1
    assert everything_below(store.root) == ["incoming/new.part"]


async def test_leftovers_of_a_store_that_was_never_used_are_none(store: FileStore) -> None:
    assert await store.remove_leftovers() == 0


async def test_a_missing_file_is_not_found(store: FileStore) -> None:
    with pytest.raises(NotFoundError):
        await whole(store.read("0" * 64))


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 63, "A" * 64, "0" * 65])
async def test_only_hashes_name_files(store: FileStore, name: str) -> None:
    with pytest.raises(InvalidInputError):
        store.path_of(name)
