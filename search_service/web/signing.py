"""Signing in and out, and the first administrator by the one-time link."""

from typing import Any

from litestar import get, post
from litestar.response import Redirect, Response

from search_service.accounts import sessions, setup
from search_service.accounts.policy import Principal
from search_service.accounts.sessions import Credentials
from search_service.accounts.setup import FirstAdministrator
from search_service.audit.entries import Actor
from search_service.errors import (
    InvalidCredentialsError,
    InvalidInputError,
    ServiceError,
    TooManyRequestsError,
)
from search_service.serving import csrf, rate_limits
from search_service.serving.authentication import (
    PUBLIC,
    client_address,
    count_request,
    ended_cookie,
    find_identity,
    session_cookie,
    session_secret_of,
)
from search_service.serving.dependencies import TheServices
from search_service.serving.request_ids import request_id_of
from search_service.serving.services import Services
from search_service.serving.statuses import status_of
from search_service.web.rendering import Flash, Page, WebRequest, page, redirect
from search_service.web.views.addresses import local_target

Answer = Response[Any]


@get("/sign-in", opt=PUBLIC, name="web:sign-in")
async def show_sign_in(request: WebRequest, services: TheServices) -> Answer:
    """Show the form; who is signed in already goes on."""
    target = local_target(request.query_params.get("next"))
    if await find_identity(request) is not None:
        return redirect(target)
    async with services.database.reading() as connection:
        first_run = await setup.is_first_run(connection)
    return _sign_in_page(request, target, first_run=first_run)


@post("/sign-in", opt=PUBLIC, status_code=200)
async def sign_in(request: WebRequest, services: TheServices) -> Answer:
    """Begin a session and go to where the person wanted to go."""
    csrf.require_same_origin(request)
    address = client_address(request)
    form = await request.form()
    target = local_target(_text(form.get("next")))
    email = _text(form.get("email"))
    credentials = Credentials(
        email, _text(form.get("password")), address, request_id_of(request.scope)
    )
    try:
        count_request(request, address, rate_limits.SIGN_IN)
        principal = await sessions.authenticate_password(
            services.database, services.passwords, credentials
        )
    except (InvalidCredentialsError, TooManyRequestsError) as error:
        return _sign_in_page(request, target, email=email, error=error)
    return await _signed_in(request, services, principal, target)


@post("/sign-out", status_code=303)
async def sign_out(request: WebRequest, services: TheServices) -> Redirect:
    """End the session here and in the database."""
    secret = session_secret_of(request)
    if secret:
        actor = _actor(request)
        async with services.database.transaction() as connection:
            await sessions.close_session(connection, secret, actor)
    answer = redirect("/sign-in", Flash.SIGNED_OUT)
    answer.set_cookie(ended_cookie(services.settings))
    return answer


@get("/setup", opt=PUBLIC)
async def show_setup(request: WebRequest, services: TheServices) -> Page:
    """Show the form for the first administrator, or that the link is good no more."""
    valid = await _is_setup_link(services, request.query_params.get("token", ""))
    return page(request, "setup.html", "", 200 if valid else 404, valid=valid, error="", given={})


@post("/setup", opt=PUBLIC, status_code=200)
async def complete_setup(request: WebRequest, services: TheServices) -> Answer:
    """Make the first administrator and sign them in."""
    csrf.require_same_origin(request)
    count_request(request, client_address(request), rate_limits.SIGN_IN)
    form = await request.form()
    given = {name: _text(form.get(name)) for name in ("email", "full_name")}
    secret = request.query_params.get("token", "")
    if not await _is_setup_link(services, secret):
        return page(request, "setup.html", "", 404, valid=False, error="", given={})
    try:
        hashed = await services.passwords.hash(_text(form.get("password")))
        first = FirstAdministrator(**given, hashed_password=hashed)
        async with services.database.transaction() as connection:
            account = await setup.complete_setup(connection, secret, first, _actor(request))
    except (InvalidInputError, InvalidCredentialsError) as error:
        status = status_of(error)
        return page(request, "setup.html", "", status, valid=True, error=error.message, given=given)
    return await _signed_in(request, services, account.as_principal(), "/")


async def _is_setup_link(services: Services, secret: str) -> bool:
    async with services.database.transaction() as connection:
        return await setup.is_setup_link(connection, secret)


async def _signed_in(
    request: WebRequest, services: Services, principal: Principal, target: str
) -> Redirect:
    old = session_secret_of(request)
    async with services.database.transaction() as connection:
        if old:
            await sessions.close_session(connection, old, _actor(request))
        session = await sessions.open_web_session(connection, services.tokens, principal)
    answer = redirect(target)
    answer.set_cookie(session_cookie(services.settings, session))
    return answer


def _sign_in_page(
    request: WebRequest,
    target: str,
    *,
    email: str = "",
    error: ServiceError | None = None,
    first_run: bool = False,
) -> Page:
    answer = page(
        request,
        "sign_in.html",
        "",
        status_of(error) if error else 200,
        target=target,
        email=email,
        error=error.message if error else "",
        first_run=first_run,
    )
    if isinstance(error, TooManyRequestsError):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


def _actor(request: WebRequest) -> Actor:
    return Actor(None, None, client_address(request), request_id_of(request.scope))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


HANDLERS = (show_sign_in, sign_in, sign_out, show_setup, complete_setup)
