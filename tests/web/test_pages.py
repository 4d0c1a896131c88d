"""What pages answer, without a browser: who may see what, and what is refused."""

import re
from html.parser import HTMLParser
from typing import TypeAlias

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import AsyncTestClient

from search_service.accounts import setup
from search_service.accounts.passwords import Passwords
from search_service.app import AppOptions, create_app
from search_service.config import Settings
from search_service.db.engine import Database
from tests.integration.ingest import files
from tests.web import people
from tests.web.people import HOSTILE, Library, address_of

pytestmark = pytest.mark.anyio
Client: TypeAlias = AsyncTestClient[Litestar]
HTMX = {"HX-Request": "true"}


async def _sign_in(client: Client, name: str, target: str = "/") -> Response:
    client.cookies.clear()
    form = {"email": address_of(name), "password": people.PASSWORD, "next": target}
    return await client.post("/sign-in", data=form, follow_redirects=False)


async def _token(client: Client, path: str = "/") -> str:
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', (await client.get(path)).text)
    assert found
    return found[1]


def _inline_in(page: str) -> list[str]:
    """Give what a strict policy would not run or apply."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            names = {name for name, _ in attrs}
            if tag == "style" or (tag == "script" and "src" not in names):
                found.append(tag)
            found.extend(name for name in names if name == "style" or name.startswith("on"))

    Reader().feed(page)
    return found


async def test_a_stranger_is_led_to_the_sign_in_page_and_back(client: Client) -> None:
    client.cookies.clear()
    answer = await client.get("/m/3/s/4?v=1", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=%2Fm%2F3%2Fs%2F4%3Fv%3D1"
    assert (await _sign_in(client, "sam", "/m/3/s/4?v=1")).headers["Location"] == "/m/3/s/4?v=1"


async def test_nobody_is_led_to_another_host(client: Client) -> None:
    for target in ("//evil.example/", "https://evil.example/", "/\\evil.example"):
        assert (await _sign_in(client, "sam", target)).headers["Location"] == "/"


async def test_a_piece_of_a_page_leads_the_whole_page_to_the_sign_in(client: Client) -> None:
    client.cookies.clear()
    headers = HTMX | {"HX-Current-URL": "http://testserver.local/?q=a"}
    answer = await client.get("/?q=ab", headers=headers, follow_redirects=False)
    assert answer.headers["HX-Redirect"] == "/sign-in?next=%2F%3Fq%3Da"


async def test_a_wrong_password_says_so_and_keeps_the_address(client: Client) -> None:
    client.cookies.clear()
    form = {"email": "sam@example.com", "password": "wrong password", "next": "/library"}
    answer = await client.post("/sign-in", data=form)
    assert answer.status_code == 401
    assert 'value="sam@example.com"' in answer.text
    assert 'value="/library"' in answer.text
    assert "wrong password" not in answer.text


async def test_the_session_is_a_cookie_that_scripts_cannot_read(client: Client) -> None:
    cookie = (await _sign_in(client, "sam")).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


async def test_signing_out_ends_the_session_itself(client: Client) -> None:
    await _sign_in(client, "sam")
    session = dict(client.cookies)
    token = await _token(client)
    await client.post("/sign-out", data={"csrf_token": token}, follow_redirects=False)
    client.cookies.update(session)
    answer = await client.get("/", follow_redirects=False)
    assert answer.headers["Location"] == "/sign-in"


async def test_a_form_of_another_site_does_not_sign_anybody_in(client: Client) -> None:
    client.cookies.clear()
    form = {"email": address_of("sam"), "password": people.PASSWORD}
    answer = await client.post(
        "/sign-in", data=form, headers={"Sec-Fetch-Site": "cross-site"}, follow_redirects=False
    )
    assert answer.status_code == 403
    assert "session" not in client.cookies


async def test_an_origin_that_is_no_address_is_another_site(client: Client) -> None:
    client.cookies.clear()
    form = {"email": address_of("sam"), "password": people.PASSWORD}
    answer = await client.post("/sign-in", data=form, headers={"Origin": "http://["})
    assert answer.status_code == 403


async def test_a_strangers_form_is_read_as_utf_8_alone(client: Client) -> None:
    """A codec of the sender's choice could hold up everybody for minutes."""
    client.cookies.clear()
    form = (
        b'--x\r\nContent-Disposition: form-data; name="email"\r\n'
        b"Content-Type: text/plain; charset=punycode\r\n\r\nab-c\r\n--x--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await client.post("/sign-in", content=form, headers=headers)
    assert answer.status_code == 400
    assert "UTF-8" in answer.text


async def test_a_malformed_form_is_not_called_a_missing_page(client: Client) -> None:
    client.cookies.clear()
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await client.post("/sign-in", content=b"rubbish", headers=headers)
    assert answer.status_code == 400


async def test_who_must_wait_to_sign_in_is_told_how_long(client: Client) -> None:
    client.cookies.clear()
    form = {"email": "nobody@example.com", "password": "wrong password"}
    answers = [await client.post("/sign-in", data=form) for _ in range(6)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["/sign-out", "/upload", "/m/1/review", "/m/1/status"])
async def test_a_change_without_the_sessions_token_is_refused(client: Client, path: str) -> None:
    await _sign_in(client, "petra")
    answer = await client.post(path, data={"status": "ARCHIVED"}, follow_redirects=False)
    assert answer.status_code == 403
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    "path", ["/upload", "/library", "/m/{0.deck}/review", "/m/{0.draft}", "/m/{0.draft}/file"]
)
async def test_sales_reach_no_page_of_product_marketing(
    client: Client, library: Library, path: str
) -> None:
    await _sign_in(client, "sam")
    answer = await client.get(path.format(library))
    assert answer.status_code == (404 if "draft" in path else 403)
    assert "/upload" not in (await client.get("/")).text


async def test_a_draft_of_somebody_else_is_not_there(client: Client, library: Library) -> None:
    await _sign_in(client, "otto")
    for path in ("", "/s/1", "/file", "/review"):
        assert (await client.get(f"/m/{library.draft}{path}")).status_code == 404
    assert (await client.get(f"/m/{library.deck}/review")).status_code == 403


async def test_a_download_is_counted_and_a_look_at_its_fields_is_not(
    client: Client, library: Library
) -> None:
    await _sign_in(client, "sam")
    path = f"/m/{library.deck}"
    before = (await client.get(path)).text
    head = await client.head(f"{path}/file")
    assert head.status_code == 200
    assert "filename=" in head.headers["Content-Disposition"]
    assert (await client.get(path)).text == before
    await client.get(f"{path}/file")
    assert (await client.get(path)).text != before


@pytest.mark.parametrize(
    "path", ["/m/99999", "/m/0", "/m/99999999999", "/m/1/s/99", "/no/such/page"]
)
async def test_what_does_not_exist_is_a_page_that_says_so(client: Client, path: str) -> None:
    await _sign_in(client, "ada")
    answer = await client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<h1>There is nothing here</h1>" in answer.text


async def test_an_unknown_path_of_the_interface_stays_a_problem(client: Client) -> None:
    answer = await client.get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("application/problem+json")


async def test_pieces_are_pieces(client: Client) -> None:
    await _sign_in(client, "sam")
    answer = await client.get("/?q=cluster&sort=", headers=HTMX | {"HX-Target": "results"})
    assert "<html" not in answer.text
    assert answer.headers["HX-Push-Url"] == "/?q=cluster"
    again = HTMX | {"HX-Target": "results", "HX-History-Restore-Request": "true"}
    assert "<html" in (await client.get("/?q=cluster", headers=again)).text


async def test_a_foreign_cursor_begins_again(client: Client) -> None:
    await _sign_in(client, "sam")
    answer = await client.get("/?q=cluster&cursor=nonsense", follow_redirects=False)
    assert answer.headers["Location"] == "/?q=cluster"


async def test_text_of_files_is_escaped_everywhere(client: Client, library: Library) -> None:
    await _sign_in(client, "petra")
    hostile = library.hostile
    for path in ("/?q=hostile", f"/m/{hostile}", f"/m/{hostile}/s/1", f"/m/{hostile}/review"):
        answer = await client.get(path)
        assert "<img src=x" not in answer.text
        assert "&lt;img" in answer.text
    assert HOSTILE not in (await client.get(f"/?q={HOSTILE}&tag={HOSTILE}")).text


async def test_pages_are_kept_by_no_shared_cache_and_run_nothing_inline(client: Client) -> None:
    await _sign_in(client, "petra")
    for path in ("/", "/?q=cluster", "/library", "/upload"):
        answer = await client.get(path)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
        assert _inline_in(answer.text) == []


async def test_static_files_are_kept_for_good(client: Client) -> None:
    address = re.search(r'href="(/static/app.css[^"]+)"', (await client.get("/sign-in")).text)
    assert address
    answer = await client.get(address[1])
    assert "immutable" in answer.headers["Cache-Control"]


async def test_wrong_metadata_is_told_at_its_field(client: Client, library: Library) -> None:
    await _sign_in(client, "petra")
    path = f"/m/{library.draft}/review"
    form = {
        "csrf_token": await _token(client, path),
        "name": "",
        "material_type": "PRODUCT_BRIEF",
        "audience": "INTERNAL",
        "review_by": "soon",
        "tags": "kept, as typed",
    }
    answer = await client.post(path, data=form)
    assert answer.status_code == 400
    assert 'id="wrong-name"' in answer.text
    assert 'id="wrong-review_by"' in answer.text
    assert 'value="kept, as typed"' in answer.text


async def test_a_change_based_on_an_older_state_is_refused(
    client: Client, library: Library
) -> None:
    await _sign_in(client, "petra")
    path = f"/m/{library.draft}/review"
    form = {"csrf_token": await _token(client, path), "etag": '"0"', "name": "Mine"}
    assert (await client.post(path, data=form)).status_code == 412


async def test_a_step_that_does_not_exist_is_refused(client: Client, library: Library) -> None:
    await _sign_in(client, "petra")
    token = await _token(client, f"/m/{library.draft}/review")
    form = {"csrf_token": token, "status": "PUBLISHED"}
    assert (await client.post(f"/m/{library.draft}/status", data=form)).status_code == 409
    form["status"] = "LOST"
    assert (await client.post(f"/m/{library.draft}/status", data=form)).status_code == 400


async def test_a_decision_that_is_none_is_told_in_our_words(
    client: Client, library: Library
) -> None:
    await _sign_in(client, "petra")
    form = {"csrf_token": await _token(client), "kind": "x", "value": "1", "decision": "accept"}
    answer = await client.post(f"/m/{library.deck}/proposals", data=form)
    assert answer.status_code == 400
    assert "accept or dismiss" in answer.text
    assert "ProposalKind" not in answer.text


async def test_a_file_that_a_colleague_has_uploaded_leads_to_what_one_may_open(
    client: Client, library: Library
) -> None:
    await _sign_in(client, "otto")
    form = {"csrf_token": await _token(client, "/upload")}
    sent = {"files": ("mine.pptx", files.deck())}
    answer = await client.post("/upload", files=sent, data=form)
    assert "in the library already" in answer.text
    assert f'href="/m/{library.deck}"' in answer.text
    assert f"/m/{library.deck}/review" not in answer.text


async def test_an_upload_that_is_too_large_is_refused_before_it_is_read(client: Client) -> None:
    await _sign_in(client, "petra")
    headers = {"X-CSRF-Token": await _token(client, "/upload")}
    large = {"files": ("large.pdf", b"%PDF-1.4" + b"0" * 4_000_000, "application/pdf")}
    assert (await client.post("/upload", files=large, headers=headers)).status_code == 413


async def test_the_plain_form_takes_several_files(client: Client) -> None:
    await _sign_in(client, "petra")
    sent = [
        ("files", ("one.md", b"# One\n\nA page", "text/markdown")),
        ("files", ("two.exe", b"MZ\x90\x00" * 100, "application/octet-stream")),
    ]
    form = {"csrf_token": await _token(client, "/upload")}
    answer = await client.post("/upload", files=sent, data=form)
    assert answer.status_code == 200
    assert "Waiting to be read" in answer.text
    assert "This kind of file cannot be read" in answer.text


async def test_the_one_time_link_makes_the_first_administrator(
    database: Database, database_settings: Settings, tmp_path: object
) -> None:
    settings = database_settings.with_(secret="s" * 40, public_url="http://testserver.local")
    async with database.transaction() as connection:
        secret = await setup.create_setup_link(connection)
    app = create_app(settings, AppOptions(worker=False, passwords=Passwords(people.ROUNDS)))
    async with AsyncTestClient(app, base_url=settings.public_url) as client:
        assert "setup link" in (await client.get("/sign-in")).text
        assert (await client.get("/setup?token=wrong")).status_code == 404
        path = f"/setup?token={secret}"
        form = {"email": "first@example.com", "full_name": "First", "password": "short"}
        refused = await client.post(path, data=form)
        assert refused.status_code == 400
        assert "too short" in refused.text
        form["password"] = people.PASSWORD
        answer = await client.post(path, data=form)
        assert "Sign out" in answer.text
        assert (await client.get(path)).status_code == 404
