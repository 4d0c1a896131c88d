"""What handlers ask for by name: `services`, and `caller` where a guard let one in.

They declare them as `services: TheServices, caller: TheCaller`.
"""

from typing import Any, TypeAlias

from litestar import Request
from litestar.di import NamedDependency, Provide

from search_service.accounts.caller import Caller
from search_service.serving.authentication import caller_of
from search_service.serving.services import Services, services_of

TheServices: TypeAlias = NamedDependency[Services]
TheCaller: TypeAlias = NamedDependency[Caller]


def _services(request: Request[Any, Any, Any]) -> Services:
    return services_of(request)


def _caller(request: Request[Any, Any, Any]) -> Caller:
    return caller_of(request)


DEPENDENCIES = {
    "services": Provide(_services, sync_to_thread=False),
    "caller": Provide(_caller, sync_to_thread=False),
}
