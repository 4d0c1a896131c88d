"""Where else a slide stands, and which of one's materials are stale, as values. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search_service.catalog.blocks import BlockKind
from search_service.catalog.reuse import Relation, Reuse
from search_service.catalog.staleness import StaleMaterial
from search_service.db.enums import MaterialStatus
from search_service.web.views import wording
from search_service.web.views.addresses import slide_address

_KINDS: Mapping[str, str] = {
    BlockKind.SLIDE: "slide",
    BlockKind.TABLE: "table",
    BlockKind.LIST: "list",
    BlockKind.PARAGRAPHS: "paragraph",
}
_ORDER = (Relation.NEWER, Relation.SAME, Relation.VARIANT, Relation.OLDER)


@dataclass(frozen=True, slots=True)
class Place:
    """A page of another material; `tone` is a badge's, `state` set where it is not published."""

    address: str
    name: str
    number: int
    relation: str
    tone: str
    state: str


@dataclass(frozen=True, slots=True)
class ReviewReuse:
    """What the review of a page says of it: newer wordings in full, the rest as a number."""

    newer: tuple[Place, ...]
    others: int


@dataclass(frozen=True, slots=True)
class StaleLine:
    """A stale page, with where the newer one stands."""

    address: str
    number: int
    newer_address: str
    newer_name: str
    newer_number: int
    since: str


@dataclass(frozen=True, slots=True)
class StaleRow:
    """A material with its stale pages."""

    name: str
    address: str
    status: str
    lines: tuple[StaleLine, ...]


def places_of(found: Sequence[Reuse]) -> tuple[Place, ...]:
    """Lay out where else a page's content stands, newer wordings first."""
    return tuple(_place(each) for each in sorted(found, key=_rank))


def review_reuse(found: Mapping[int, Sequence[Reuse]]) -> dict[int, ReviewReuse]:
    """Lay out the same for each page of a material."""
    return {
        number: ReviewReuse(
            newer=places_of([each for each in reuses if each.relation is Relation.NEWER]),
            others=len({each.material_id for each in reuses}),
        )
        for number, reuses in found.items()
    }


def stale_of(found: Sequence[StaleMaterial]) -> tuple[StaleRow, ...]:
    """Lay out somebody's stale materials."""
    return tuple(
        StaleRow(
            name=material.material_name,
            address=f"/m/{material.material_id}/review",
            status=wording.STATUSES[material.status],
            lines=tuple(
                StaleLine(
                    address=slide_address(material.material_id, page.page_number),
                    number=page.page_number,
                    newer_address=slide_address(page.newer.material_id, page.newer.page_number),
                    newer_name=page.newer.material_name,
                    newer_number=page.newer.page_number,
                    since=wording.day(page.newer.since),
                )
                for page in material.pages
            ),
        )
        for material in found
    )


def _rank(reuse: Reuse) -> tuple[int, float, str, int]:
    return _ORDER.index(reuse.relation), -reuse.similarity, reuse.material_name, reuse.their_page


def _place(reuse: Reuse) -> Place:
    published = reuse.status is MaterialStatus.PUBLISHED
    return Place(
        address=slide_address(reuse.material_id, reuse.their_page),
        name=reuse.material_name,
        number=reuse.their_page,
        relation=_sentence(reuse),
        tone="warn" if reuse.relation is Relation.NEWER else "quiet",
        state="" if published else wording.STATUSES[reuse.status],
    )


def _sentence(reuse: Reuse) -> str:
    what, since = _KINDS.get(reuse.block_type, "text"), wording.day(reuse.since)
    match reuse.relation:
        case Relation.SAME:
            return f"the same {what}"
        case Relation.NEWER:
            return f"newer {what}, since {since}"
        case Relation.OLDER:
            return f"older {what}, since {since}"
        case Relation.VARIANT:
            return f"{what} in other words"
