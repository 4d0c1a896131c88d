"""Builds small libraries on one open transaction, and searches them as somebody."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import uuid4

from hypothesis import HealthCheck, Phase, settings
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import LOCAL_ADMINISTRATOR, Principal
from search_service.db import failures
from search_service.db.engine import Database
from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType, Role
from search_service.db.tables import (
    Material,
    MaterialDetails,
    MaterialPersona,
    MaterialSegment,
    Persona,
    Segment,
    User,
)
from search_service.index import statistics, writer
from search_service.index.writer import PageText
from search_service.search.answer import Answer
from search_service.search.request import SearchRequest
from search_service.search.searcher import Searcher
from search_service.search.tree import Field


def examples(count: int) -> settings:
    """Settings for random libraries in one database: each takes a while, so none is shrunk."""
    return settings(
        max_examples=count,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


# As if the open transaction had ended before the count.
SETTLED = """
UPDATE index_state SET snapshot = CAST(x.next || ':' || x.next || ':' AS pg_snapshot)
FROM (SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint) + 1 AS next) x
"""
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)

# A page: its body, or its title and body, or all of it.
Page: TypeAlias = str | tuple[str, str] | PageText


@dataclass(frozen=True, slots=True)
class HeldDatabase(Database):
    """A database whose every reading is a read-only savepoint of one open transaction."""

    connection: AsyncConnection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        with failures.translated():
            savepoint = await self.connection.begin_nested()
            await self.connection.execute(text("SET LOCAL transaction_read_only = on"))
            try:
                yield self.connection
            finally:
                await savepoint.rollback()


@dataclass(frozen=True, slots=True)
class Library:
    """Materials, people and names on one connection; nothing of it is committed."""

    connection: AsyncConnection
    database: Database

    @classmethod
    def on(cls, connection: AsyncConnection) -> "Library":
        engine = connection.engine
        return cls(connection, HeldDatabase(engine, engine, connection))

    async def person(self, role: Role | None = Role.PMM, name: str = "Ada Example") -> Principal:
        email = f"{uuid4().hex}@example.com"
        statement = insert(User).values(
            email=email, hashed_password="none", full_name=name, role=role
        )
        user_id = (await self.connection.execute(statement.returning(User.id))).scalar_one()
        return Principal(user_id, email, name, role, is_superuser=False, scopes=None)

    async def persona(self, name: str) -> int:
        statement = insert(Persona).values(name=name).returning(Persona.id)
        return int((await self.connection.execute(statement)).scalar_one())

    async def segment(self, name: str) -> int:
        statement = insert(Segment).values(name=name).returning(Segment.id)
        return int((await self.connection.execute(statement)).scalar_one())

    async def material(self, *pages: Page, facts: "Facts | None" = None, **columns: Any) -> int:
        """Write one material, published unless `columns` say otherwise; give its id."""
        about = facts or Facts()
        values = {
            "name": "Untitled",
            "material_type": MaterialType.PRODUCT_BRIEF,
            "audience": MaterialAudience.BOTH,
            "status": MaterialStatus.PUBLISHED,
            "updated_at": NOW,
        }
        statement = insert(Material).values(values | columns).returning(Material.id)
        material_id = int((await self.connection.execute(statement)).scalar_one())
        await self.connection.execute(
            insert(MaterialDetails).values(material_id=material_id, language=about.language)
        )
        for table, column, ids in (
            (MaterialPersona, "persona_id", about.persona_ids),
            (MaterialSegment, "segment_id", about.segment_ids),
        ):
            for key in ids:
                link = {"material_id": material_id, column: key}
                await self.connection.execute(insert(table).values(link))
        await writer.write_material(self.connection, material_id, numbered(*pages))
        return material_id

    async def refresh(self) -> None:
        """Count, and let the stored postings hold for what this transaction wrote before."""
        assert await statistics.refresh(self.connection)
        await self.connection.execute(text(SETTLED))

    async def search(
        self, asked: str = "", principal: Principal = LOCAL_ADMINISTRATOR, **request: Any
    ) -> Answer:
        return await Searcher(self.database).search(principal, SearchRequest(asked, **request))

    async def found(self, asked: str = "", principal: Principal = LOCAL_ADMINISTRATOR) -> list[int]:
        """The ids of what is found for exactly these words, in order."""
        answer = await self.search(asked, principal, correct=False, limit=100)
        return [hit.material_id for hit in answer.hits]


@asynccontextmanager
async def fresh(connection: AsyncConnection) -> AsyncIterator[Library]:
    """An empty library that is gone afterwards, for one of many examples in a test."""
    savepoint = await connection.begin_nested()
    try:
        yield Library.on(connection)
    finally:
        await savepoint.rollback()


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands beside a material's own row."""

    language: str = "en"
    persona_ids: tuple[int, ...] = ()
    segment_ids: tuple[int, ...] = ()


FRENCH = Facts("fr")
GERMAN = Facts("de")


def numbered(*pages: Page) -> list[PageText]:
    """Pages 1, 2, 3 … in the order given."""
    return [_page(number, page) for number, page in enumerate(pages, 1)]


def ids(answer: Answer) -> list[int]:
    return [hit.material_id for hit in answer.hits]


def codes(answer: Answer) -> list[str]:
    return [warning.code for warning in answer.warnings]


def counts(answer: Answer, facet: Field) -> Mapping[str, int]:
    """The counts of one facet by its labels."""
    [found] = [each for each in answer.facets if each.field is facet]
    return {value.label: value.count for value in found.values}


def _page(number: int, page: Page) -> PageText:
    if isinstance(page, PageText):
        return page
    title, body = ("", page) if isinstance(page, str) else page
    return PageText(number, title, body)
