"""What is proposed for a material, as values. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from search_service.db.enums import MaterialType
from search_service.ingest.proposals import Proposal, ProposalKind
from search_service.web.views import wording

_LABELS: Mapping[ProposalKind, str] = {
    ProposalKind.PERSONA: "Persona",
    ProposalKind.SEGMENT: "Segment",
    ProposalKind.MATERIAL_TYPE: "Type",
}
_PAGES_NAMED = 3


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal with the words that speak for it in one line."""

    kind: str
    value: str
    label: str
    name: str
    because: str


def proposed_of(found: Sequence[Proposal]) -> tuple[Proposed, ...]:
    """Lay out the proposals of a material."""
    return tuple(
        Proposed(
            kind=each.kind.value,
            value=each.value,
            label=_LABELS[each.kind],
            name=wording.TYPES[MaterialType(each.value)]
            if each.kind is ProposalKind.MATERIAL_TYPE
            else each.name,
            because=", ".join(
                f"“{evidence.words}” on {_numbers(evidence.pages)}" for evidence in each.evidence
            ),
        )
        for each in found
    )


def _numbers(pages: Sequence[int]) -> str:
    more = "…" if len(pages) > _PAGES_NAMED else ""
    return ", ".join(map(str, pages[:_PAGES_NAMED])) + more
