"""Uploads over HTTP: what is taken, what is refused, and with which code."""

import pytest

from tests.api.service import PPTX, Service
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio
FORM = {"Content-Type": "multipart/form-data; boundary=x"}


async def test_the_same_bytes_are_answered_with_their_material(service: Service) -> None:
    data = files.deck(notes="only here")
    first = await service.upload("pmm", data)
    second = await service.upload("pmm", data, name="copy.pptx")
    assert second["duplicate"] is True
    assert second["material_id"] == first["material_id"]
    # Another PMM does not see the draft, and so gets a material of their own.
    third = await service.upload("other", data)
    assert third["duplicate"] is False
    assert third["material_id"] != first["material_id"]


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("a.exe", b"MZ\x00\x00" + b"\x01" * 500, 422, "unsupported_type"),
        ("a.pdf", b"", 422, "empty_file"),
        ("a.pdf", b"x" * 4_000_000, 413, "too_large"),
        ("a.pdf", b"x" * 2_500_000, 413, "too_large"),
    ],
)
async def test_a_file_that_cannot_be_taken_is_refused_with_a_code(
    service: Service, name: str, content: bytes, status: int, code: str
) -> None:
    response = await service.call("pmm", "POST", "/materials", files={"file": (name, content)})
    assert (response.status_code, response.json()["code"]) == (status, code)


async def test_a_damaged_file_is_taken_and_refused_by_its_job(service: Service) -> None:
    accepted = await service.upload("pmm", b"%PDF-1.7\nnothing of one", name="broken.pdf")
    job = await service.call("pmm", "GET", f"/jobs/{accepted['job_id']}")
    assert (job.json()["state"], job.json()["code"]) == ("refused", "damaged")
    back = await service.call("pmm", "GET", f"/materials/{accepted['material_id']}/file")
    assert back.content == b"%PDF-1.7\nnothing of one"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"material_type": "x"}, "material_type"),
        ({"review_by": "soon"}, "review_by"),
        ({"persona_ids": ["x"]}, "persona_ids"),
        ({"persona_ids": ["99999"]}, "persona_ids"),
        ({"name": "x" * 300}, "name"),
        ({"zork": "1"}, "zork"),
    ],
)
async def test_a_wrong_field_is_named(
    service: Service, fields: dict[str, object], field: str
) -> None:
    response = await service.call(
        "pmm", "POST", "/materials", files={"file": ("a.txt", b"hello there")}, data=fields
    )
    assert response.status_code == 400, response.text
    assert [item["field"] for item in response.json()["errors"]] == [field]


async def test_blank_fields_of_a_form_say_nothing(service: Service) -> None:
    response = await service.call(
        "pmm",
        "POST",
        "/materials",
        files={"file": ("plain words.txt", b"hello plain words")},
        data={"name": "", "material_type": "", "review_by": "", "version": ""},
    )
    assert response.status_code == 202, response.text
    material = await service.call("pmm", "GET", f"/materials/{response.json()['material_id']}")
    assert material.json()["name"] == "plain words"


@pytest.mark.parametrize(
    "content",
    [
        b"rubbish",
        b"--x\r\n",
        b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n\xff\xfe\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nno file name\r\n--x--\r\n',
        b"--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--x--\r\n",
    ],
)
async def test_a_malformed_form_is_a_problem(service: Service, content: bytes) -> None:
    response = await service.call("pmm", "POST", "/materials", content=content, headers=FORM)
    assert response.status_code == 400, response.text
    assert response.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("charset", [b"punycode", b"zlib_codec", b"no-such", b"unicode_escape"])
async def test_the_fields_of_a_form_are_utf_8(service: Service, charset: bytes) -> None:
    """Other codecs take minutes (punycode), fail, or make what is no text."""
    content = (
        b'--x\r\nContent-Disposition: form-data; name="name"\r\n'
        b"Content-Type: text/plain; charset=" + charset + b"\r\n\r\nword\r\n--x--\r\n"
    )
    response = await service.call("pmm", "POST", "/materials", content=content, headers=FORM)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_input")
    assert "UTF-8" in response.json()["detail"]


async def test_the_fields_of_a_form_are_short(service: Service) -> None:
    response = await service.call(
        "pmm",
        "POST",
        "/materials",
        files={"file": ("a.txt", b"hello long field")},
        data={"description": "x" * 300_000},
    )
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


async def test_a_second_file_is_not_lost_in_silence(service: Service) -> None:
    files = [("file", ("a.txt", b"the first of two")), ("file", ("b.txt", b"the second of two"))]
    response = await service.call("pmm", "POST", "/materials", files=files)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_input")


async def test_a_form_without_a_boundary_is_a_problem(service: Service) -> None:
    response = await service.call(
        "pmm",
        "POST",
        "/materials",
        content=b"rubbish",
        headers={"Content-Type": "multipart/form-data"},
    )
    assert response.status_code == 400


async def test_whoever_may_not_upload_is_refused_before_the_body_is_read(
    service: Service,
) -> None:
    for who, status in (("sales", 403), (None, 401)):
        response = await service.call(
            who, "POST", "/materials", content=b"no form at all", headers=FORM
        )
        assert response.status_code == status


async def test_a_newer_file_becomes_a_version(service: Service) -> None:
    first = await service.upload("pmm", files.deck(notes="version one"), name="v1.pptx")
    path = f"/materials/{first['material_id']}"
    response = await service.call(
        "pmm",
        "POST",
        f"{path}/file",
        files={"file": ("v2.pptx", files.deck(notes="version two"))},
        data={"version": "2.0"},
    )
    assert response.status_code == 202, response.text
    assert response.json()["version"] == 2
    before = await service.call("pmm", "GET", path)
    assert (before.json()["current_version"], before.json()["file_name"]) == (1, "v1.pptx")
    await service.run_job(response.json()["job_id"])
    after = await service.call("pmm", "GET", path)
    assert (after.json()["current_version"], after.json()["file_name"]) == (2, "v2.pptx")
    versions = await service.call("pmm", "GET", f"{path}/versions")
    assert [item["ordinal"] for item in versions.json()["items"]] == [2, 1]
    old = await service.call("pmm", "GET", f"{path}/pages/1", params={"version": 1})
    assert old.json()["notes"] == "version one"
    assert old.json()["url"].endswith("/s/1?v=1")


async def test_a_file_is_read_once_more_on_request(service: Service) -> None:
    first = await service.upload("pmm", files.deck(notes="again"), name="again.pptx")
    response = await service.call("pmm", "POST", f"/materials/{first['material_id']}/extract")
    assert response.status_code == 202
    assert response.json()["job_id"] != first["job_id"]
    foreign = await service.call("other", "POST", f"/materials/{first['material_id']}/extract")
    assert foreign.status_code == 404
    receipt = await service.call("pmm", "GET", f"/materials/{first['material_id']}/receipt")
    assert receipt.json()["receipt"]["totals"]["pages"] == 3


async def test_a_duplicate_of_somebody_elses_file_leads_to_it_and_to_no_job(
    service: Service,
) -> None:
    data = files.deck(notes="somebody else's")
    theirs = await service.upload("pmm", data)
    await service.set_status("pmm", theirs["material_id"], "REVIEW", "PUBLISHED")
    answer = await service.call(
        "other", "POST", "/materials", files={"file": ("mine.pptx", data, PPTX)}
    )
    again = answer.json()
    assert (again["duplicate"], again["material_id"]) == (True, theirs["material_id"])
    assert again["job_id"] is None
    assert answer.headers["Location"] == again["url"]
