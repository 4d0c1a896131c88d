"""Accounts, for administrators."""

from typing import Any

from litestar import Request, Router, delete, get, patch, post
from litestar.params import JSONBody
from msgspec import UNSET, convert, structs

from search_service.accounts import administration, policy, users
from search_service.accounts.administration import NewUser, UserChanges
from search_service.accounts.users import UserFilter
from search_service.api import cursors
from search_service.api.routes.paths import PathId
from search_service.api.schemas.accounts import (
    NewUserRequest,
    PasswordRequest,
    User,
    UserChangesRequest,
    UserQuery,
    Users,
)
from search_service.api.validation import query_opt, read_query
from search_service.serving.dependencies import TheCaller, TheServices


@get("/users", opt=query_opt(UserQuery))
async def list_users(
    request: Request[Any, Any, Any], services: TheServices, caller: TheCaller
) -> Users:
    """List accounts in the order of their ids."""
    policy.require_manage_users(caller.principal)
    query = read_query(request, UserQuery)
    wanted = UserFilter(
        after_id=cursors.decode(query.cursor) or 0,
        is_active=query.is_active,
        role=query.role,
        limit=query.limit,
    )
    async with services.database.reading() as connection:
        found = await users.list_users(connection, wanted)
    more = len(found) == query.limit
    return Users(
        tuple(convert(account, User, from_attributes=True) for account in found),
        cursors.encode(found[-1].id) if more else None,
    )


@post("/users")
async def create_user(
    services: TheServices, caller: TheCaller, data: JSONBody[NewUserRequest]
) -> User:
    """Make an account."""
    policy.require_manage_users(caller.principal)
    new = NewUser(
        email=data.email,
        full_name=data.full_name,
        hashed_password=await services.passwords.hash(data.password),
        role=data.role,
        is_superuser=data.is_superuser,
    )
    async with services.database.transaction() as connection:
        account = await administration.create_user(connection, caller, new)
    return convert(account, User, from_attributes=True)


@get("/users/{user_id:int}")
async def get_user(services: TheServices, caller: TheCaller, user_id: PathId) -> User:
    """Give one account."""
    policy.require_manage_users(caller.principal)
    async with services.database.reading() as connection:
        account = await users.get_user(connection, user_id)
    return convert(account, User, from_attributes=True)


@patch("/users/{user_id:int}")
async def change_user(
    services: TheServices, caller: TheCaller, user_id: PathId, data: JSONBody[UserChangesRequest]
) -> User:
    """Change an account; people may change their own name, administrators everything."""
    given = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
    async with services.database.transaction() as connection:
        account = await administration.update_user(
            connection, caller, user_id, UserChanges(**given)
        )
    return convert(account, User, from_attributes=True)


@delete("/users/{user_id:int}", status_code=200)
async def deactivate_user(services: TheServices, caller: TheCaller, user_id: PathId) -> User:
    """Deactivate an account: its sessions and keys end at once; PATCH can wake it again."""
    async with services.database.transaction() as connection:
        account = await administration.deactivate_user(connection, caller, user_id)
    return convert(account, User, from_attributes=True)


@post("/users/{user_id:int}/password", status_code=204)
async def set_password(
    services: TheServices, caller: TheCaller, user_id: PathId, data: JSONBody[PasswordRequest]
) -> None:
    """Give an account a new password; its sessions end. One's own: POST /me/password."""
    policy.require_manage_users(caller.principal)
    hashed = await services.passwords.hash(data.new_password)
    async with services.database.transaction() as connection:
        await administration.change_password(connection, caller, user_id, hashed)


ROUTER = Router(
    "/",
    route_handlers=[
        list_users, create_user, get_user, change_user, deactivate_user, set_password,
    ],
    tags=["Users"],
)  # fmt: skip
