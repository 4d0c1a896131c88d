"""Passwords: what is taken, how it is hashed (bcrypt) and compared. It knows no account."""

import asyncio
import unicodedata
from dataclasses import dataclass, field
from typing import NewType

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher

from search_service.errors import InvalidInputError

MINIMUM_CHARACTERS = 10
MAXIMUM_BYTES = 72  # bcrypt reads no further
ROUNDS = 12

HashedPassword = NewType("HashedPassword", str)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether the password was right; `replacement` is a better hash to store, if one is due."""

    matches: bool
    replacement: HashedPassword | None = field(default=None, repr=False)


class Passwords:
    """Hashes and compares in a thread, as one hash takes a quarter of a second on purpose."""

    def __init__(self, rounds: int = ROUNDS) -> None:
        # The first hasher makes new hashes, the others are recognised.
        self._hashers = PasswordHash((BcryptHasher(rounds), Argon2Hasher()))
        # Well-formed, costs what a real one costs, and equals no password's hash.
        self._nobodys_hash = f"$2b${rounds:02}${'.' * 22}{'.' * 31}"

    async def hash(self, password: str) -> HashedPassword:
        """Hash a new password; raises InvalidInputError where `check_new_password` does."""
        check_new_password(password)
        return HashedPassword(await asyncio.to_thread(self._hashers.hash, _normalised(password)))

    async def compare(self, password: str, stored: str | None) -> Comparison:
        """Compare with a stored hash; None, for an unknown account, takes as long to be refused."""
        return await asyncio.to_thread(self._compare, _normalised(password), stored)

    def _compare(self, password: str, stored: str | None) -> Comparison:
        # A password too long for bcrypt is nobody's, unless its hash came from elsewhere.
        fits = len(password.encode()) <= MAXIMUM_BYTES
        if stored is None or not (fits or Argon2Hasher.identify(stored)):
            self._hashers.verify(_first_bytes(password), self._nobodys_hash)
            return Comparison(matches=False)
        if not fits:
            return Comparison(self._hashers.verify(password, stored))
        try:
            matches, replacement = self._hashers.verify_and_update(password, stored)
        except UnknownHashError:
            self._hashers.verify(password, self._nobodys_hash)
            return Comparison(matches=False)
        return Comparison(matches, HashedPassword(replacement) if replacement else None)


def check_new_password(password: str) -> None:
    """Raise InvalidInputError unless the password may be set."""
    normalised = _normalised(password)
    size_bytes = len(normalised.encode())
    if len(normalised) < MINIMUM_CHARACTERS:
        raise InvalidInputError(
            f"The password is too short; take at least {MINIMUM_CHARACTERS} characters.",
            field="password",
        )
    if size_bytes > MAXIMUM_BYTES:
        raise InvalidInputError(
            f"The password is too long: it takes {size_bytes} bytes, and at most {MAXIMUM_BYTES} "
            "can be checked. Letters outside English take two or more; choose a shorter one.",
            field="password",
        )
    if "\0" in normalised:
        raise InvalidInputError(
            "The password holds a NUL character; choose one without it.", field="password"
        )


def _normalised(password: str) -> str:
    # A Mac types é as two characters, other machines as one. Half a surrogate pair has no bytes.
    text = unicodedata.normalize("NFC", password)
    return text.encode("utf-8", "replace").decode("utf-8")


def _first_bytes(password: str) -> bytes:
    return password.encode()[:MAXIMUM_BYTES]
