"""A service under test: its people, and what they do in one line."""

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from httpx import Response
from litestar import Litestar
from litestar.testing import AsyncTestClient

from search_service.accounts.administration import NewUser, create_user
from search_service.accounts.api_keys import NewKey, create_key
from search_service.accounts.caller import Caller
from search_service.accounts.passwords import Passwords
from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.config import Settings
from search_service.db.engine import Database
from search_service.db.enums import Role
from search_service.files.store import FileStore
from search_service.ingest.handlers import Workshop, extract
from search_service.jobs.worker import RunningJob
from tests.integration.ingest import files

Client: TypeAlias = AsyncTestClient[Litestar]
API = "/api/v1"
PASSWORD = "correct horse battery"
OPERATOR = Caller(LOCAL_ADMINISTRATOR)
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ROLES = {"admin": Role.ADMIN, "pmm": Role.PMM, "other": Role.PMM, "sales": Role.SALES}


def address_of(name: str) -> str:
    return f"{name}@example.com"


@dataclass(slots=True)
class Service:
    """Acts on a service; `headers` sign somebody in."""

    settings: Settings
    database: Database
    client: Client
    ids: dict[str, int] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    async def add_people(self) -> None:
        """Make one account of each role, and a second PMM."""
        for name, role in ROLES.items():
            await self.add_person(name, role)

    async def add_person(self, name: str, role: Role) -> int:
        hashed = await Passwords(rounds=4).hash(PASSWORD)
        new = NewUser(
            email=address_of(name),
            full_name=f"{name.title()} Example",
            hashed_password=hashed,
            role=role,
        )
        async with self.database.transaction() as connection:
            self.ids[name] = (await create_user(connection, OPERATOR, new)).id
        return self.ids[name]

    async def add_key(self, name: str, *scopes: str) -> dict[str, str]:
        """Make an API key of somebody; give its header."""
        new = NewKey(user_id=self.ids[name], name="test", scopes=frozenset(scopes))
        async with self.database.transaction() as connection:
            created = await create_key(connection, OPERATOR, new)
        return {"Authorization": f"Bearer {created.secret}"}

    async def sign_in(self, name: str) -> dict[str, Any]:
        """Give what the token route answers."""
        response = await self.client.post(
            f"{API}/auth/token", data={"username": address_of(name), "password": PASSWORD}
        )
        assert response.status_code == 200, response.text
        tokens: dict[str, Any] = response.json()
        return tokens

    async def headers(self, name: str) -> dict[str, str]:
        """Sign somebody in once."""
        if name not in self._tokens:
            self._tokens[name] = (await self.sign_in(name))["access_token"]
        return {"Authorization": f"Bearer {self._tokens[name]}"}

    async def call(self, who: str | None, method: str, path: str, **parts: Any) -> Response:
        """Send one request as somebody, or as nobody."""
        headers = (await self.headers(who) if who else {}) | parts.pop("headers", {})
        return await self.client.request(method, f"{API}{path}", headers=headers, **parts)

    async def upload(
        self, who: str, data: bytes | None = None, name: str = "k8s sales_deck.pptx", **fields: Any
    ) -> dict[str, Any]:
        """Upload a file and read it; give the answer to the upload."""
        content = files.deck() if data is None else data
        response = await self.call(
            who, "POST", "/materials", files={"file": (name, content, PPTX)}, data=fields
        )
        assert response.status_code == 202, response.text
        accepted: dict[str, Any] = response.json()
        if accepted["job_id"] is not None and not accepted["duplicate"]:
            await self.run_job(accepted["job_id"])
        return accepted

    async def run_job(self, job_id: int) -> None:
        """Do what a worker would."""
        workshop = Workshop(self.database, FileStore(self.settings.files_dir))
        await extract(workshop, RunningJob(1, "extract", {"job_id": job_id}, 1, True))

    async def set_status(self, who: str, material_id: int, *statuses: str) -> None:
        for status in statuses:
            response = await self.call(
                who, "POST", f"/materials/{material_id}/status", json={"status": status}
            )
            assert response.status_code == 200, response.text
