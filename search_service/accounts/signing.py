"""The keys that sign: from the settings, or made once and kept in the data folder.

Several keys, newest first, let a key be replaced without ending anybody's session: the first
signs, all verify.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from search_service.config import Settings
from search_service.errors import ConfigurationError

FILE_NAME = "signing-key"
MINIMUM_CHARACTERS = 32
ENVIRONMENT = "SEARCH_SERVICE_SECRET"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One secret; `kid` names it in a token and says nothing of it."""

    kid: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """Keys, newest first."""

    keys: tuple[SigningKey, ...]

    @property
    def newest(self) -> SigningKey:
        return self.keys[0]

    def find(self, kid: str) -> SigningKey | None:
        return next((key for key in self.keys if key.kid == kid), None)

    def derive(self, purpose: str) -> str:
        """Give a secret of its own for another purpose, such as CSRF tokens: 64 hex digits."""
        return hmac.digest(self.newest.secret, purpose.encode(), "sha256").hex()


def signing_keys(settings: Settings) -> SigningKeys:
    """Give the keys; safe to call from several processes at once.

    The setting holds one secret, or several after commas; so does the file, one a line. Raises
    ConfigurationError when a secret is too short or the file is unusable.
    """
    if settings.secret:
        return _keys_of(settings.secret.split(","), ENVIRONMENT)
    path = settings.data_dir / FILE_NAME
    try:
        if not path.exists():
            _make(path)
        return _keys_of(_read(path).split(), str(path))
    except OSError as error:
        raise ConfigurationError(
            f"The signing key {path} cannot be made or read ({error.strerror}); make the folder "
            f"writable, or set {ENVIRONMENT}."
        ) from error


def _keys_of(texts: list[str], source: str) -> SigningKeys:
    stripped = [text.strip() for text in texts]
    if not stripped or any(len(text) < MINIMUM_CHARACTERS for text in stripped):
        raise ConfigurationError(
            f"A secret in {source} is shorter than {MINIMUM_CHARACTERS} characters; several are "
            "written newest first. Make one with "
            "`python3 -c 'import secrets; print(secrets.token_urlsafe(48))'`."
        )
    return SigningKeys(tuple(_key_of(text.encode()) for text in stripped))


def _key_of(secret: bytes) -> SigningKey:
    return SigningKey(hashlib.sha256(b"search-service kid\n" + secret).hexdigest()[:12], secret)


def _read(path: Path) -> str:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor) as file:
        if os.fstat(descriptor).st_mode & 0o077:
            raise ConfigurationError(
                f"Other users of this machine can read the signing key {path}; run "
                f"`chmod 600 {path}`, or set {ENVIRONMENT}."
            )
        return file.read()


def _make(path: Path) -> None:
    # Written elsewhere and linked, as a reader must never meet an empty file; the first link wins.
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{FILE_NAME}-new-{secrets.token_hex(8)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            os.fsync(descriptor)
        _link(new, path)
    finally:
        new.unlink()


def _link(new: Path, path: Path) -> None:
    try:
        os.link(new, path)
    except FileExistsError:
        return
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
