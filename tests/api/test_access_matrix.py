"""Every operation of the OpenAPI document × every role × every status of a material.

`VERDICTS` states who gets what; an operation that it does not name fails. Roles: anonymous, sales,
owner (the PMM whose material it is), other (a PMM), admin, key (of the admin, with only the scope
`search`), off (deactivated, with a token of before).
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias
from uuid import uuid4

import pytest
from litestar import Litestar
from sqlalchemy import text

from search_service.api.documentation import document_of
from search_service.db.enums import Role
from search_service.search.weights import Weights
from tests.api.service import API, Service
from tests.integration.ingest import files

# Some 3,000 requests: minutes on a busy machine.
pytestmark = [pytest.mark.anyio, pytest.mark.timeout(600)]

ROLES = ("anonymous", "sales", "owner", "other", "admin", "key", "off")
STATUSES = ("DRAFT", "REVIEW", "PUBLISHED", "ARCHIVED", "DELETED")
Verdict: TypeAlias = Callable[[str, str], int]
"""From role and status of the material to the answer's status code."""


def visible(role: str, status: str) -> bool:
    """The rule of design/trust.md, written down once more: whether the material exists for it."""
    if status == "DELETED":
        return False
    by_role = {
        "admin": True,
        "owner": True,
        "other": status != "DRAFT",
        "sales": status == "PUBLISHED",
    }
    return by_role[role]


def unseen(role: str, status: str) -> int:
    """What hides a material: it is gone for whoever saw it while it was published."""
    return 410 if (role, status) == ("sales", "ARCHIVED") else 404


def known(role: str) -> int | None:
    """What every closed operation answers to those whom nobody knows."""
    return 401 if role in {"anonymous", "off"} else None


def of_everybody(code: int) -> Verdict:
    """Open, also to strangers."""
    return lambda _role, _status: code


def of_callers(code: int = 200) -> Verdict:
    """For whoever is signed in, and for any key."""
    return lambda role, _status: known(role) or code


def of_scope(code: int = 200) -> Verdict:
    """For whoever is signed in; a key needs another scope than `search`."""
    return lambda role, _status: known(role) or (403 if role == "key" else code)


def of_roles(*roles: str, code: int = 200) -> Verdict:
    """For some roles; the others are refused."""
    return lambda role, _status: known(role) or (code if role in roles else 403)


def reading(code: int = 200) -> Verdict:
    """Reading a material: it exists for whoever may see it."""

    def verdict(role: str, status: str) -> int:
        refused = known(role) or (403 if role == "key" else None)
        return refused or (code if visible(role, status) else unseen(role, status))

    return verdict


def reading_blocks(role: str, status: str) -> int:
    """Reading a block: it exists where it stands for the reader, whatever became of a material."""
    answer = reading()(role, status)
    return 404 if answer == 410 else answer


def changing(code: int = 200, *, conflict: tuple[str, ...] = ()) -> Verdict:
    """Changing a material: 404 where it is not visible, 403 where it is somebody else's."""

    def verdict(role: str, status: str) -> int:
        refused = known(role) or (403 if role == "key" else None)
        if refused:
            return refused
        if not visible(role, status):
            return unseen(role, status)
        if role not in {"owner", "admin"}:
            return 403
        return 409 if status in conflict else code

    return verdict


def undeleting(role: str, status: str) -> int:
    """Bringing back: only what is deleted, and only whose it was; others do not learn of it."""
    refused = known(role) or (403 if role == "key" else None)
    restorable = status == "DELETED" and role in {"owner", "admin"}
    return refused or (200 if restorable else 404)


def uploading(code: int) -> Verdict:
    """Changing by an upload: sales may not upload at all, whatever they see."""
    change = changing(code)
    return lambda role, status: (
        403 if role == "sales" and known(role) is None else change(role, status)
    )


def handing_over(role: str, status: str) -> int:
    """Handing over: sales has nothing to give, whatever it sees."""
    refused = known(role) or (403 if role in {"sales", "key"} else None)
    return refused or changing()(role, status)


def clicking(role: str, status: str) -> int:
    """Opening a hit: of what one's searches find; a key with the scope `search` finds as admin."""
    seen_as = "admin" if role == "key" else role
    return known(role) or (204 if visible(seen_as, status) else 404)


def following(code: int = 200, *, conflict: bool = False) -> Verdict:
    """A job: of its requester, the owner, and of administrators; nobody else knows of it."""

    def verdict(role: str, status: str) -> int:
        refused = known(role) or (403 if role == "key" else None)
        if refused:
            return refused
        if not visible(role, status) or role not in {"owner", "admin"}:
            return 404
        return 409 if conflict else code

    return verdict


TUNERS = ("owner", "other", "admin")


def tuning(code: int = 200) -> Verdict:
    """Tuning search with a material: for product marketing, where it is visible, whosever it is."""

    def verdict(role: str, status: str) -> int:
        refused = known(role) or (403 if role not in TUNERS else None)
        return refused or (code if visible(role, status) else 404)

    return verdict


@dataclass(frozen=True, slots=True)
class Case:
    """What to send, and who gets what; `parts` are httpx's arguments."""

    verdict: Verdict
    parts: Mapping[str, Any] = field(default_factory=dict)
    per_status: bool = False


def material(verdict: Verdict, **parts: Any) -> Case:
    """A case that is tried with a material of each status."""
    return Case(verdict, parts, per_status=True)


STEPS = {
    "DRAFT": (),
    "REVIEW": ("REVIEW",),
    "PUBLISHED": ("REVIEW", "PUBLISHED"),
    "ARCHIVED": ("REVIEW", "PUBLISHED", "ARCHIVED"),
    "DELETED": ("REVIEW", "PUBLISHED"),
}
ANY_STATE = {"If-Match": "*"}
WEIGHTS = {**asdict(Weights()), "own": 0.2}
WRONG = {"token": "sssetup_x", "email": "x@example.com", "full_name": "X", "password": "x" * 12}
VERDICTS: dict[tuple[str, str], Case] = {
    ("POST", "/auth/token"): Case(
        of_everybody(401), {"data": {"username": "no address", "password": "wrong"}}
    ),
    ("POST", "/auth/refresh"): Case(of_everybody(401), {"json": {"refresh_token": "ssr_x"}}),
    ("POST", "/auth/logout"): Case(of_everybody(204), {"json": {"refresh_token": "ssr_x"}}),
    ("POST", "/setup"): Case(of_everybody(401), {"json": WRONG}),
    ("GET", "/me"): Case(of_callers()),
    # Without the old password: nobody gets through, a key is told that it is one.
    ("POST", "/me/password"): Case(of_scope(400), {"json": {"new_password": "x" * 12}}),
    ("GET", "/users"): Case(of_roles("admin")),
    ("POST", "/users"): Case(of_roles("admin", code=400), {
        "json": {"email": "nobody", "full_name": "X", "password": "x" * 12}
    }),
    ("GET", "/users/{user_id}"): Case(of_roles("admin")),
    ("PATCH", "/users/{user_id}"): Case(of_roles("admin"), {"json": {"role": "sales"}}),
    ("DELETE", "/users/{user_id}"): Case(of_roles("admin")),
    ("POST", "/users/{user_id}/password"): Case(
        of_roles("admin", code=204), {"json": {"new_password": "x" * 12}}
    ),
    ("GET", "/api-keys"): Case(of_scope()),
    ("POST", "/api-keys"): Case(of_scope(400), {"json": {"name": "x", "scopes": ["nothing"]}}),
    ("DELETE", "/api-keys/{key_id}"): Case(
        lambda role, _status: known(role) or (204 if role == "admin" else 404)
    ),
    ("GET", "/materials"): Case(of_scope()),
    ("POST", "/materials"): Case(
        of_roles("owner", "other", "admin", code=422), {"files": {"file": ("a.pdf", b"")}}
    ),
    ("GET", "/materials/{material_id}"): material(reading()),
    ("PATCH", "/materials/{material_id}"): material(
        changing(), json={"version": "2"}, headers=ANY_STATE
    ),
    ("DELETE", "/materials/{material_id}"): material(changing(204), headers=ANY_STATE),
    # Every status can be asked to become what it already is, and no step leads there.
    ("POST", "/materials/{material_id}/status"): material(
        changing(conflict=STATUSES), json={"status": "$status"}
    ),
    ("GET", "/materials/{material_id}/health"): material(reading()),
    ("GET", "/materials/{material_id}/file"): material(reading()),
    ("POST", "/materials/{material_id}/file"): material(
        uploading(422), files={"file": ("a.pdf", b"")}
    ),
    ("POST", "/materials/{material_id}/extract"): material(changing(202)),
    ("GET", "/materials/{material_id}/versions"): material(reading()),
    ("GET", "/materials/{material_id}/receipt"): material(reading()),
    ("GET", "/materials/{material_id}/pages"): material(reading()),
    ("GET", "/materials/{material_id}/pages/{page_number}"): material(reading()),
    ("GET", "/materials/{material_id}/pages/{page_number}/image"): material(reading()),
    # Page 1, back to what was extracted: it says so already.
    ("PATCH", "/materials/{material_id}/pages/{page_number}"): material(
        changing(), json={"title": None}, headers=ANY_STATE
    ),
    ("GET", "/materials/{material_id}/corrections"): material(changing()),
    ("DELETE", "/materials/{material_id}/corrections/{correction_id}"): material(changing(204)),
    ("GET", "/materials/{material_id}/review"): material(changing()),
    ("POST", "/materials/{material_id}/review"): material(changing(), json={"version": 1}),
    # No such warning is open, whoever asks.
    ("POST", "/materials/{material_id}/review/acknowledgements"): material(
        lambda role, status: (
            404 if changing()(role, status) == 200 else changing()(role, status)
        ),
        json={"code": "glued_words"},
    ),
    # The newest version has that file already.
    ("POST", "/materials/{material_id}/versions/{ordinal}/restore"): material(
        changing(conflict=STATUSES)
    ),
    ("GET", "/materials/{material_id}/blocks"): material(reading()),
    ("GET", "/materials/{material_id}/pages/{page_number}/usages"): material(reading()),
    ("GET", "/stale-materials"): Case(of_scope()),
    ("GET", "/deleted-materials"): Case(of_scope()),
    ("POST", "/materials/{material_id}/restore"): material(undeleting),
    # A material cannot replace itself; whoever may change it is told so.
    ("PUT", "/materials/{material_id}/successor"): material(
        changing(400), json={"material_id": "$id"}
    ),
    ("DELETE", "/materials/{material_id}/successor"): material(changing()),
    ("GET", "/materials/{material_id}/reports"): material(changing()),
    ("POST", "/materials/{material_id}/reports"): material(reading(201), json={"reason": "Old"}),
    ("POST", "/materials/{material_id}/reports/{report_id}/resolution"): material(
        changing(), json={}
    ),
    ("GET", "/attention"): Case(of_scope()),
    ("POST", "/material-transfers"): material(
        handing_over, json={"material_ids": ["$id"], "to": "owner@example.com"}
    ),
    # Nobody of that name can take them.
    ("POST", "/users/{user_id}/material-transfer"): Case(
        of_roles("admin", code=400), {"json": {"to": "nobody@example.com"}}
    ),
    ("GET", "/materials/{material_id}/pages/{page_number}/citations"): material(reading()),
    # Of a passage that stands nowhere everybody learns the same.
    ("GET", "/citations/{content_hash}"): Case(of_scope()),
    ("GET", "/materials/{material_id}/proposals"): material(changing()),
    # Nothing of that name is proposed: whoever may decide is told so.
    ("POST", "/materials/{material_id}/proposals"): material(
        changing(404), json={"kind": "persona", "value": "0", "decision": "dismiss"}
    ),
    ("GET", "/blocks/{block_id}"): material(reading_blocks),
    ("GET", "/blocks/{block_id}/usages"): material(reading_blocks),
    ("GET", "/blocks/{block_id}/variants"): material(reading_blocks),
    ("GET", "/jobs"): Case(of_scope()),
    ("GET", "/jobs/{job_id}"): material(following()),
    ("GET", "/jobs/{job_id}/events"): material(following()),
    ("GET", "/jobs/events"): material(following(), params={"id": "$job"}),
    ("POST", "/jobs/{job_id}/cancel"): material(following(conflict=True)),
    ("POST", "/jobs/{job_id}/retry"): material(following(202)),
    ("GET", "/queue"): Case(of_roles("owner", "other", "admin")),
    ("POST", "/queue/pause"): Case(of_roles("admin"), {"json": {"everybody": True}}),
    ("POST", "/queue/resume"): Case(of_roles("owner", "other", "admin"), {"json": {}}),
    ("GET", "/personas"): Case(of_callers()),
    ("POST", "/personas"): Case(of_roles("owner", "other", "admin", code=400), {
        "json": {"name": " "}
    }),
    ("GET", "/personas/{persona_id}"): Case(of_callers()),
    ("PATCH", "/personas/{persona_id}"): Case(
        of_roles("owner", "other", "admin"), {"json": {"role": "buyer"}}
    ),
    ("DELETE", "/personas/{persona_id}"): Case(of_roles("owner", "other", "admin", code=204)),
    ("GET", "/segments"): Case(of_callers()),
    ("POST", "/segments"): Case(of_roles("owner", "other", "admin", code=400), {
        "json": {"name": " "}
    }),
    ("GET", "/segments/{segment_id}"): Case(of_callers()),
    ("PATCH", "/segments/{segment_id}"): Case(
        of_roles("owner", "other", "admin"), {"json": {"region": "EU"}}
    ),
    ("DELETE", "/segments/{segment_id}"): Case(of_roles("owner", "other", "admin", code=204)),
    ("GET", "/search"): Case(of_callers()),
    ("POST", "/search"): Case(of_callers(), {"json": {}}),
    ("POST", "/multi-search"): Case(of_callers(), {"json": {"searches": [{}]}}),
    ("POST", "/search/{search_id}/clicks"): material(
        clicking, json={"material_id": "$id"}
    ),
    ("GET", "/search/analytics"): Case(of_roles("owner", "other", "admin")),
    ("DELETE", "/users/{user_id}/searches"): Case(of_roles("admin")),
    ("GET", "/synonyms"): Case(of_roles(*TUNERS)),
    ("POST", "/synonyms"): Case(of_roles(*TUNERS, code=400), {"json": {"from": "…", "to": ["x"]}}),
    ("GET", "/synonyms/{synonym_id}"): Case(of_roles(*TUNERS)),
    ("PATCH", "/synonyms/{synonym_id}"): Case(of_roles(*TUNERS), {"json": {"language": "en"}}),
    ("DELETE", "/synonyms/{synonym_id}"): Case(of_roles(*TUNERS)),
    ("GET", "/pins"): Case(of_roles(*TUNERS)),
    ("POST", "/pins"): material(tuning(201), json={"query": "$unique", "material_id": "$id"}),
    ("GET", "/pins/{pin_id}"): material(tuning()),
    ("PATCH", "/pins/{pin_id}"): material(tuning(), json={"place": 2}),
    ("DELETE", "/pins/{pin_id}"): material(tuning()),
    ("GET", "/judgements"): Case(of_roles(*TUNERS)),
    ("POST", "/judgements"): material(
        tuning(201), json={"query": "$unique", "material_id": "$id", "grade": 3}
    ),
    ("GET", "/judgements/report"): Case(of_roles(*TUNERS)),
    ("GET", "/judgements/{judgement_id}"): material(tuning()),
    ("PATCH", "/judgements/{judgement_id}"): material(tuning(), json={"grade": 1}),
    ("DELETE", "/judgements/{judgement_id}"): material(tuning(204)),
    ("GET", "/ranking-weights"): Case(of_roles(*TUNERS)),
    ("PUT", "/ranking-weights"): Case(of_roles(*TUNERS), {"json": WEIGHTS}),
    ("GET", "/suggest"): Case(of_callers()),
    ("GET", "/materials/{material_id}/similar"): material(reading()),
    ("GET", "/materials/{material_id}/pages/{page_number}/similar"): material(reading()),
    ("GET", "/metadata.csv"): Case(of_scope()),
    ("POST", "/metadata.csv"): Case(
        of_roles("owner", "other", "admin", code=400), {"content": b"name\r\nx\r\n"}
    ),
    ("GET", "/audit-log"): Case(of_roles("admin")),
    ("GET", "/health/live"): Case(of_everybody(200)),
    ("GET", "/health/ready"): Case(of_everybody(200)),
}  # fmt: skip


@dataclass(slots=True)
class Matrix:
    """A service with one material of each status, and everybody's credentials."""

    service: Service
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    materials: dict[str, dict[str, int]] = field(default_factory=dict)
    others: dict[str, Any] = field(default_factory=dict)
    found: dict[str, set[str]] = field(default_factory=dict)

    async def prepare(self) -> None:
        service = self.service
        service.ids["owner"] = await service.add_person("owner", Role.PMM)
        await service.add_person("off", Role.ADMIN)
        for role in ("sales", "owner", "other", "admin", "off"):
            self.headers[role] = await service.headers(role)
        self.headers["anonymous"] = {}
        self.headers["key"] = await service.add_key("admin", "search")
        off = await service.call("admin", "DELETE", f"/users/{service.ids['off']}")
        assert off.status_code == 200
        for status in STATUSES:
            await self._add_material(status)
        for role in ("sales", "owner", "other", "admin", "key"):
            self.found[role] = await self._search(role)
        victim = await service.add_person("victim", Role.SALES)
        self.others["user_id"] = victim
        for kind in ("persona", "segment"):
            await self._add_entry(kind)
        key = await service.call(
            "admin",
            "POST",
            "/api-keys",
            json={"name": "theirs", "scopes": ["search"], "user_id": victim},
        )
        self.others["key_id"] = key.json()["key"]["id"]
        self.others["search_id"] = uuid4()
        self.others["content_hash"] = "0" * 64
        await self._add_synonym()

    async def _add_material(self, status: str) -> None:
        slides = ((f"Unique {status}", f"Words that only the {status} deck holds in its slide"),)
        accepted = await self.service.upload("owner", files.deck(slides), name=f"{status}.pptx")
        ids = {"material_id": accepted["material_id"], "job_id": accepted["job_id"]}
        blocks = await self.service.call("owner", "GET", f"/materials/{ids['material_id']}/blocks")
        ids["block_id"] = blocks.json()["items"][0]["id"]
        self.materials[status] = ids | {"page_number": 1, "ordinal": 1}
        await self.service.set_status("owner", ids["material_id"], *STEPS[status])
        if status == "DELETED":
            gone = await self.service.call("owner", "DELETE", f"/materials/{ids['material_id']}")
            assert gone.status_code == 204

    async def _add_entry(self, kind: str) -> None:
        name = f"{kind} {uuid4()}"
        made = await self.service.call("admin", "POST", f"/{kind}s", json={"name": name})
        self.others[f"{kind}_id"] = made.json()["id"]

    async def _add_synonym(self) -> None:
        entry = {"from": f"k{uuid4().hex}", "to": ["kubernetes"]}
        made = await self.service.call("admin", "POST", "/synonyms", json=entry)
        self.others["synonym_id"] = made.json()["synonym"]["id"]

    async def _add_tuning(self, status: str) -> None:
        """Pin and judge the material of a status, past every rule."""
        values = {"id": self.materials[status]["material_id"], "query": str(uuid4())}
        columns = "(material_id, query_text, query_key"
        async with self.service.database.transaction() as connection:
            pin = await connection.execute(
                text(f"INSERT INTO pins {columns}) VALUES (:id, :query, :query) RETURNING id"),
                values,
            )
            judgement = await connection.execute(
                text(
                    f"INSERT INTO judgements {columns}, grade)"
                    " VALUES (:id, :query, :query, 2) RETURNING id"
                ),
                values,
            )
            ids = {"pin_id": pin.scalar_one(), "judgement_id": judgement.scalar_one()}
        self.materials[status] |= ids

    async def _add_correction(self, status: str) -> None:
        """Let a correction rest beside the material of a status, past every rule."""
        async with self.service.database.transaction() as connection:
            made = await connection.execute(
                text(
                    "INSERT INTO page_corrections (material_id, page_number, fingerprint, fits,"
                    " hidden, extracted_title, extracted_body, extracted_notes)"
                    " VALUES (:id, 9, repeat('0', 64), FALSE, TRUE, '', '', '') RETURNING id"
                ),
                {"id": self.materials[status]["material_id"]},
            )
            self.materials[status]["correction_id"] = made.scalar_one()

    async def _add_report(self, status: str) -> None:
        """Report the material of a status, past every rule."""
        async with self.service.database.transaction() as connection:
            made = await connection.execute(
                text(
                    "INSERT INTO outdated_reports (material_id, reason) VALUES (:id, 'Old')"
                    " RETURNING id"
                ),
                {"id": self.materials[status]["material_id"]},
            )
            self.materials[status]["report_id"] = made.scalar_one()

    async def _search(self, role: str) -> set[str]:
        response = await self.service.client.get(
            f"{API}/search", params={"q": "unique"}, headers=self.headers[role]
        )
        by_id = {ids["material_id"]: status for status, ids in self.materials.items()}
        return {by_id[hit["material_id"]] for hit in response.json()["hits"]}

    async def _set(self, status: str) -> None:
        """Bring a material back into its status, past every rule: earlier cases may have acted."""
        async with self.service.database.transaction() as connection:
            key = {"id": self.materials[status]["material_id"]}
            stored = "PUBLISHED" if status == "DELETED" else status
            await connection.execute(
                text("UPDATE materials SET status = CAST(:s AS materialstatus) WHERE id = :id"),
                key | {"s": stored},
            )
            await connection.execute(
                text(
                    "UPDATE material_details SET deleted_at = "
                    f"{'now()' if status == 'DELETED' else 'NULL'} WHERE material_id = :id"
                ),
                key,
            )

    async def ask(self, operation: tuple[str, str], role: str, status: str) -> int:
        """Send the operation's request as a role about the material of a status."""
        method, path = operation
        stands_for = {
            "$status": "PUBLISHED" if status == "DELETED" else status,
            "$id": self.materials[status]["material_id"],
            "$job": self.materials[status]["job_id"],
            "$unique": f"query {uuid4()}",
        }
        sent = VERDICTS[operation].parts
        parts = {name: _filled(value, stands_for) for name, value in sent.items()}
        headers = {**self.headers[role], **parts.pop("headers", {})}
        for kind in ("persona", "segment"):
            if operation == ("DELETE", f"/{kind}s/{{{kind}_id}}"):
                await self._add_entry(kind)
        if operation == ("DELETE", "/synonyms/{synonym_id}"):
            await self._add_synonym()
        if "{report_id}" in path:
            await self._add_report(status)
        if "{correction_id}" in path:
            await self._add_correction(status)
        if "{pin_id}" in path or "{judgement_id}" in path:
            await self._add_tuning(status)
        place = path.format(**self.others, **self.materials[status])
        response = await self.service.client.request(
            method, f"{API}{place}", headers=headers, **parts
        )
        return response.status_code

    async def try_all(self, operation: tuple[str, str]) -> list[str]:
        """Give what differs from the verdict."""
        case = VERDICTS[operation]
        wrong = []
        for status in STATUSES if case.per_status else STATUSES[:1]:
            for role in ROLES:
                if case.per_status:
                    await self._set(status)
                expected, given = (
                    case.verdict(role, status),
                    await self.ask(operation, role, status),
                )
                if expected != given:
                    wrong.append(f"{role} × {status}: {given}, not {expected}")
        return wrong


def _filled(value: Any, stands_for: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(item, stands_for) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, stands_for) for item in value]
    return stands_for.get(value, value) if isinstance(value, str) else value


@pytest.fixture(scope="module")
async def matrix(service: Service, anyio_backend: str) -> Matrix:
    matrix = Matrix(service)
    await matrix.prepare()
    return matrix


def test_every_operation_has_a_verdict(app: Litestar) -> None:
    operations = {
        (method.upper(), path.removeprefix(API))
        for path, item in document_of(app)["paths"].items()
        for method in item
        if method in {"get", "put", "post", "patch", "delete", "head", "options"}
    }
    assert operations == set(VERDICTS)


def test_only_the_document_itself_is_outside_of_it(app: Litestar) -> None:
    documented = set(document_of(app)["paths"])
    outside = {route.path_format for route in app.routes} - documented
    assert {path for path in outside if not path.startswith("/api/v1/schema")} == {
        "/api/v1/docs",
        "/api/v1/docs/style.css",
        "/api/v1/openapi.json",
        "/api/v1/{path}",
    }


# Deletions last, as what they end is gone for those after them.
ORDER = sorted(VERDICTS, key=lambda operation: (operation[0] == "DELETE", operation))


async def test_every_operation_answers_each_role_as_its_verdict_says(matrix: Matrix) -> None:
    wrong = {
        f"{operation[0]} {operation[1]}": differences
        for operation in ORDER
        if (differences := await matrix.try_all(operation))
    }
    assert wrong == {}


def test_a_search_finds_for_each_role_what_it_may_see(matrix: Matrix) -> None:
    expected = {
        role: {status for status in STATUSES if visible(role, status)}
        for role in ("sales", "owner", "other", "admin")
    }
    # A key with the scope `search` searches as its user.
    assert matrix.found == expected | {"key": expected["admin"]}
