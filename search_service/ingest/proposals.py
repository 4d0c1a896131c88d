"""Personas, segments and a type that a material's own words speak for, with those words.

They are worked out when somebody asks, from the text and the vocabulary as they are now; stored is
only what was dismissed. Nothing is applied but by a person's decision, and search knows of none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts import policy
from search_service.accounts.caller import Caller
from search_service.accounts.policy import Principal
from search_service.audit.entries import Entry, record
from search_service.catalog import editing, materials, personas, segments
from search_service.catalog.editing import Target
from search_service.catalog.materials import MaterialRecord
from search_service.db.tables import DismissedProposal
from search_service.errors import NotFoundError
from search_service.ingest import guess
from search_service.text.proposing import Description, Evidence, matches

MAX_OF_A_KIND = 3
# Where a material says what it is.
TITLE_PAGES = 2

_dismissed: Any = DismissedProposal.__table__
_TEXTS = text(
    """
    SELECT page_number, min(title) AS title,
           string_agg(body || E'\\n' || notes, E'\\n' ORDER BY ordinal) AS body
    FROM passages
    WHERE material_id = :material_id AND ordinal > 0
    GROUP BY page_number
    ORDER BY page_number
    """
)


class ProposalKind(StrEnum):
    PERSONA = "persona"
    SEGMENT = "segment"
    MATERIAL_TYPE = "material_type"


class Decision(StrEnum):
    ACCEPT = "accept"
    DISMISS = "dismiss"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What might be added; `value` is the id of a persona or segment, or a type's name."""

    kind: ProposalKind
    value: str
    name: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person decides of one proposal."""

    kind: ProposalKind
    value: str
    decision: Decision


async def find(
    connection: AsyncConnection, principal: Principal, material_id: int
) -> list[Proposal]:
    """List what is proposed for a material, best first by kind, for those who may change it.

    Raises NotFoundError and ForbiddenError.
    """
    material = await materials.get(connection, principal, material_id)
    policy.require_edit(principal, material.owner_id)
    return await _find(connection, principal, material)


async def decide(
    connection: AsyncConnection, caller: Caller, target: Target, answer: Answer
) -> list[Proposal]:
    """Accept or dismiss a proposal; give those that are left.

    Raises what `editing.lock` raises, and NotFoundError for what is not proposed (any more).
    """
    material = await editing.lock(connection, caller, target)
    proposed = await _find(connection, caller.principal, material)
    if not any((each.kind, each.value) == (answer.kind, answer.value) for each in proposed):
        raise NotFoundError("That is not proposed, or no longer; read the proposals again.")
    if answer.decision is Decision.ACCEPT:
        changes = _changes(material, answer)
        await editing.update_metadata(connection, caller, Target(material.id), changes)
    else:
        await _dismiss(connection, caller, material.id, answer)
    return await find(connection, caller.principal, material.id)


async def _find(
    connection: AsyncConnection, principal: Principal, material: MaterialRecord
) -> list[Proposal]:
    key = {"material_id": material.id}
    pages = (await connection.execute(_TEXTS, key)).all()
    texts = {page.page_number: f"{page.title}\n{page.body}" for page in pages}
    statement = select(_dismissed.c.kind, _dismissed.c.value).where(
        _dismissed.c.material_id == material.id
    )
    unwanted = {tuple(row) for row in await connection.execute(statement)}
    unwanted |= {(ProposalKind.PERSONA.value, str(each.id)) for each in material.personas}
    unwanted |= {(ProposalKind.SEGMENT.value, str(each.id)) for each in material.segments}
    found = _types(material, [(page.page_number, page.title) for page in pages[:TITLE_PAGES]])
    for kind, names, descriptions in (
        (ProposalKind.PERSONA, *await _personas(connection, principal)),
        (ProposalKind.SEGMENT, *await _segments(connection, principal)),
    ):
        best = matches(descriptions, texts, material.language)[:MAX_OF_A_KIND]
        found += [Proposal(kind, each.key, names[each.key], each.evidence) for each in best]
    return [each for each in found if (each.kind.value, each.value) not in unwanted]


def _types(material: MaterialRecord, titles: Sequence[tuple[int, str]]) -> list[Proposal]:
    """The type that the first titles name, where nobody has stated one."""
    if "material_type" in material.edited_fields:
        return []
    for page_number, title in titles:
        for kind, words in guess.types_said(title):
            if kind is material.material_type:
                return []
            evidence = (Evidence(words, (page_number,)),)
            return [Proposal(ProposalKind.MATERIAL_TYPE, kind.value, kind.value, evidence)]
    return []


async def _personas(
    connection: AsyncConnection, principal: Principal
) -> tuple[dict[str, str], list[Description]]:
    found = await personas.find(connection, principal)
    descriptions = [
        Description(
            str(each.id),
            _names(each.name, each.role),
            _filled(each.description, each.goals, each.challenges),
        )
        for each in found
    ]
    return {str(each.id): each.name for each in found}, descriptions


async def _segments(
    connection: AsyncConnection, principal: Principal
) -> tuple[dict[str, str], list[Description]]:
    found = await segments.find(connection, principal)
    descriptions = [
        Description(
            str(each.id),
            _names(each.name),
            # "Software" is an industry, and stands everywhere: a hint, no name.
            _filled(
                each.industry,
                each.description,
                each.key_drivers,
                each.pain_points,
                each.buying_criteria,
            ),
        )
        for each in found
    ]
    return {str(each.id): each.name for each in found}, descriptions


def _names(name: str, title: str | None = None) -> tuple[str, ...]:
    """A name, its halves ("Gaming & Media") and the title beside it."""
    return _filled(name, *(part.strip() for part in name.split("&")), title)


def _filled(*texts: str | None) -> tuple[str, ...]:
    return tuple(each for each in texts if each)


def _changes(material: MaterialRecord, answer: Answer) -> dict[str, Any]:
    match answer.kind:
        case ProposalKind.PERSONA:
            return {"persona_ids": [*(each.id for each in material.personas), int(answer.value)]}
        case ProposalKind.SEGMENT:
            return {"segment_ids": [*(each.id for each in material.segments), int(answer.value)]}
        case ProposalKind.MATERIAL_TYPE:
            return {"material_type": answer.value}


async def _dismiss(
    connection: AsyncConnection, caller: Caller, material_id: int, answer: Answer
) -> None:
    statement = upsert(_dismissed).values(
        material_id=material_id,
        kind=answer.kind.value,
        value=answer.value,
        dismissed_by=caller.principal.user_id,
    )
    await connection.execute(statement.on_conflict_do_nothing())
    facts = {"kind": answer.kind.value, "value": answer.value}
    entry = Entry(caller.actor, "material.dismiss_proposal", "material", material_id, after=facts)
    await record(connection, entry)
