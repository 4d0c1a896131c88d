"""Health, recovery, the worker inside, the library table, the audit log, the document."""

import asyncio
import re
from dataclasses import replace

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import text

from extractors.types import Code, WarningCode
from search_service.accounts.passwords import Passwords
from search_service.api.documentation import document_of
from search_service.app import AppOptions, create_app
from search_service.db.engine import Database, open_database
from tests.api.service import Service
from tests.integration.ingest import files

pytestmark = pytest.mark.anyio


async def test_a_healthy_service_is_ready(service: Service) -> None:
    response = await service.call(None, "GET", "/health/ready")
    assert response.status_code == 200, response.text
    assert {check["name"] for check in response.json()["checks"]} == {
        "database", "migrations", "queue", "storage",
    }  # fmt: skip
    live = await service.call(None, "GET", "/health/live")
    assert live.json()["status"] == "ok"


async def test_a_lost_database_is_503_and_comes_back_by_itself(
    service: Service, app: Litestar
) -> None:
    headers = await service.headers("pmm")
    here = app.state.services
    nowhere = open_database(service.settings, "postgresql://nobody@127.0.0.1:1/none")
    app.state.services = replace(here, database=nowhere)
    try:
        away = await service.call(None, "GET", "/search?q=x", headers=headers)
        ready = await service.call(None, "GET", "/health/ready")
        live = await service.call(None, "GET", "/health/live")
    finally:
        app.state.services = here
    assert (away.status_code, away.json()["code"]) == (503, "database_unavailable")
    assert int(away.headers["retry-after"]) > 0
    assert (ready.status_code, ready.json()["status"]) == (503, "not ready")
    assert live.status_code == 200
    back = await service.call(None, "GET", "/search?q=x", headers=headers)
    assert back.status_code == 200


async def test_cut_connections_are_made_anew(service: Service) -> None:
    assert (await service.call("pmm", "GET", "/me")).status_code == 200
    async with service.database.transaction() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert (await service.call("pmm", "GET", "/materials")).status_code == 200


async def test_the_library_goes_out_and_in_as_a_table(service: Service) -> None:
    await service.upload("pmm", files.deck(notes="table"), name="table one.pptx")
    out = await service.call("pmm", "GET", "/metadata.csv")
    assert out.headers["content-type"].startswith("text/csv")
    assert "table one.pptx" in out.text
    table = "path;universe;tags;status\r\nsome/folder/table one.pptx;Public Cloud;a, b;REVIEW\r\n"
    done = await service.call("pmm", "POST", "/metadata.csv", content=table.encode())
    assert (done.status_code, done.json()) == (200, {"rows": 1}), done.text
    found = await service.call("pmm", "GET", "/materials?universe=Public Cloud&status=REVIEW")
    assert [item["file_name"] for item in found.json()["items"]] == ["table one.pptx"]


@pytest.mark.parametrize(
    "table",
    [
        b"",
        b"name\r\nx\r\n",
        b"path,persona\r\n",
        b"path,type\r\na.pdf,x\r\n",
        b"path\r\nno.pdf\r\n",
    ],
)
async def test_a_wrong_table_changes_nothing_and_says_all(service: Service, table: bytes) -> None:
    response = await service.call("pmm", "POST", "/metadata.csv", content=table)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_input")
    assert response.json()["details"]["problems"]


async def test_the_audit_log_is_read_page_by_page(service: Service) -> None:
    for name in ("one", "two", "three"):
        await service.call("pmm", "POST", "/segments", json={"name": f"audit {name}"})
    path = "/audit-log?action=segment.create&limit=2"
    first = (await service.call("admin", "GET", path)).json()
    second = (await service.call("admin", "GET", f"{path}&cursor={first['next_cursor']}")).json()
    names = [entry["after"]["name"] for entry in (*first["items"], *second["items"])]
    assert names == ["audit three", "audit two", "audit one"]
    assert {entry["actor_email"] for entry in first["items"]} == {"pmm@example.com"}
    assert all(re.fullmatch("[0-9a-f]{32}", entry["request_id"]) for entry in first["items"])


@pytest.mark.parametrize("name", ["since", "until"])
async def test_a_time_beyond_the_calendar_is_refused(service: Service, name: str) -> None:
    path = f"/audit-log?{name}=9999-12-31T23:59:59-12:00"
    response = await service.call("admin", "GET", path)
    assert response.status_code == 400, response.text
    assert [item["field"] for item in response.json()["errors"]] == [name]


async def test_the_worker_inside_reads_what_is_uploaded(
    database: Database, database_url: str, service: Service
) -> None:
    settings = service.settings.with_(database_url=database_url)
    app = create_app(settings, AppOptions(web=False, passwords=Passwords(rounds=4)))
    async with AsyncTestClient[Litestar](app) as client:
        inner = Service(settings, database, client)
        await inner.add_people()
        response = await inner.call(
            "pmm", "POST", "/materials", files={"file": ("a.pptx", files.deck(notes="inside"))}
        )
        path = f"/jobs/{response.json()['job_id']}"
        job = (await inner.call("pmm", "GET", path)).json()
        for _ in range(200):
            if job["is_final"]:
                break
            await asyncio.sleep(0.1)
            job = (await inner.call("pmm", "GET", path)).json()
        assert job["state"] == "done"


def test_the_document_states_limits_and_refers_to_nothing_missing(app: Litestar) -> None:
    document = document_of(app)
    assert document["openapi"].startswith("3.1")
    references = re.findall(r"'\$ref': '#/components/schemas/([^']+)'", str(document))
    assert set(references) <= set(document["components"]["schemas"])
    identifiers = [
        operation["operationId"]
        for item in document["paths"].values()
        for operation in item.values()
    ]
    assert len(identifiers) == len(set(identifiers))
    search = document["paths"]["/api/v1/search"]["get"]
    limit = next(item for item in search["parameters"] if item["name"] == "limit")
    assert limit["schema"] == {
        "type": "integer",
        "description": "Materials on a page.",
        "minimum": 1,
        "maximum": 100,
        "default": 20,
    }
    body = document["components"]["schemas"]["SearchBody"]["properties"]["q"]
    assert "2,000 characters" in body["description"]
    kinds = document["components"]["schemas"]["SearchBody"]["properties"]["type"]
    assert "PRODUCT_DATASHEET" in kinds["description"]
    upload = document["paths"]["/api/v1/materials"]["post"]["requestBody"]["content"]
    assert upload["multipart/form-data"]["schema"]["required"] == ["file"]


def test_every_code_of_a_reading_is_explained_in_the_document(app: Litestar) -> None:
    schemas = document_of(app)["components"]["schemas"]
    of_jobs = schemas["Job"]["properties"]["code"]["description"]
    never_of_jobs = {Code.BAD_ARGUMENTS, Code.NO_SUCH_PAGE}
    assert [code for code in set(Code) - never_of_jobs if f"- `{code}`: " not in of_jobs] == []
    of_warnings = schemas["ReviewWarning"]["properties"]["code"]["description"]
    assert [code for code in WarningCode if f"- `{code}`: " not in of_warnings] == []


async def test_the_documentation_needs_nothing_from_elsewhere(service: Service) -> None:
    page = await service.call(None, "GET", "/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert "style=" not in page.text
    loaded = re.findall(r'(?:src|href)="(?!#)([^"]+)"', page.text)
    assert set(loaded) == {"/api/v1/docs/style.css", "/api/v1/openapi.json"}
    for path in ("/docs/style.css", "/openapi.json"):
        assert (await service.call(None, "GET", path)).status_code == 200
    assert 'id="schema-SearchAnswer"' in page.text
    assert 'id="unknown_parameter"' in page.text  # what the type of a problem refers to
