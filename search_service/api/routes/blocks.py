"""Content blocks: the same slide or table, wherever it stands."""

from litestar import Router, get
from msgspec import convert

from search_service.api import links
from search_service.api.routes.materials import READ
from search_service.api.routes.paths import PathId
from search_service.api.schemas.vocabulary import Block, Blocks, BlockUsage, BlockUsages
from search_service.catalog import blocks, materials
from search_service.catalog.blocks import BlockRecord, Usage
from search_service.serving.dependencies import TheCaller, TheServices
from search_service.serving.services import Services


@get("/materials/{material_id:int}/blocks", opt=READ)
async def list_blocks(services: TheServices, caller: TheCaller, material_id: PathId) -> Blocks:
    """List the blocks of a material in the order of its pages."""
    async with services.database.reading() as connection:
        await materials.get(connection, caller.principal, material_id)
        found = await blocks.of_material(connection, caller.principal, material_id)
    return Blocks(tuple(_shown(record) for record in found))


@get("/blocks/{block_id:int}", opt=READ)
async def get_block(services: TheServices, caller: TheCaller, block_id: PathId) -> Block:
    """Give one block."""
    async with services.database.reading() as connection:
        return _shown(await blocks.get(connection, caller.principal, block_id))


@get("/blocks/{block_id:int}/usages", opt=READ)
async def list_usages(services: TheServices, caller: TheCaller, block_id: PathId) -> BlockUsages:
    """Say where a block stands, as far as the caller may see."""
    async with services.database.reading() as connection:
        found = await blocks.where_used(connection, caller.principal, block_id)
    return BlockUsages(tuple(_used(services, usage) for usage in found))


@get("/blocks/{block_id:int}/variants", opt=READ)
async def list_variants(services: TheServices, caller: TheCaller, block_id: PathId) -> Blocks:
    """List blocks that say nearly the same, the nearest first."""
    async with services.database.reading() as connection:
        found = await blocks.variants(connection, caller.principal, block_id)
    return Blocks(tuple(_shown(record) for record in found))


def _shown(record: BlockRecord) -> Block:
    return convert(record, Block, from_attributes=True)


def _used(services: Services, usage: Usage) -> BlockUsage:
    url = links.material(services.settings, usage.material_id)
    return BlockUsage(
        material_id=usage.material_id,
        material_name=usage.material_name,
        status=usage.status,
        slide_number=usage.slide_number,
        context=usage.context,
        url=f"{url}/s/{usage.slide_number}" if usage.slide_number else url,
    )


ROUTER = Router(
    "/", route_handlers=[list_blocks, get_block, list_usages, list_variants], tags=["Blocks"]
)
