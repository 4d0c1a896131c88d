"""How well a material does: fresh, reviewed, readable, used. Pure but for its history.

A material begins with 100; each issue takes points and comes with what to do about it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal
from search_service.catalog import materials
from search_service.catalog.materials import MaterialRecord
from search_service.db.enums import MaterialStatus
from search_service.db.tables import MaterialHealthHistory

OLD_DAYS = 365
UNUSED_DAYS = 90
REVIEW_SOON_DAYS = 14
MAX_HISTORY = 100
STALE_POINTS = 5
STALE_MOST = 20
STALE_NAMED = 8

_history: Any = MaterialHealthHistory.__table__


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that lowers health: what it is, what it costs, and what to do."""

    points: int
    found: str
    advice: str


@dataclass(frozen=True, slots=True)
class Health:
    """0 to 100, with the issues that lowered it."""

    score: int
    issues: tuple[Issue, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(f"{issue.found} (−{issue.points})." for issue in self.issues)


@dataclass(frozen=True, slots=True)
class HealthFacts:
    """What health looks at beside the material itself."""

    extraction_status: str | None
    pages_with_warnings: int
    pages: int
    stale_pages: tuple[int, ...] = ()


def assess(material: MaterialRecord, facts: HealthFacts, today: date) -> Health:
    """Score a material on a day."""
    issues = [
        issue
        for issue in (
            _expiry(material, today),
            _review(material, today),
            _age(material, today),
            _extraction(facts),
            _warnings(facts),
            _staleness(facts),
            _use(material, today),
        )
        if issue
    ]
    return Health(max(0, 100 - sum(issue.points for issue in issues)), tuple(issues))


async def note(connection: AsyncConnection, material_id: int, health: Health) -> bool:
    """Add a row to the material's history if the last one says something else."""
    issues = [issue.found for issue in health.issues]
    statement = (
        select(_history.c.health_score, _history.c.issues_found)
        .where(_history.c.material_id == material_id)
        .order_by(_history.c.checked_at.desc(), _history.c.id.desc())
        .limit(1)
    )
    last = (await connection.execute(statement)).one_or_none()
    if last is not None and (last.health_score, last.issues_found or []) == (health.score, issues):
        return False
    await connection.execute(
        insert(_history).values(
            material_id=material_id,
            health_score=health.score,
            issues_found=issues,
            recommendations=[issue.advice for issue in health.issues],
        )
    )
    return True


@dataclass(frozen=True, slots=True)
class Checked:
    """How a material did at one time."""

    checked_at: datetime
    health_score: int
    issues_found: tuple[str, ...]
    recommendations: tuple[str, ...]


async def history(
    connection: AsyncConnection, principal: Principal, material_id: int
) -> list[Checked]:
    """List the last rows of a material's history, newest first. Raises NotFoundError."""
    await materials.get(connection, principal, material_id)
    statement = (
        select(_history)
        .where(_history.c.material_id == material_id)
        .order_by(_history.c.checked_at.desc(), _history.c.id.desc())
        .limit(MAX_HISTORY)
    )
    return [
        Checked(
            row.checked_at,
            row.health_score,
            tuple(row.issues_found or ()),
            tuple(row.recommendations or ()),
        )
        for row in await connection.execute(statement)
    ]


def _expiry(material: MaterialRecord, today: date) -> Issue | None:
    if material.expires_on is None or material.expires_on > today:
        return None
    return Issue(40, f"Expired on {material.expires_on}", "Archive it or set a later date.")


def _review(material: MaterialRecord, today: date) -> Issue | None:
    due = material.review_by
    if due is None:
        return None
    if due < today:
        return Issue(25, f"Review was due on {due}", "Review it and set the next date.")
    if due <= today + timedelta(days=REVIEW_SOON_DAYS):
        return Issue(5, f"Review is due on {due}", "Plan the review.")
    return None


def _age(material: MaterialRecord, today: date) -> Issue | None:
    changed = material.last_updated or material.updated_at
    if today - changed.date() <= timedelta(days=OLD_DAYS):
        return None
    return Issue(15, f"The file is from {changed.date()}", "Upload a newer version.")


def _extraction(facts: HealthFacts) -> Issue | None:
    if facts.extraction_status == "refused":
        return Issue(40, "The file could not be read", "Upload a file that opens.")
    if facts.extraction_status == "partial":
        return Issue(15, "The file was read in part", "See the receipt, upload a better file.")
    return None


def _warnings(facts: HealthFacts) -> Issue | None:
    if not facts.pages or facts.pages_with_warnings * 4 < facts.pages:
        return None
    found = f"{facts.pages_with_warnings} of {facts.pages} pages were read with warnings"
    return Issue(10, found, "Compare those pages with the receipt.")


def _staleness(facts: HealthFacts) -> Issue | None:
    """Names no other material: whoever reads this may not see it."""
    stale = facts.stale_pages
    if not stale:
        return None
    named = ", ".join(map(str, stale[:STALE_NAMED]))
    more = f" and {len(stale) - STALE_NAMED} more" if len(stale) > STALE_NAMED else ""
    what = "pages" if len(stale) > 1 else "page"
    verb = "carry" if len(stale) > 1 else "carries"
    found = f"Newer wording is published elsewhere than {what} {named}{more} {verb}"
    points = min(STALE_POINTS * len(stale), STALE_MOST)
    return Issue(points, found, "Take the newer slides over; each page says where they are.")


def _use(material: MaterialRecord, today: date) -> Issue | None:
    published = material.published_at
    if material.status is not MaterialStatus.PUBLISHED or published is None:
        return None
    if material.usage_count or today - published.date() <= timedelta(days=UNUSED_DAYS):
        return None
    return Issue(10, f"Nobody has used it since {published.date()}", "Promote or archive it.")
