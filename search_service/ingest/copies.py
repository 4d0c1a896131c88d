"""Clean copies of stored files: made in the sandbox when one is asked for, then kept.

It asks for nobody's rights: whoever hands a version in may have it. A person who wants many at once
waits behind themselves, so that the others come to theirs.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path, PurePath

from extractors import recipe, sandbox
from extractors.copying import DECK
from extractors.recipe import Recipe
from extractors.registry import PDF
from extractors.types import Code, Summary
from search_service.catalog.versions import VersionRecord
from search_service.errors import (
    CopyRefusedError,
    InvalidInputError,
    NotFoundError,
    TooManyRequestsError,
    UnavailableError,
)
from search_service.files import copies
from search_service.files.copies import CopyKey, StoredCopy
from search_service.files.store import RETRY_AFTER_FULL_S, FileStore
from search_service.ingest import messages

AT_ONCE = 2
MOST_WAITING = 8
"""Copies that one person may have in the making."""
RETRY_AFTER_S = 5
_NOT_COPIED = {Code.UNSUPPORTED_TYPE, Code.CONVERTER_MISSING}
_OTHER_KINDS = (
    "Clean copies are made of PDF and of PowerPoint's open formats (PPTX); save it as one of these "
    "and upload that."
)


@dataclass(frozen=True, slots=True)
class CleanCopy:
    """A copy as it is handed out; `tag` changes with what it holds.

    `name` says which pages it has: "all", or such as "3,5-7".
    """

    name: str
    stored: StoredCopy
    file_name: str
    media_type: str
    tag: str


@dataclass(slots=True)
class Copies:
    """Makes clean copies, a few at once and each only once at a time."""

    store: FileStore
    max_bytes: int
    _seats: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _making: dict[CopyKey, asyncio.Lock] = field(default_factory=dict)
    _waiting: Counter[int | None] = field(default_factory=Counter)

    async def of(
        self, asker: int | None, version: VersionRecord, pages: str | None = None
    ) -> CleanCopy:
        """Give a clean copy of a version, of all its pages or of some, such as "3,5-7".

        `asker` is the account that waits for it.

        Raises InvalidInputError for pages that are none or that the file does not have,
        CopyRefusedError where no copy can be made, NotFoundError without the original,
        TooManyRequestsError where MOST_WAITING are in the making for the asker, and
        UnavailableError where the disk is full.
        """
        wanted = _recipe(pages)
        key = CopyKey(version.sha256, _name_of(wanted))
        found = await copies.find(self.store, key)
        if found is None:
            with self._in_line(asker):
                found = await self._made(version, wanted, key)
        is_pdf = version.media_type == PDF
        stem = PurePath(version.file_name).stem or "copy"
        chosen = wanted.name[:60] if wanted.ranges else "clean"  # told from its original by name
        return CleanCopy(
            name=wanted.name or "all",
            stored=found,
            file_name=f"{stem} - {chosen}{'.pdf' if is_pdf else '.pptx'}",
            media_type=PDF if is_pdf else DECK,
            tag=f'"{version.sha256[:32]}-{key.recipe}"',
        )

    @contextmanager
    def _in_line(self, asker: int | None) -> Iterator[None]:
        if self._waiting[asker] >= MOST_WAITING:
            raise TooManyRequestsError(
                f"{MOST_WAITING} copies are being made for you already; ask again when you have "
                "them.",
                RETRY_AFTER_S,
            )
        self._waiting[asker] += 1
        try:
            yield
        finally:
            self._waiting[asker] -= 1

    async def _made(self, version: VersionRecord, wanted: Recipe, key: CopyKey) -> StoredCopy:
        lock = self._making.setdefault(key, asyncio.Lock())
        try:
            async with lock, self._seats:
                return await copies.find(self.store, key) or await self._make(version, wanted, key)
        finally:
            if not lock.locked():
                self._making.pop(key, None)

    async def _make(self, version: VersionRecord, wanted: Recipe, key: CopyKey) -> StoredCopy:
        if not await self.store.exists(version.sha256):
            raise NotFoundError(
                "The original is not in the file store; tell whoever runs the service."
            )
        target = await copies.begin(self.store)
        try:
            summary = await self._written(self.store.path_of(version.sha256), target, wanted)
            if summary.status != "done":
                raise _refusal(summary)
            kept = await copies.keep(self.store, target, key)
        finally:
            await asyncio.to_thread(target.unlink, missing_ok=True)
        if not await self.store.exists(version.sha256):  # it was purged meanwhile
            await copies.remove_all(self.store, version.sha256)
        return kept

    async def _written(self, original: Path, target: Path, wanted: Recipe) -> Summary:
        limits = replace(sandbox.DEFAULT_LIMITS, file_bytes=self.max_bytes)
        return await sandbox.copy(original, target, wanted, limits)


def _recipe(pages: str | None) -> Recipe:
    if pages is None:
        return recipe.ALL_PAGES
    try:
        return recipe.recipe_of(pages)
    except ValueError as error:
        raise InvalidInputError(
            f"The pages are not understood: {error}; write them as 3,5-7.", field="slides"
        ) from error


def _name_of(wanted: Recipe) -> str:
    """A file's name for a recipe, as long lists of pages have no room in one."""
    pages = sha256(wanted.name.encode()).hexdigest()[:24] if wanted.ranges else "all"
    return f"clean-{recipe.VERSION}-{pages}"


def _refusal(summary: Summary) -> InvalidInputError | CopyRefusedError | UnavailableError:
    if summary.code is Code.NO_SUCH_PAGE:
        return InvalidInputError(f"There are no such pages: {summary.detail}.", field="slides")
    if summary.code is Code.UNREADABLE_FILE:  # it says nothing of the file, but of the disk
        return UnavailableError(
            f"No copy can be made for now: {summary.detail}; tell whoever runs the service, then "
            "ask again.",
            RETRY_AFTER_FULL_S,
        )
    reason = summary.code or Code.PARSER_CRASHED
    advice = _OTHER_KINDS if reason in _NOT_COPIED else messages.refusal(reason)
    return CopyRefusedError(f"There is no clean copy of this file. {advice}", reason=reason.value)
