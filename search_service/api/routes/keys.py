"""API keys: named, scoped, shown once."""

from typing import Any

from litestar import Request, Router, delete, get, post
from litestar.params import JSONBody
from msgspec import convert

from search_service.accounts import api_keys, policy
from search_service.accounts.api_keys import KeyFacts, NewKey
from search_service.api.routes.paths import PathId
from search_service.api.schemas.accounts import (
    ApiKey,
    ApiKeyQuery,
    ApiKeys,
    CreatedApiKey,
    NewApiKeyRequest,
)
from search_service.api.validation import query_opt, read_query
from search_service.serving.dependencies import TheCaller, TheServices


@get("/api-keys", opt=query_opt(ApiKeyQuery))
async def list_keys(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller
) -> ApiKeys:
    """List one's own keys, or as an administrator those of `user_id`."""
    user_id = read_query(request, ApiKeyQuery).user_id or caller.principal.user_id or 0
    policy.require_manage_keys(caller.principal, user_id)
    async with services.database.reading() as connection:
        found = await api_keys.list_keys(connection, user_id)
    return ApiKeys(tuple(_shown(facts) for facts in found))


@post("/api-keys")
async def create_key(
    services: TheServices, caller: TheCaller, data: JSONBody[NewApiKeyRequest]
) -> CreatedApiKey:
    """Make a key; its secret is in this answer and nowhere else."""
    new = NewKey(
        user_id=data.user_id or caller.principal.user_id or 0,
        name=data.name,
        scopes=frozenset(data.scopes),
        expires_at=data.expires_at,
        rate_class=data.rate_class,
    )
    async with services.database.transaction() as connection:
        created = await api_keys.create_key(connection, caller, new)
    return CreatedApiKey(_shown(created.facts), created.secret)


@delete("/api-keys/{key_id:int}")
async def revoke_key(services: TheServices, caller: TheCaller, key_id: PathId) -> None:
    """End a key at once."""
    async with services.database.transaction() as connection:
        await api_keys.revoke_key(connection, caller, key_id)


def _shown(facts: KeyFacts) -> ApiKey:
    return convert(facts, ApiKey, from_attributes=True)


ROUTER = Router("/", route_handlers=[list_keys, create_key, revoke_key], tags=["API keys"])
