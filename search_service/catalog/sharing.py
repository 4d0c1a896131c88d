"""Whether materials and pages may be sent, as they stand now; the rules are in accounts.sending."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import sending
from search_service.accounts.policy import Principal, visible_binds, visible_sql
from search_service.accounts.sending import MaterialFacts, PageFacts, Shareable
from search_service.catalog.pages import PageRecord
from search_service.catalog.sql import newer_sql
from search_service.db.direct import fetch
from search_service.db.enums import MaterialAudience, MaterialStatus
from search_service.db.statements import Statements

STATEMENTS = Statements("search_service.catalog", "sharing.sql", {"visible": visible_sql})


@dataclass(frozen=True, slots=True)
class Sharing:
    """What was found out about some materials and pages; of others they count as withdrawn."""

    materials: Mapping[int, MaterialFacts]
    pages: Mapping[tuple[int, int], PageFacts]
    today: date

    def of_material(self, material_id: int) -> Shareable:
        facts = self.materials.get(material_id)
        return sending.of_material(facts, self.today) if facts else sending.WITHDRAWN

    def of_page(self, material_id: int, number: int) -> Shareable:
        """Say it of a page of the present version."""
        facts, page = self.materials.get(material_id), self.pages.get((material_id, number))
        return sending.of_page(facts, page, self.today) if facts and page else sending.WITHDRAWN

    def of_record(self, material_id: int, ordinal: int, page: PageRecord) -> Shareable:
        """Say it of a page that was read already, of any version."""
        facts = self.materials.get(material_id)
        known = PageFacts(
            page.page_number, ordinal, page.hidden, bool(page.notes), len(page.comments)
        )
        return sending.of_page(facts, known, self.today) if facts else sending.WITHDRAWN


async def look(
    connection: AsyncConnection,
    principal: Principal,
    material_ids: Collection[int],
    pages: Collection[tuple[int, int]] = (),
) -> Sharing:
    """Look at materials, and at pages of their present versions by id and number; one statement."""
    materials: dict[int, MaterialFacts] = {}
    found: dict[tuple[int, int], PageFacts] = {}
    statement = STATEMENTS.composed("facts", {"newer": newer_sql("m.id")})
    asked = {
        "ids": list(material_ids),
        "page_materials": [material_id for material_id, _ in pages],
        "page_numbers": [number for _, number in pages],
        **visible_binds(principal),
    }
    for row in await fetch(connection, statement, asked) if material_ids else ():
        materials[row.id] = MaterialFacts(
            audience=MaterialAudience(row.audience),
            status=MaterialStatus(row.status),
            review_by=row.review_by,
            expires_on=row.expires_on,
            version=row.version,
            media_type=row.media_type,
            baggage=row.baggage or {},
            read_in_full=row.read_in_full,
            stale_pages=tuple(row.stale_pages),
        )
        marks = zip(
            row.numbers or (), row.hidden or (), row.noted or (), row.comments or (), strict=True
        )
        for number, hidden, noted, comments in marks:
            found[row.id, number] = PageFacts(number, row.version, hidden, noted, comments)
    return Sharing(materials, found, datetime.now(UTC).date())
