"""Corrections of extracted pages: each is found with its commit, and so is what was undone.

A deed locks the material as a reading does, so that the two follow one another: whichever comes
second sees the other's pages or corrections.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.caller import Caller
from search_service.accounts.policy import LOCAL_ADMINISTRATOR
from search_service.audit.entries import Entry, record
from search_service.catalog import (
    corrections,
    editing,
    materials,
    metadata,
    pages,
    scores,
    versions,
)
from search_service.catalog.corrections import TEXT_FIELDS, Correction, NewCorrection
from search_service.catalog.editing import Target
from search_service.catalog.materials import MaterialRecord
from search_service.catalog.pages import PageRecord, ReviewedPage, VersionKey
from search_service.errors import NotFoundError, PreconditionFailedError
from search_service.ingest import embeddings
from search_service.ingest.preparation import Manner, arrange, fingerprints
from search_service.ingest.writing import keywords_of, write_texts
from search_service.jobs.queue import enqueue

MAX_TITLE = 1_000
MAX_TEXT = 200_000
HIDDEN = "hidden_from_search"

_RULES: Mapping[str, metadata.Rule] = {
    "title": lambda value: _text(metadata.line(value, MAX_TITLE), value),
    "body": lambda value: _text(metadata.prose(value, MAX_TEXT), value),
    "notes": lambda value: _text(metadata.prose(value, MAX_TEXT), value),
    HIDDEN: bool,
}


@dataclass(frozen=True, slots=True)
class PageTarget:
    """The page to correct, of the present version, and the state that the change is based on."""

    material_id: int
    page_number: int
    expected_etag: str | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """A material with its pages as they were read."""

    material: MaterialRecord
    pages: list[PageRecord]
    manner: Manner


async def correct(
    connection: AsyncConnection, caller: Caller, target: PageTarget, changes: Mapping[str, Any]
) -> ReviewedPage:
    """Change title, body, notes or `hidden_from_search` of a page; None is back to as extracted.

    Raises NotFoundError, ForbiddenError, InvalidInputError, and PreconditionFailedError where the
    page is no longer in the expected state.
    """
    values = metadata.checked(_RULES, changes)
    present = await _lock(connection, caller, target.material_id)
    page = _page_of(present.pages, target.page_number)
    ordinal = present.material.current_version
    fitting = await corrections.fitting(connection, target.material_id, ordinal)
    before = pages.reviewed_as(ordinal, page, fitting.get(page.page_number))
    if target.expected_etag not in {None, before.etag}:
        raise PreconditionFailedError(
            "The page has changed since you read it; read it again and repeat your change.",
            etag=before.etag,
        )
    marks = await asyncio.to_thread(fingerprints, present.pages, present.manner)
    new = _corrected(page, marks[page.page_number], before.correction, values)
    by = caller.principal.user_id
    await corrections.put(connection, target.material_id, new, by)
    after = await _rewrite(connection, present, page)
    await _note(connection, caller, _Deed("correct", target.material_id, before, after))
    return after


async def undo(
    connection: AsyncConnection, caller: Caller, target: Target, correction_id: int
) -> None:
    """Take a correction back: its page is found as it was extracted; one that rests is forgotten.

    Raises NotFoundError, ForbiddenError and PreconditionFailedError.
    """
    present = await _lock(connection, caller, target.material_id, target.expected_etag)
    known = await corrections.of_material(connection, target.material_id)
    correction = next((each for each in known if each.id == correction_id), None)
    if correction is None:
        raise NotFoundError("There is no such correction, or it was undone already.")
    await corrections.remove(connection, target.material_id, correction_id)
    number = correction.page_number
    if correction.fits:
        page = _page_of(present.pages, number)
        before = pages.reviewed_as(present.material.current_version, page, correction)
        after = await _rewrite(connection, present, page)
        await _note(connection, caller, _Deed("undo_correction", target.material_id, before, after))
        return
    await scores.refresh(connection, target.material_id)
    entry = Entry(
        caller.actor,
        "material.discard_correction",
        "material",
        target.material_id,
        {"page_number": number, **correction.changes, HIDDEN: correction.hidden},
    )
    await record(connection, entry)


async def read_present(connection: AsyncConnection, material_id: int) -> Present:
    """Give a material that the caller of this function holds locked, whosever it is."""
    material = await materials.get(connection, LOCAL_ADMINISTRATOR, material_id)
    return await _present(connection, material)


async def _lock(
    connection: AsyncConnection, caller: Caller, material_id: int, etag: str | None = None
) -> Present:
    material = await editing.lock(connection, caller, Target(material_id, etag))
    return await _present(connection, material)


async def _present(connection: AsyncConnection, material: MaterialRecord) -> Present:
    version = await versions.read(connection, material.id, material.current_version)
    receipt = (version.receipt if version else None) or {}
    extracted = await pages.read_extracted(
        connection, VersionKey(material.id, material.current_version)
    )
    return Present(material, extracted, Manner.of_receipt(receipt))


async def _rewrite(connection: AsyncConnection, present: Present, page: PageRecord) -> ReviewedPage:
    """Write the material's texts as they are corrected now; give the page as it is shown then."""
    material = present.material
    fitting = await corrections.fitting(connection, material.id, material.current_version)
    prepared = await asyncio.to_thread(arrange, present.pages, present.manner, fitting)
    columns: dict[str, Any] = {}
    if "keywords" not in material.edited_fields:
        columns["keywords"] = await keywords_of(connection, material.id, prepared)
    await write_texts(connection, material.id, prepared, columns)
    await enqueue(connection, embeddings.job_after_correction(material.id))
    return pages.reviewed_as(material.current_version, page, fitting.get(page.page_number))


def _corrected(
    page: PageRecord, fingerprint: str, known: Correction | None, values: Mapping[str, Any]
) -> NewCorrection:
    """The correction with the new values; what is as it was extracted is no correction."""
    texts: dict[str, str | None] = dict(known.changes) if known else {}
    for name in TEXT_FIELDS:
        if name in values:
            texts[name] = None if values[name] == getattr(page, name) else values[name]
    return NewCorrection(
        page_number=page.page_number,
        fingerprint=fingerprint,
        extracted_title=page.title,
        extracted_body=page.body,
        extracted_notes=page.notes,
        hidden=values.get(HIDDEN, known is not None and known.hidden),
        **texts,
    )


def _page_of(extracted: Sequence[PageRecord], page_number: int) -> PageRecord:
    for page in extracted:
        if page.page_number == page_number:
            return page
    raise NotFoundError("There is no such page.")


def _text(cleaned: str | None, given: object) -> str | None:
    """Empty text is a correction, and None is none."""
    return None if given is None else cleaned or ""


@dataclass(frozen=True, slots=True)
class _Deed:
    """What the audit log says beside who did it."""

    verb: str
    material_id: int
    before: ReviewedPage
    after: ReviewedPage


async def _note(connection: AsyncConnection, caller: Caller, deed: _Deed) -> None:
    before, after = _facts(deed.before), _facts(deed.after)
    changed = [name for name in after if before[name] != after[name]]
    place = {"page_number": deed.after.page.page_number}
    entry = Entry(
        caller.actor,
        f"material.{deed.verb}",
        "material",
        deed.material_id,
        place | {name: before[name] for name in changed},
        place | {name: after[name] for name in changed},
    )
    await record(connection, entry)


def _facts(reviewed: ReviewedPage) -> dict[str, Any]:
    texts: dict[str, Any] = {name: getattr(reviewed.page, name) for name in TEXT_FIELDS}
    return texts | {HIDDEN: reviewed.hidden_from_search}
