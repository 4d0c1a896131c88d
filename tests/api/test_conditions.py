"""Conditional requests and parts of files: ETag, If-Match, If-None-Match, Range, HEAD."""

import pytest

from tests.api.service import PPTX, Service
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def deck(service: Service, anyio_backend: str) -> str:
    """The path of a deck of the PMM; its file's name needs RFC 5987."""
    accepted = await service.upload(
        "pmm", files.deck(notes="conditions"), name="Übersicht € 1.pptx"
    )
    return f"/materials/{accepted['material_id']}"


async def test_a_change_must_name_the_state_it_is_based_on(service: Service, deck: str) -> None:
    change = {"json": {"description": "A new one"}}
    missing = await service.call("pmm", "PATCH", deck, **change)
    assert (missing.status_code, missing.json()["code"]) == (428, "precondition_required")

    read = await service.call("pmm", "GET", deck)
    headers = {"If-Match": read.headers["etag"]}
    done = await service.call("pmm", "PATCH", deck, headers=headers, **change)
    assert done.status_code == 200, done.text
    assert done.json()["description"] == "A new one"
    assert "description" in done.json()["edited_fields"]
    assert done.headers["etag"] not in {read.headers["etag"], None}

    stale = await service.call("pmm", "PATCH", deck, headers=headers, **change)
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    # Without the mark of what is only shown with it: a change is not based on that.
    now = stale.json()["details"]["etag"]
    assert done.headers["etag"].startswith(now.removesuffix('"') + ".")
    foreign = await service.call("other", "PATCH", deck, headers=headers, **change)
    assert foreign.status_code == 404


async def test_a_field_that_is_left_out_stays_and_null_empties_it(
    service: Service, deck: str
) -> None:
    anyway = {"If-Match": "*"}
    both = {"product_name": "Compute", "tags": ["a", "b"]}
    await service.call("pmm", "PATCH", deck, headers=anyway, json=both)
    one = await service.call("pmm", "PATCH", deck, headers=anyway, json={"product_name": None})
    assert (one.json()["product_name"], one.json()["tags"]) == (None, ["a", "b"])


async def test_an_unchanged_material_is_not_sent_again(service: Service, deck: str) -> None:
    read = await service.call("pmm", "GET", deck)
    headers = {"If-None-Match": read.headers["etag"]}
    again = await service.call("pmm", "GET", deck, headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == read.headers["etag"]


@pytest.mark.parametrize(
    ("range_field", "status", "start", "end"),
    [("bytes=0-9", 206, 0, 10), ("bytes=100-", 206, 100, None), ("bytes=-5", 206, -5, None)],
)
async def test_a_part_of_a_file(
    service: Service, deck: str, range_field: str, status: int, start: int, end: int | None
) -> None:
    whole = (await service.call("pmm", "GET", f"{deck}/file")).content
    part = await service.call("pmm", "GET", f"{deck}/file", headers={"Range": range_field})
    assert part.status_code == status
    assert part.content == whole[start:end]
    assert part.headers["content-range"].endswith(f"/{len(whole)}")
    assert int(part.headers["content-length"]) == len(part.content)


async def test_a_part_that_the_file_does_not_have(service: Service, deck: str) -> None:
    answer = await service.call("pmm", "GET", f"{deck}/file", headers={"Range": "bytes=9999999-"})
    assert answer.status_code == 416
    assert answer.headers["content-range"].startswith("bytes */")


async def test_a_part_of_another_state_is_answered_with_the_whole(
    service: Service, deck: str
) -> None:
    headers = {"Range": "bytes=0-9", "If-Range": '"other"'}
    answer = await service.call("pmm", "GET", f"{deck}/file", headers=headers)
    assert answer.status_code == 200


async def test_a_file_name_of_any_letters_reaches_the_browser(service: Service, deck: str) -> None:
    file = await service.call("pmm", "GET", f"{deck}/file")
    assert file.headers["content-disposition"] == (
        'attachment; filename="_bersicht _ 1.pptx"; '
        "filename*=UTF-8''%C3%9Cbersicht%20%E2%82%AC%201.pptx"
    )
    assert file.headers["content-type"] == PPTX
    assert "sandbox" in file.headers["content-security-policy"]
    cached = {"If-None-Match": file.headers["etag"]}
    again = await service.call("pmm", "GET", f"{deck}/file", headers=cached)
    assert again.status_code == 304


async def test_only_downloads_from_the_start_are_counted(service: Service, deck: str) -> None:
    async def count() -> int:
        return int((await service.call("pmm", "GET", deck)).json()["usage_count"])

    before = await count()
    await service.call("pmm", "GET", f"{deck}/file", headers={"Range": "bytes=10-20"})
    await service.call("pmm", "HEAD", f"{deck}/file")
    assert await count() == before
    await service.call("pmm", "GET", f"{deck}/file", headers={"Range": "bytes=0-20"})
    await service.call("pmm", "GET", f"{deck}/file")
    assert await count() == before + 2
    log = await service.call("admin", "GET", "/audit-log?action=material.download&limit=1")
    assert log.json()["items"][0]["actor_email"] == "pmm@example.com"


async def test_head_gives_the_fields_without_the_body(service: Service, deck: str) -> None:
    for path in (deck, f"{deck}/file"):
        whole = await service.call("pmm", "GET", path)
        head = await service.call("pmm", "HEAD", path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == whole.headers["content-length"]
        assert head.headers["etag"] == whole.headers["etag"]
        assert "ratelimit" in head.headers
    stranger = await service.call(None, "HEAD", deck)
    assert stranger.status_code == 401
