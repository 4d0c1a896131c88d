"""Errors: always application/problem+json, with a stable code, a field and no internals."""

from typing import Any

import pytest

from search_service.errors import ConfigurationError, QueryTimeoutError
from tests.api.service import API, Service

pytestmark = pytest.mark.anyio
JSON = {"Content-Type": "application/json"}
LATEST = "9999-12-31T23:59:59-12:00"  # a year later in UTC, which no calendar here has


async def problem(
    service: Service, who: str | None, method: str, path: str, **parts: Any
) -> dict[str, Any]:
    """Send a request that must fail; give its problem."""
    response = await service.call(who, method, path, **parts)
    assert response.headers["content-type"].startswith("application/problem+json"), response.text
    body: dict[str, Any] = response.json()
    assert body["status"] == response.status_code
    assert body["request_id"] == response.headers["x-request-id"]
    assert body["type"] == f"/api/v1/docs#{body['code']}"
    return body


@pytest.mark.parametrize(
    ("method", "path", "parts", "expected"),
    [
        ("GET", "/nope", {}, (404, "not_found", None)),
        ("POST", "/nope/at/all?x=1", {}, (404, "not_found", None)),
        ("PUT", "/materials", {}, (405, "method_not_allowed", None)),
        ("GET", "/materials?statsu=DRAFT", {}, (400, "unknown_parameter", None)),
        ("GET", "/me?a=1", {}, (400, "unknown_parameter", None)),
        ("GET", "/materials?status=DRAFTY", {}, (400, "invalid_input", "status")),
        ("GET", "/materials?limit=0", {}, (400, "invalid_input", "limit")),
        ("GET", "/materials?limit=2&limit=3", {}, (400, "invalid_input", "limit")),
        ("GET", "/materials?cursor=zz", {}, (400, "invalid_cursor", None)),
        ("GET", "/materials/99999999999", {}, (400, "invalid_input", "material_id")),
        ("GET", "/materials/77", {}, (404, "not_found", None)),
        ("GET", "/materials/abc", {}, (404, "not_found", None)),
        (
            "POST",
            "/api-keys",
            {"json": {"name": "k", "scopes": ["search"], "expires_at": LATEST}},
            (400, "invalid_input", "expires_at"),
        ),
        ("POST", "/search", {"content": b"{bad", "headers": JSON}, (400, "malformed_body", None)),
        (
            "POST",
            "/search",
            {"content": b'"\xff"', "headers": JSON},
            (400, "malformed_body", None),
        ),
        (
            "POST",
            "/search",
            {"content": b"[" * 100_000, "headers": JSON},
            (400, "malformed_body", None),
        ),
        ("GET", "/pins?cursor=aTk5OTk5OTk5OTk5", {}, (400, None, None)),  # i99999999999
        ("GET", "/synonyms?cursor=aS01", {}, (400, None, None)),  # i-5
        ("POST", "/search", {}, (400, "invalid_input", "body")),
        ("POST", "/search", {"json": [1]}, (400, "invalid_input", "body")),
        ("POST", "/search", {"json": {"zork": 1}}, (400, "invalid_input", "zork")),
        ("POST", "/search", {"json": {"limit": 101}}, (400, "invalid_input", "limit")),
        ("POST", "/search", {"json": {"type": [1]}}, (400, "invalid_input", "type[0]")),
        ("POST", "/search", {"json": {"q": "x" * 2_000_000}}, (413, "too_large", None)),
        ("POST", "/personas", {"json": {}}, (400, "invalid_input", "name")),
        (
            "POST",
            "/auth/token",
            {"data": {"username": "a@b.c"}},
            (400, "invalid_input", "password"),
        ),
    ],
)
async def test_a_wrong_request_is_told_what_is_wrong(
    service: Service,
    method: str,
    path: str,
    parts: dict[str, Any],
    expected: tuple[int, str | None, str | None],
) -> None:
    status, code, field = expected
    body = await problem(service, "pmm", method, path, **parts)
    assert body["status"] == status, body
    assert code in {None, body["code"]}
    if field is not None:
        assert [item["field"] for item in body["errors"]] == [field]


async def test_an_unknown_parameter_names_its_nearest(service: Service) -> None:
    body = await problem(service, "pmm", "GET", "/search?persnoa=3")
    assert body["details"] == {"parameter": "persnoa", "nearest": "persona"}
    assert "did you mean persona?" in body["detail"]


async def test_an_unknown_value_lists_the_allowed_ones(service: Service) -> None:
    by_query = await problem(service, "pmm", "GET", "/materials?status=DONE")
    assert "DRAFT, REVIEW, PUBLISHED, ARCHIVED" in by_query["detail"]
    by_body = await problem(service, "pmm", "POST", "/search", json={"match": "most"})
    assert "auto, all, any" in by_body["detail"]


async def test_a_refused_method_says_which_are_taken(service: Service) -> None:
    response = await service.call("pmm", "PUT", "/materials")
    assert set(response.headers["allow"].split(", ")) == {"GET", "OPTIONS", "POST"}


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer abc"}, {"Cookie": "session=x"}],
)
async def test_strangers_are_told_how_to_sign_in(service: Service, headers: dict[str, str]) -> None:
    response = await service.call(None, "GET", "/me", headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="search-service"'
    assert response.json()["code"] == "unauthenticated"


async def test_a_bug_shows_nothing_of_the_inside(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("secret path /srv")

    monkeypatch.setattr("search_service.catalog.personas.find", fail)
    body = await problem(service, "pmm", "GET", "/personas")
    assert (body["status"], body["code"]) == (500, "internal_error")
    assert "secret" not in str(body)


async def test_a_configuration_error_is_a_bug_to_the_caller(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise ConfigurationError("The database refuses this password.")

    monkeypatch.setattr("search_service.catalog.personas.find", fail)
    body = await problem(service, "pmm", "GET", "/personas")
    assert (body["status"], body["code"]) == (500, "internal_error")
    assert "password" not in str(body)


async def test_a_busy_database_asks_to_come_back(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise QueryTimeoutError("The search took too long.", 7)

    monkeypatch.setattr("search_service.catalog.personas.find", fail)
    response = await service.call("pmm", "GET", "/personas")
    assert (response.status_code, response.headers["retry-after"]) == (503, "7")
    assert response.json()["code"] == "query_timeout"


async def test_values_with_nul_find_nothing_and_break_nothing(service: Service) -> None:
    for path in ("/materials?name=a%00b", "/materials?tag=%00", "/search?q=a%00&tag=%00x"):
        response = await service.call("pmm", "GET", path)
        assert response.status_code == 200, response.text
    response = await service.call("pmm", "POST", "/search", json={"q": "a\0", "tag": ["\0"]})
    assert response.status_code == 200


async def test_a_request_id_is_taken_over_or_made(service: Service) -> None:
    given = await service.call("pmm", "GET", "/me", headers={"X-Request-ID": "trace-1.2:3"})
    assert given.headers["x-request-id"] == "trace-1.2:3"
    for unfit in ("x" * 65, "a b", "é"):
        made = await service.client.get(
            f"{API}/nope", headers={b"X-Request-ID": unfit.encode("latin-1")}
        )
        assert len(made.headers["x-request-id"]) == 32


async def test_every_answer_carries_the_security_headers(service: Service) -> None:
    for who, path in (("pmm", "/me"), (None, "/nope"), (None, "/docs"), (None, "/health/live")):
        response = await service.call(who, "GET", path)
        policy = response.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "same-origin"


async def test_every_answer_to_a_caller_tells_what_is_left(service: Service) -> None:
    response = await service.call("pmm", "GET", "/me")
    assert response.headers["ratelimit-policy"] == '"standard";q=1200;w=60'
    assert response.headers["ratelimit"].startswith('"standard";r=')


@pytest.mark.parametrize("facet", ["type", "audience", "status", "updated", "persona", "tag"])
async def test_an_unknown_value_of_a_facet_finds_nothing_and_is_told(
    service: Service, facet: str
) -> None:
    for method, sent in (
        ("GET", {"params": {facet: "zork"}}),
        ("POST", {"json": {facet: ["zork"]}}),
    ):
        answer = (await service.call("sales", method, "/search", **sent)).json()
        assert (answer["total"], answer["hits"]) == (0, [])
        assert [each["code"] for each in answer["warnings"]] == ["unknown_value"]


@pytest.mark.parametrize("words", [401, 1800, 100_000])
@pytest.mark.parametrize("blanks", [1, 60])
async def test_what_is_too_long_is_cut_and_told(service: Service, words: int, blanks: int) -> None:
    asked = {"q": ("zork" + " " * blanks) * (words // blanks if words > 2000 else words)}

    answer = (await service.call("sales", "POST", "/search", json=asked)).json()

    assert "query_cut" in [each["code"] for each in answer["warnings"]]
    assert len(answer["query"]) <= 2000


async def test_blanks_are_no_part_of_a_length(service: Service) -> None:
    asked = {"q": " " * 9000 + ("zork" + " " * 60) * 200}

    answer = (await service.call("sales", "POST", "/search", json=asked)).json()

    assert "query_cut" not in [each["code"] for each in answer["warnings"]]
    assert answer["query"].split() == ["zork"] * 200
