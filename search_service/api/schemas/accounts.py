"""Accounts, sessions and API keys as the interface shows and takes them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from search_service.api.schemas.limits import Cursor, Email, Id, Name, PageLimit, Secret
from search_service.db.enums import Role

Password = Annotated[str, Meta(max_length=1000)]


@dataclass(frozen=True, slots=True)
class TokenForm:
    """The password form of OAuth2 (RFC 6749, section 4.3.2); `username` is the e-mail address."""

    username: Email
    password: Password = field(repr=False)
    grant_type: Literal["password"] = "password"
    scope: Annotated[str, Meta(max_length=200)] = ""
    client_id: Annotated[str, Meta(max_length=200)] = ""
    client_secret: Annotated[str, Meta(max_length=200)] = field(default="", repr=False)


class Token(Struct, frozen=True):
    """A sign-in: a short access token, and a refresh token that is good once."""

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int
    refresh_expires_at: datetime


class RefreshRequest(Struct, frozen=True, forbid_unknown_fields=True):
    refresh_token: Secret


class SetupRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The first administrator; `token` is the secret of the setup link."""

    token: Secret
    email: Email
    full_name: Name
    password: Password


class User(Struct, frozen=True):
    """An account; `role` is null where the stored one is not known."""

    id: int
    email: str
    full_name: str
    role: Role | None
    is_active: bool
    is_superuser: bool
    created_at: datetime | None
    updated_at: datetime | None


class Users(Struct, frozen=True):
    items: tuple[User, ...]
    next_cursor: str | None


class Me(Struct, frozen=True):
    """Who the credentials stand for; `scopes` is null for a person, else those of the key."""

    id: int | None
    email: str
    full_name: str
    role: Role | None
    is_superuser: bool
    scopes: tuple[str, ...] | None
    may_upload: bool
    may_manage_users: bool


class NewUserRequest(Struct, frozen=True, forbid_unknown_fields=True):
    email: Email
    full_name: Name
    password: Password
    role: Role = Role.SALES
    is_superuser: bool = False


class UserChangesRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays."""

    full_name: Name | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    is_superuser: bool | UnsetType = UNSET


class PasswordRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A new password; `old_password` is asked for from people who change their own."""

    new_password: Password
    old_password: Password | None = None


class UserQuery(Struct, frozen=True):
    role: Role | None = None
    is_active: bool | None = None
    limit: PageLimit = 50
    cursor: Cursor | None = None


class ApiKey(Struct, frozen=True):
    """What may be shown of a key at any time."""

    id: int
    user_id: int
    name: str
    prefix: str
    scopes: tuple[str, ...]
    rate_class: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class ApiKeys(Struct, frozen=True):
    items: tuple[ApiKey, ...]


class CreatedApiKey(Struct, frozen=True):
    """A new key; `secret` is shown this once."""

    key: ApiKey
    secret: str


class NewApiKeyRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """A key to make; without `user_id` for oneself, without `expires_at` until it is revoked."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    scopes: Annotated[list[Annotated[str, Meta(max_length=30)]], Meta(min_length=1, max_length=10)]
    expires_at: datetime | None = None
    user_id: Id | None = None
    rate_class: Annotated[str, Meta(max_length=20)] = "standard"


class ApiKeyQuery(Struct, frozen=True):
    user_id: Id | None = None
