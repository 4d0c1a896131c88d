"""Where else a slide stands, and what went stale, on the pages."""

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from search_service.accounts.caller import Caller
from search_service.accounts.users import find_user
from search_service.catalog import personas
from search_service.catalog.editing import Target
from search_service.config import Settings
from search_service.db.engine import open_database
from search_service.files.store import FileStore
from search_service.ingest.handlers import Workshop, extract
from search_service.ingest.upload import Intake, Upload
from search_service.jobs.worker import RunningJob
from tests.integration.ingest import files
from tests.web.people import OPERATOR, PASSWORD, Library, address_of

pytestmark = pytest.mark.anyio

CHANGED = (
    *files.SLIDES[:2],
    (files.SLIDES[2][0], files.SLIDES[2][1].replace("three zones", "five zones")),
)


@pytest.fixture(scope="module", autouse=True)
async def changed(settings: Settings, library: Library, anyio_backend: str) -> None:
    """Petra's published deck gets a new third slide; her draft keeps the old one."""
    database = open_database(settings, settings.database_url)
    store = FileStore(settings.files_dir)
    async with database.transaction() as connection:
        described = {"name": "Platform lead", "goals": "Managed Kubernetes, load balancing"}
        await personas.create(connection, OPERATOR, described | {"challenges": "Octavia"})
        petra = await find_user(connection, address_of("petra"))
    assert petra is not None
    upload = Upload("k8s.pptx", files.stream(files.deck(CHANGED)))
    intake = Intake(database, store, settings.upload_max_bytes, 100)
    accepted = await intake.accept_version(
        Caller(petra.as_principal()), Target(library.deck), upload
    )
    job = RunningJob(1, "extract", {"job_id": accepted.job_id}, 1, True)
    await extract(Workshop(database, store), job)
    await database.close()


async def _page(client: AsyncTestClient[Litestar], name: str, path: str) -> str:
    client.cookies.clear()
    await client.post("/sign-in", data={"email": address_of(name), "password": PASSWORD})
    return (await client.get(path)).text


async def test_a_slide_shows_where_else_it_stands_to_whom_may_see_that(
    client: AsyncTestClient[Litestar], library: Library
) -> None:
    page = await _page(client, "petra", f"/m/{library.deck}/s/2")
    assert "Where else this slide stands" in page
    assert f'href="/m/{library.draft}/s/2"' in page
    assert "the same slide" in page
    for other in ("otto", "sam"):
        assert "Where else" not in await _page(client, other, f"/m/{library.deck}/s/2")


async def test_a_review_names_the_newer_slide(
    client: AsyncTestClient[Litestar], library: Library
) -> None:
    page = await _page(client, "petra", f"/m/{library.draft}/review")
    assert "There is a newer slide, since " in page
    assert f'href="/m/{library.deck}/s/3"' in page
    assert "newer" not in await _page(client, "petra", f"/m/{library.deck}/review")


async def test_the_library_lists_what_went_stale(
    client: AsyncTestClient[Litestar], library: Library
) -> None:
    assert 'href="/library/stale"' in await _page(client, "petra", "/library")
    page = await _page(client, "petra", "/library/stale")
    assert f'href="/m/{library.draft}/s/3"' in page
    assert f'href="/m/{library.deck}/s/3"' in page
    assert "Nothing is stale" in await _page(client, "otto", "/library/stale")
    assert "Nothing is stale" not in page


async def test_a_review_shows_what_is_proposed_and_takes_the_decision(
    client: AsyncTestClient[Litestar], library: Library
) -> None:
    path = f"/m/{library.draft}/review"
    page = await _page(client, "petra", path)
    assert "Proposed from the text" in page
    assert "“managed kubernetes” on " in page
    csrf = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    value = page.partition('name="kind" value="persona"')[2].partition('value="')[2]
    form = {
        "csrf_token": csrf,
        "kind": "persona",
        "value": value.partition('"')[0],
        "decision": "accept",
    }
    answer = await client.post(f"/m/{library.draft}/proposals", data=form, follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert "Proposed from the text" not in (await client.get(path)).text
