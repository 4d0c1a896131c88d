"""Whether a file may come in now: asked before a byte of it is read."""

from litestar.handlers import BaseRouteHandler

from search_service.serving.authentication import Connection
from search_service.serving.services import services_of


async def require_room(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Guard of uploads: raise QueueFullError where too many files wait to be read already."""
    if connection.scope.get("method") == "POST":
        await services_of(connection).intake.require_room()
