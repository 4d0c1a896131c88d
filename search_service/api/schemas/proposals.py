"""What is proposed for a material, and what a person decides of it."""

from typing import Annotated

from msgspec import Meta, Struct

from search_service.ingest.proposals import Decision, ProposalKind


class Evidence(Struct, frozen=True):
    """Words of the persona, segment or type, and the pages that hold them."""

    words: str
    pages: tuple[int, ...]


class Proposal(Struct, frozen=True):
    """`value` is the id of the persona or segment, or the name of the type."""

    kind: ProposalKind
    value: str
    name: str
    evidence: tuple[Evidence, ...]


class Proposals(Struct, frozen=True):
    items: tuple[Proposal, ...]


class ProposalDecision(Struct, frozen=True, forbid_unknown_fields=True):
    """Accepting changes the material's metadata; what is dismissed is not proposed again."""

    kind: ProposalKind
    value: Annotated[str, Meta(min_length=1, max_length=50)]
    decision: Decision
