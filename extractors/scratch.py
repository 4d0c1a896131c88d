"""Folders for what programs write while a file is read, gone afterwards."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from extractors.types import Code, ExtractionError

_PREFIX = "extractors-"


@contextmanager
def folder() -> Iterator[Path]:
    """Give a new folder that nobody else may look into. Raises ExtractionError where none can be
    made.
    """
    try:
        new = tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True)
    except OSError as error:
        detail = f"no temporary folder can be made: {error.strerror}"
        raise ExtractionError(Code.UNREADABLE_FILE, detail) from error
    with new as path:
        yield Path(path)


def remove_leftovers(older_than_s: float) -> int:
    """Remove what readers of this user left that were killed; give how many folders there were."""
    limit = time.time() - older_than_s
    old = [each for each in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*") if _is_old(each, limit)]
    for each in old:
        shutil.rmtree(each, ignore_errors=True)
    return len(old)


def _is_old(path: Path, limit: float) -> bool:
    with suppress(FileNotFoundError):
        known = path.lstat()
        return known.st_mtime <= limit and known.st_uid == os.getuid()
    return False
