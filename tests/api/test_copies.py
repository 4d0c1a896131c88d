"""Clean copies over HTTP: asked for like a file, with the same rights, kept for the next one."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation

from search_service.files import copies
from search_service.files.store import FileStore
from tests.api.service import API, PPTX, Service
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio


async def material(service: Service, data: bytes, name: str) -> str:
    """The path of a new material's file."""
    accepted = await service.upload("pmm", data, name=name)
    return f"/materials/{accepted['material_id']}/file"


def titles(data: bytes) -> list[str]:
    return [slide.shapes.title.text for slide in Presentation(io.BytesIO(data)).slides]


async def test_a_clean_copy_of_a_deck(service: Service) -> None:
    path = await material(service, files.deck(notes="Never tell them"), "pitch.pptx")
    response = await service.call("pmm", "GET", f"{path}?clean=true")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == PPTX
    assert 'filename="pitch - clean.pptx"' in response.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(response.content)) as package:
        assert not any(b"Never tell them" in package.read(name) for name in package.namelist())
    whole = await service.call("pmm", "GET", path)
    assert titles(response.content) == titles(whole.content)
    assert response.headers["ETag"] != whole.headers["ETag"]


async def test_chosen_slides_come_as_a_clean_copy(service: Service) -> None:
    path = await material(service, files.deck(notes="Only for slides"), "chosen.pptx")
    response = await service.call("pmm", "GET", f"{path}?slides=3,1")
    assert titles(response.content) == ["Managed Kubernetes", "Load balancing"]
    assert "chosen - 1,3.pptx" in response.headers["Content-Disposition"]
    assert not any(s.has_notes_slide for s in Presentation(io.BytesIO(response.content)).slides)


async def test_a_clean_copy_of_a_pdf_in_parts(service: Service) -> None:
    path = await material(service, files.datasheet(), "sheet.pdf")
    whole = await service.call("pmm", "GET", f"{path}?slides=2")
    part = await service.call("pmm", "GET", f"{path}?slides=2", headers={"Range": "bytes=0-4"})
    assert (part.status_code, part.content) == (206, b"%PDF-")
    assert part.headers["Content-Range"] == f"bytes 0-4/{len(whole.content)}"
    same = await service.call(
        "pmm", "GET", f"{path}?slides=2", headers={"If-None-Match": whole.headers["ETag"]}
    )
    assert same.status_code == 304


@pytest.mark.parametrize("pages", ["0", "x", "9-3", "4"])
async def test_pages_that_are_none_are_refused_by_name(service: Service, pages: str) -> None:
    path = await material(service, files.deck(notes=f"refused {pages}"), "few.pptx")
    response = await service.call("pmm", "GET", f"{path}?slides={pages}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "slides"


async def test_a_kind_without_clean_copies_says_so(service: Service) -> None:
    path = await material(service, b"Plain words about storage", "words.txt")
    response = await service.call("pmm", "GET", f"{path}?clean=true")
    assert (response.status_code, response.json()["code"]) == (422, "copy_refused")
    assert response.json()["details"] == {"reason": "unsupported_type"}
    assert "PPTX" in response.json()["detail"]


async def test_a_copy_has_the_rights_of_its_material(service: Service) -> None:
    path = await material(service, files.deck(notes="rights"), "draft.pptx")
    assert (await service.call("pmm", "GET", f"{path}?clean=true")).status_code == 200
    assert (await service.call("sales", "GET", f"{path}?clean=true")).status_code == 404
    assert (await service.call(None, "GET", f"{path}?clean=true")).status_code == 401


async def test_a_copy_counts_as_a_download(service: Service) -> None:
    path = await material(service, files.deck(notes="counted"), "counted.pptx")
    await service.call("pmm", "GET", f"{path}?clean=true")
    shown = await service.call("pmm", "GET", path.removesuffix("/file"))
    assert shown.json()["usage_count"] == 1


async def downloads(service: Service, path: str) -> list[dict[str, Any]]:
    material_id = path.split("/")[2]
    found = await service.call(
        "admin", "GET", f"/audit-log?object_type=material&object_id={material_id}"
    )
    return [
        entry["after"]
        for entry in reversed(found.json()["items"])
        if entry["action"] == "material.download"
    ]


async def test_the_audit_log_says_what_was_sent(service: Service) -> None:
    path = await material(service, files.deck(notes="audited"), "audited.pptx")
    newer = {"file": ("b.pptx", files.deck(notes="audited anew"), PPTX)}
    accepted = await service.call("pmm", "POST", path, files=newer)
    await service.run_job(accepted.json()["job_id"])
    for query in ("", "?version=1", "?clean=true", "?slides=1,3&version=1"):
        assert (await service.call("pmm", "GET", f"{path}{query}")).status_code == 200
    assert await downloads(service, path) == [
        {"version": 2},
        {"version": 1},
        {"version": 2, "copy": "all"},
        {"version": 1, "copy": "1,3"},
    ]


async def test_no_part_of_a_file_is_sent_without_a_note(service: Service) -> None:
    path = await material(service, files.deck(notes="in parts"), "parts.pptx")
    whole = await service.call("pmm", "GET", path)
    rest = await service.call("pmm", "GET", path, headers={"Range": "bytes=1-"})
    assert rest.content == whole.content[1:]
    assert await downloads(service, path) == [
        {"version": 1},
        {"version": 1, "part": [1, len(whole.content)]},
    ]
    shown = await service.call("pmm", "GET", path.removesuffix("/file"))
    assert shown.json()["usage_count"] == 1


@pytest.mark.parametrize("query", ["slides=", "clean=", "clean=true&slides="])
async def test_a_copy_that_is_not_named_never_gives_the_original(
    service: Service, query: str
) -> None:
    path = await material(service, files.deck(notes="Never by mistake"), "mistake.pptx")
    response = await service.call("pmm", "GET", f"{path}?{query}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] in {"slides", "clean"}


async def test_a_copy_is_kept_until_nobody_asks_for_it(service: Service) -> None:
    path = await material(service, files.deck(notes="kept"), "kept.pptx")
    for _ in range(2):
        await service.call("pmm", "GET", f"{path}?clean=true")
    versions = await service.call("pmm", "GET", path.replace("/file", "/versions"))
    sha256 = versions.json()["items"][0]["sha256"]
    store = FileStore(service.settings.files_dir)

    def kept() -> list[Path]:
        return [each for each in (store.root / "copies").rglob("*") if sha256 in each.parts
                and each.is_file()]  # fmt: skip

    assert len(kept()) == 1
    await copies.remove_unused(store, older_than_s=3600)
    assert len(kept()) == 1
    await copies.remove_unused(store, older_than_s=-1)
    assert kept() == []
    assert list((store.root / "incoming").glob("*")) == []
    assert (await service.call("pmm", "GET", f"{path}?clean=true")).status_code == 200


async def test_the_document_names_both_parameters(service: Service) -> None:
    document = (await service.client.get(f"{API}/openapi.json")).json()
    operation = document["paths"][f"{API}/materials/{{material_id}}/file"]["get"]
    assert {"version", "clean", "slides"} <= {item["name"] for item in operation["parameters"]}
