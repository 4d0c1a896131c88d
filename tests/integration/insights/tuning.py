"""A product marketing manager who tunes the search of a small library."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, text

from search_service.accounts.caller import Caller
from search_service.accounts.policy import ANY_REP, Principal
from search_service.insights import judgements, pins, synonyms
from search_service.insights.gate import Attempt, Outcome
from search_service.insights.pins import PinRecord
from search_service.insights.synonyms import SynonymRecord
from search_service.search.answer import Answer
from tests.integration.search.library import Library


@dataclass(frozen=True, slots=True)
class Tuner:
    """Acts on one open transaction, through the gate like everybody."""

    library: Library
    caller: Caller

    @classmethod
    async def of(cls, library: Library) -> "Tuner":
        return cls(library, Caller(await library.person()))

    async def synonym(
        self, source: str, *targets: str, override: bool = False, **fields: Any
    ) -> Outcome[SynonymRecord]:
        given = {"from": source, "to": list(targets), **fields}
        attempt = Attempt(self.caller, override)
        return await synonyms.create(self.library.connection, attempt, given)

    async def pin(
        self, query: str, material_id: int, *, override: bool = False, **fields: Any
    ) -> Outcome[PinRecord]:
        given = {"query": query, "material_id": material_id, **fields}
        attempt = Attempt(self.caller, override)
        return await pins.create(self.library.connection, attempt, given)

    async def judge(self, query: str, material_id: int, grade: int, **fields: Any) -> int:
        given = {"query": query, "material_id": material_id, "grade": grade, **fields}
        return (await judgements.create(self.library.connection, self.caller, given)).id

    async def search(self, asked: str, principal: Principal = ANY_REP, **request: Any) -> Answer:
        return await self.library.search(asked, principal, **request)

    async def found(self, asked: str, principal: Principal = ANY_REP) -> list[int]:
        return await self.library.found(asked, principal)

    async def audited(self) -> list[RowMapping]:
        """What the audit log says of tuning, the oldest first."""
        rows = await self.library.connection.execute(
            text("SELECT action, object_id, before, after FROM audit_logs ORDER BY id")
        )
        return list(rows.mappings())
