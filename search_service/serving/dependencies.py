"""What handlers ask for by name: `services`, and `caller` where a guard let one in."""

from typing import Any

from litestar import Request
from litestar.di import Provide

from search_service.accounts.caller import Caller
from search_service.serving.authentication import caller_of
from search_service.serving.services import Services, services_of


def _services(request: Request[Any, Any, Any]) -> Services:
    return services_of(request)


def _caller(request: Request[Any, Any, Any]) -> Caller:
    return caller_of(request)


DEPENDENCIES = {
    "services": Provide(_services, sync_to_thread=False),
    "caller": Provide(_caller, sync_to_thread=False),
}
