"""A clean copy of one file, made in this process; the sandbox adds the limits that need one.

Whatever becomes of it, it ends with exactly one Summary. It must not run where anything matters.
"""

import errno
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from extractors.limits import Limits
from extractors.recipe import Recipe
from extractors.registry import DECKS, PDF, media_type_of
from extractors.types import Code, Document, ExtractionError, Source, Summary

DECK = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
"""What the copy of any deck is: without macros, and neither a template nor a running show."""

Copier: TypeAlias = Callable[[Source, Recipe, Path], Iterator[Document | int]]
"""Gives the header once the file is open, then writes the copy and gives its pages."""


def copy(path: Path, target: Path, recipe: Recipe, limits: Limits) -> Iterator[Document | Summary]:
    """Write a clean copy to `target`; its Document, and a Summary with the pages that it has.

    What is left at `target` when the Summary is not done is of no use.
    """
    pages = 0
    try:
        for record in _copied(path, target, recipe, limits):
            if isinstance(record, Document):
                yield record
            else:
                pages = record
    except ExtractionError as error:
        yield Summary("refused", error.code, error.detail)
    except MemoryError:
        yield Summary("refused", Code.MEMORY_LIMIT, "copying needs more memory than it may have")
    except RecursionError:
        yield Summary("refused", Code.DAMAGED, "the file nests deeper than can be followed")
    except OSError as error:
        code = Code.TOO_LARGE if error.errno == errno.EFBIG else Code.UNREADABLE_FILE
        yield Summary("refused", code, f"the copy cannot be written: {error.strerror}")
    else:
        yield Summary("done", pages_read=pages)


def _copied(path: Path, target: Path, recipe: Recipe, limits: Limits) -> Iterator[Document | int]:
    # A film may be one large part, and markup is inflated to look at it and to write it.
    limits = replace(
        limits, part_bytes=limits.inflated_bytes, inflated_bytes=3 * limits.inflated_bytes
    )
    source = Source(path, media_type_of(path, limits), limits)
    yield from _copier_for(source.media_type)(source, recipe, target)


def _copier_for(media_type: str) -> Copier:
    if media_type == PDF:
        from extractors.pdf.copy import copy as copy_pdf  # noqa: PLC0415 - one format's libraries

        return copy_pdf
    if media_type in DECKS:
        from extractors.pptx.copy import copy as copy_deck  # noqa: PLC0415 - the same

        return copy_deck
    raise ExtractionError(
        Code.UNSUPPORTED_TYPE, "clean copies are made of PDF and PowerPoint's open formats only"
    )
