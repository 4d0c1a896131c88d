"""Buyer personas: read by everybody, changed by product marketing."""

from litestar import Router, delete, get, patch, post
from litestar.params import JSONBody
from msgspec import UNSET, convert, structs

from search_service.api.routes.materials import WRITE
from search_service.api.routes.paths import PathId
from search_service.api.schemas.vocabulary import NewPersona, Persona, PersonaChanges, Personas
from search_service.catalog import personas
from search_service.catalog.personas import PersonaRecord
from search_service.serving.dependencies import TheCaller, TheServices


@get("/personas")
async def list_personas(services: TheServices, caller: TheCaller) -> Personas:
    """List all personas by name."""
    async with services.database.reading() as connection:
        found = await personas.find(connection, caller.principal)
    return Personas(tuple(_shown(record) for record in found))


@post("/personas", opt=WRITE)
async def create_persona(
    services: TheServices, caller: TheCaller, data: JSONBody[NewPersona]
) -> Persona:
    """Make a persona; its name must be free."""
    async with services.database.transaction() as connection:
        return _shown(await personas.create(connection, caller, structs.asdict(data)))


@get("/personas/{persona_id:int}")
async def get_persona(services: TheServices, caller: TheCaller, persona_id: PathId) -> Persona:
    """Give one persona."""
    async with services.database.reading() as connection:
        return _shown(await personas.get(connection, caller.principal, persona_id))


@patch("/personas/{persona_id:int}", opt=WRITE)
async def change_persona(
    services: TheServices, caller: TheCaller, persona_id: PathId, data: JSONBody[PersonaChanges]
) -> Persona:
    """Change a persona; its materials are searchable under the new name at once."""
    given = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
    async with services.database.transaction() as connection:
        return _shown(await personas.change(connection, caller, persona_id, given))


@delete("/personas/{persona_id:int}", opt=WRITE)
async def remove_persona(services: TheServices, caller: TheCaller, persona_id: PathId) -> None:
    """Remove a persona; its materials lose it."""
    async with services.database.transaction() as connection:
        await personas.remove(connection, caller, persona_id)


def _shown(record: PersonaRecord) -> Persona:
    return convert(record, Persona, from_attributes=True)


ROUTER = Router(
    "/",
    route_handlers=[list_personas, create_persona, get_persona, change_persona, remove_persona],
    tags=["Personas"],
)
