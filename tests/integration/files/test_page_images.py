import os
from pathlib import Path

import pytest

from search_service.files.page_images import PageImages, Size
from search_service.files.store import FileStore
from tests.integration.ingest.files import stream

pytestmark = pytest.mark.anyio
SHA256 = "ab" * 32


async def kept(images: PageImages, data: bytes = b"page") -> None:
    async with images.folder() as folder:
        (folder / "0001.jpg").write_bytes(data)
        (folder / "0001.thumb.webp").write_bytes(b"thumb")
        await images.keep(SHA256, folder)


async def test_pictures_are_there_all_at_once(tmp_path: Path) -> None:
    images = PageImages(tmp_path / "images")
    assert not await images.has(SHA256)
    assert await images.read(SHA256, 1, Size.PAGE) is None
    await kept(images)
    assert await images.has(SHA256)
    assert await images.holds(SHA256, 1)
    assert not await images.holds(SHA256, 2)
    assert await images.read(SHA256, 1, Size.PAGE) == b"page"
    assert await images.read(SHA256, 1, Size.THUMB) == b"thumb"
    assert list((tmp_path / "images" / "incoming").iterdir()) == []


async def test_who_comes_second_changes_nothing(tmp_path: Path) -> None:
    images = PageImages(tmp_path)
    await kept(images)
    await kept(images, b"another")
    assert await images.read(SHA256, 1, Size.PAGE) == b"page"


async def test_a_drawing_that_fails_leaves_nothing(tmp_path: Path) -> None:
    images = PageImages(tmp_path)
    with pytest.raises(ZeroDivisionError):
        async with images.folder():
            raise ZeroDivisionError
    assert not await images.has(SHA256)
    assert list((tmp_path / "incoming").iterdir()) == []


async def test_pictures_go_with_their_original(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    stored = await store.put(stream(b"bytes"), 100)
    async with store.images.folder() as folder:
        (folder / "0001.jpg").write_bytes(b"x")
        await store.images.keep(stored.sha256, folder)
    await store.remove(stored.sha256)
    assert not await store.images.has(stored.sha256)
    assert not await store.exists(stored.sha256)


async def test_what_a_killed_worker_left_is_removed(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    left = store.images.root / "incoming" / "x"
    left.mkdir(parents=True)
    (left / "0001.jpg").write_bytes(b"x")
    assert await store.remove_leftovers() == 0
    os.utime(left, (0, 0))
    assert await store.remove_leftovers() == 1
    assert not left.exists()
