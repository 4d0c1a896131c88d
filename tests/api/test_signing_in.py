"""Sign-ins over HTTP: tokens, keys, the browser's cookie with its CSRF token, the first run."""

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from search_service.accounts import sessions, setup, users
from search_service.accounts.passwords import Passwords
from search_service.accounts.tokens import Tokens
from search_service.app import AppOptions, create_app
from search_service.db.engine import Database
from search_service.db.enums import Role
from search_service.serving import csrf, rate_limits
from tests.api.service import API, PASSWORD, Service, address_of

pytestmark = pytest.mark.anyio


async def test_a_refresh_token_is_good_once(service: Service) -> None:
    first = await service.sign_in("sales")
    assert (first["token_type"], first["expires_in"]) == ("Bearer", 900)
    refresh = {"json": {"refresh_token": first["refresh_token"]}}
    second = await service.call(None, "POST", "/auth/refresh", **refresh)
    assert second.status_code == 200
    headers = {"Authorization": f"Bearer {second.json()['access_token']}"}
    assert (await service.call(None, "GET", "/me", headers=headers)).status_code == 200

    again = await service.call(None, "POST", "/auth/refresh", **refresh)
    assert (again.status_code, again.json()["code"]) == (401, "token_reused")
    assert (await service.call(None, "GET", "/me", headers=headers)).status_code == 401


async def test_signing_out_ends_the_access_token_too(service: Service) -> None:
    tokens = await service.sign_in("sales")
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    body = {"refresh_token": tokens["refresh_token"]}
    ended = await service.call(None, "POST", "/auth/logout", json=body)
    assert (ended.status_code, ended.content) == (204, b"")
    assert (await service.call(None, "GET", "/me", headers=headers)).status_code == 401


async def test_a_deactivated_person_is_out_at_the_next_request(service: Service) -> None:
    user_id = await service.add_person("leaver", Role.PMM)
    key = await service.add_key("leaver", "search")
    assert (await service.call("leaver", "GET", "/me")).status_code == 200
    assert (await service.call(None, "GET", "/me", headers=key)).status_code == 200
    await service.call("admin", "DELETE", f"/users/{user_id}")
    assert (await service.call("leaver", "GET", "/me")).status_code == 401
    assert (await service.call(None, "GET", "/me", headers=key)).status_code == 401


async def test_a_key_is_shown_once_and_does_what_its_scopes_say(service: Service) -> None:
    made = await service.call(
        "pmm", "POST", "/api-keys", json={"name": "CRM", "scopes": ["search"]}
    )
    assert made.status_code == 201, made.text
    key = {"Authorization": f"Bearer {made.json()['secret']}"}
    listed = await service.call("pmm", "GET", "/api-keys")
    assert made.json()["secret"] not in listed.text
    assert listed.json()["items"][0]["name"] == "CRM"

    me = await service.call(None, "GET", "/me", headers=key)
    assert me.json()["scopes"] == ["search"]
    assert (await service.call(None, "GET", "/search", headers=key)).status_code == 200
    refused = await service.call(None, "GET", "/materials", headers=key)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert refused.json()["details"] == {"scope": "materials:read"}

    await service.call("pmm", "DELETE", f"/api-keys/{made.json()['key']['id']}")
    assert (await service.call(None, "GET", "/me", headers=key)).status_code == 401


async def cookie_of(service: Service, name: str) -> tuple[str, str]:
    """Sign a browser in, past the pages; give its secret and its CSRF token."""
    tokens = Tokens.of(service.settings)
    async with service.database.transaction() as connection:
        account = await users.find_user(connection, address_of(name))
        assert account is not None
        session = await sessions.open_web_session(connection, tokens, account.as_principal())
    return session.secret, csrf.token_of(tokens.keys, session.secret)


async def test_a_cookie_changes_nothing_without_its_token(service: Service) -> None:
    secret, token = await cookie_of(service, "pmm")
    cookie = {"Cookie": f"__Host-session={secret}"}
    assert (await service.call(None, "GET", "/me", headers=cookie)).status_code == 200
    body = {"json": {"name": "By cookie"}}
    path = "/personas"
    for headers in ({}, {"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": "ü".encode("latin-1")}):
        refused = await service.call(None, "POST", path, headers=cookie | headers, **body)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    sent = cookie | {"X-CSRF-Token": token}
    for foreign in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        refused = await service.call(None, "POST", path, headers=sent | foreign, **body)
        assert refused.status_code == 403
    own = sent | {"Origin": "https://search.example.com", "Sec-Fetch-Site": "same-origin"}
    assert (await service.call(None, "POST", path, headers=own, **body)).status_code == 201


async def test_a_wrong_header_is_not_mended_by_a_cookie(service: Service) -> None:
    secret, _ = await cookie_of(service, "pmm")
    headers = {"Cookie": f"__Host-session={secret}", "Authorization": "Bearer wrong"}
    assert (await service.call(None, "GET", "/me", headers=headers)).status_code == 401


async def test_a_new_password_ends_every_session(service: Service) -> None:
    await service.add_person("changer", Role.SALES)
    wrong = {"old_password": "not this one", "new_password": "another good one"}
    refused = await service.call("changer", "POST", "/me/password", json=wrong)
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_credentials")
    right = {"old_password": PASSWORD, "new_password": "another good one"}
    done = await service.call("changer", "POST", "/me/password", json=right)
    assert done.status_code == 204
    assert (await service.call("changer", "GET", "/me")).status_code == 401


async def test_who_guesses_passwords_is_told_to_wait(service: Service) -> None:
    await service.add_person("guessed", Role.SALES)
    form = {"username": address_of("guessed"), "password": "wrong password"}
    for _ in range(5):
        refused = await service.call(None, "POST", "/auth/token", data=form)
        assert refused.status_code == 401
    waiting = await service.call(None, "POST", "/auth/token", data=form)
    assert (waiting.status_code, waiting.json()["code"]) == (429, "too_many_requests")
    assert int(waiting.headers["retry-after"]) > 0


async def test_who_asks_too_often_is_told_to_wait(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await service.add_key("other", "search")
    few = rate_limits.Limit("standard", 2)
    monkeypatch.setitem(rate_limits.LIMITS, "standard", few)
    for _ in range(2):
        assert (await service.call(None, "GET", "/me", headers=key)).status_code == 200
    refused = await service.call(None, "GET", "/me", headers=key)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert refused.headers["ratelimit"].startswith('"standard";r=0;t=')
    assert int(refused.headers["retry-after"]) <= 60


async def test_the_first_run_makes_one_administrator(
    database: Database, database_url: str, service: Service
) -> None:
    settings = service.settings.with_(database_url=database_url)
    async with database.transaction() as connection:
        secret = await setup.create_setup_link(connection)
    options = AppOptions(web=False, worker=False, passwords=Passwords(rounds=4))
    body = {"email": "a@example.com", "full_name": "A", "password": PASSWORD}
    async with AsyncTestClient[Litestar](create_app(settings, options)) as client:
        wrong = await client.post(f"{API}/setup", json=body | {"token": "sssetup_wrong"})
        assert wrong.status_code == 401
        made = await client.post(f"{API}/setup", json=body | {"token": secret})
        assert (made.status_code, made.json()["role"]) == (201, "admin")
        again = await client.post(f"{API}/setup", json=body | {"token": secret})
        assert again.status_code == 401
        form = {"username": "A@example.com", "password": PASSWORD}
        assert (await client.post(f"{API}/auth/token", data=form)).status_code == 200
