"""Zip archives under caps: entries counted on opening, inflated bytes counted while reading.

It knows nothing of what the parts hold. Sizes written in an archive are never believed.
"""

import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import Self

from extractors.limits import Limits
from extractors.types import Code, ExtractionError

_CHUNK_BYTES = 1 << 16


class Archive:
    """An open archive whose parts are found by name, case and a leading slash left aside."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._limits = limits
        self._inflated_bytes = 0
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
            raise ExtractionError(
                Code.DAMAGED, "the archive's list of parts is damaged or cut off"
            ) from error
        if len(self._zip.infolist()) > limits.zip_entries:
            self._zip.close()
            raise ExtractionError(
                Code.TOO_LARGE, f"the archive has more than {limits.zip_entries} entries"
            )
        self._names = {_key(info.filename): info for info in self._zip.infolist()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._zip.close()

    def __contains__(self, name: str) -> bool:
        return _key(name) in self._names

    def names(self) -> list[str]:
        """Every part's name, lower case, without a leading slash."""
        return list(self._names)

    def read(self, name: str, first_bytes: int | None = None) -> bytes:
        """A part's bytes, or only its first ones.

        Raises KeyError where there is no such part, ExtractionError with too_large at the cap
        on all parts, password_required for an encrypted part, and damaged where the part cannot be
        inflated or passes the cap on one part, which costs that part only.
        """
        info = self._names[_key(name)]
        try:
            return self._inflate(info, first_bytes)
        except RuntimeError as error:  # zipfile's way to say that a part is encrypted
            raise ExtractionError(
                Code.PASSWORD_REQUIRED, f"{name} opens only with a password"
            ) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise ExtractionError(Code.DAMAGED, f"{name} cannot be unpacked") from error

    def _inflate(self, info: zipfile.ZipInfo, first_bytes: int | None) -> bytes:
        chunks: list[bytes] = []
        part_bytes = 0
        with self._zip.open(info) as part:
            while chunk := part.read(first_bytes or _CHUNK_BYTES):
                part_bytes += len(chunk)
                self._inflated_bytes += len(chunk)
                self._check_size(info.filename, part_bytes)
                chunks.append(chunk)
                if first_bytes is not None:
                    break
        return b"".join(chunks)

    def _check_size(self, name: str, part_bytes: int) -> None:
        if part_bytes > self._limits.part_bytes:
            raise ExtractionError(Code.DAMAGED, f"{name} inflates past the cap on one part")
        if self._inflated_bytes > self._limits.inflated_bytes:
            raise ExtractionError(Code.TOO_LARGE, "the archive inflates past the cap on all parts")


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
