"""Pictures of pages over HTTP: the drawn ones, and the sketches where there are none."""

from xml.etree import ElementTree as ET

import pytest

from search_service.files.store import FileStore
from search_service.ingest import drawing
from search_service.ingest.drawing import DRAW, Studio
from search_service.jobs.worker import RunningJob
from search_service.serving.sketches import LABEL
from tests.api.service import Service
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio
HOSTILE = "<script>alert(1)</script>"


async def drawn_sheet(service: Service) -> str:
    """Upload a PDF of four pages and draw it; give the path of its pages."""
    accepted = await service.upload("pmm", files.datasheet(), "sheet.pdf")
    path = f"/materials/{accepted['material_id']}"
    version = (await service.call("pmm", "GET", f"{path}/versions")).json()["items"][0]
    studio = Studio(service.database, FileStore(service.settings.files_dir))
    await drawing.draw(studio, RunningJob(1, DRAW, {"sha256": version["sha256"]}, 1, False))
    return f"{path}/pages"


async def test_a_drawn_page_is_kept_by_the_browser(service: Service) -> None:
    pages = await drawn_sheet(service)
    (page, *_) = (await service.call("pmm", "GET", pages)).json()["items"]
    path = page["image_path"].removeprefix("/api/v1")
    answer = await service.call("pmm", "GET", path)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "Cookie" in answer.headers["Vary"]
    assert answer.content.startswith(b"\xff\xd8")
    small = await service.call("pmm", "GET", f"{path}&size=thumb")
    assert len(small.content) < len(answer.content)
    tag = {"If-None-Match": answer.headers["ETag"]}
    again = await service.call("pmm", "GET", path, headers=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert (await service.call("pmm", "GET", f"{path}&size=thumb", headers=tag)).status_code == 200


async def test_the_present_page_is_asked_for_again(service: Service) -> None:
    pages = await drawn_sheet(service)
    answer = await service.call("pmm", "GET", f"{pages}/1/image")
    assert answer.headers["Cache-Control"] == "private, no-cache"


async def test_there_is_no_picture_behind_the_last_page(service: Service) -> None:
    pages = await drawn_sheet(service)
    for number in (5, 99_999):
        answer = await service.call("pmm", "GET", f"{pages}/{number}/image")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_wrong_size_is_told_which_there_are(service: Service) -> None:
    pages = await drawn_sheet(service)
    answer = await service.call("pmm", "GET", f"{pages}/1/image?size=huge")
    assert answer.status_code == 400
    assert "thumb" in answer.text


async def test_the_picture_of_an_older_version_is_the_editors(service: Service) -> None:
    pages = await drawn_sheet(service)
    material = pages.removesuffix("/pages")
    newer = {"file": ("newer.pdf", files.document([["Newer"]]), "application/pdf")}
    taken = await service.call("pmm", "POST", f"{material}/file", files=newer)
    await service.run_job(taken.json()["job_id"])
    await service.set_status("pmm", int(material.rsplit("/", 1)[-1]), "REVIEW", "PUBLISHED")
    old = f"{pages}/4/image?version=1"
    assert (await service.call("pmm", "GET", old)).headers["Content-Type"] == "image/jpeg"
    assert (await service.call("sales", "GET", old)).status_code == 404
    present = await service.call("sales", "GET", f"{pages}/1/image")
    assert present.headers["Content-Type"] == "image/svg+xml"


async def test_a_sketch_says_what_it_is_and_shows_the_corrected_text(service: Service) -> None:
    accepted = await service.upload("pmm", files.deck((("Sketch me", HOSTILE),)))
    page = f"/materials/{accepted['material_id']}/pages/1"
    before = await service.call("pmm", "GET", f"{page}/image?version=1")
    assert before.headers["Content-Type"] == "image/svg+xml"
    assert before.headers["Cache-Control"] == "private, no-cache"
    assert "default-src 'none'; sandbox" in before.headers["Content-Security-Policy"]
    changed = await service.call(
        "pmm", "PATCH", page, json={"title": "As corrected <b>"}, headers={"If-Match": "*"}
    )
    assert changed.status_code == 200
    tag = {"If-None-Match": before.headers["ETag"]}
    after = await service.call("pmm", "GET", f"{page}/image?version=1", headers=tag)
    assert after.status_code == 200
    sheet = ET.fromstring(after.content)  # noqa: S314 - our own answer
    texts = [element.text for element in sheet]
    assert {"As corrected <b>", HOSTILE, LABEL} <= set(texts)
    assert "Sketch me" not in texts
