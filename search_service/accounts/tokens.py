"""The texts that are handed out: signed access tokens, and random secrets of which we keep hashes.

Pure but for the clock and the random numbers; rows are the business of sessions and api_keys.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

import jwt

from search_service.accounts.signing import SigningKeys, signing_keys
from search_service.config import Settings
from search_service.errors import UnauthenticatedError

ALGORITHM = "HS256"
AUDIENCE = "search-service"
CLOCK_SKEW_S = 30  # between our own servers
REQUIRED = ["exp", "iat", "iss", "aud", "sub", "sid"]


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a valid access token says: whose it is and which sign-in it came from."""

    user_id: int
    family: UUID


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes and reads access tokens; also knows how long a sign-in lasts.

    A token carries no role: the account is read again at each request.
    """

    keys: SigningKeys
    issuer: str
    access_s: int
    refresh_s: int

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Read or make the signing keys; raises ConfigurationError as `signing_keys` does."""
        return cls(
            signing_keys(settings),
            settings.public_url,
            settings.access_token_s,
            settings.refresh_token_s,
        )

    def sign(self, claims: AccessClaims) -> str:
        """Give an access token (RFC 7519) that begins now."""
        now = datetime.now(UTC)
        payload = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": str(claims.user_id),
            "sid": claims.family.hex,
            "iat": now,
            "exp": now + timedelta(seconds=self.access_s),
        }
        key = self.keys.newest
        return jwt.encode(payload, key.secret, ALGORITHM, headers={"kid": key.kid})

    def read(self, token: str) -> AccessClaims:
        """Check signature, issuer, audience and age; raises UnauthenticatedError."""
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            key = self.keys.find(str(kid))
            if key is None:
                raise jwt.InvalidTokenError("unknown key")
            payload = jwt.decode(
                token,
                key.secret,
                algorithms=[ALGORITHM],
                issuer=self.issuer,
                audience=AUDIENCE,
                leeway=CLOCK_SKEW_S,
                options={"require": REQUIRED},
            )
            return AccessClaims(int(payload["sub"]), UUID(payload["sid"]))
        except jwt.ExpiredSignatureError as error:
            raise UnauthenticatedError(
                "The access token has expired; get a new one with the refresh token."
            ) from error
        except (jwt.PyJWTError, ValueError, AttributeError, TypeError) as error:
            raise UnauthenticatedError("The access token is not valid; sign in again.") from error


def new_secret(prefix: str) -> str:
    """Give `prefix` and 256 random bits as text."""
    return f"{prefix}{secrets.token_urlsafe(32)}"


def hash_of(secret: str) -> str:
    """Give what is stored of a random secret: SHA-256 in hex; it needs no salt and no rounds."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
