"""Content blocks: the same slide or table, wherever it stands."""

from litestar import Router, get
from msgspec import convert

from search_service.api import links
from search_service.api.routes.materials import READ
from search_service.api.routes.paths import PathId, PathNumber
from search_service.api.schemas.blocks import (
    Block,
    Blocks,
    BlockUsage,
    BlockUsages,
    NewerPage,
    PageUsage,
    PageUsages,
    StaleMaterial,
    StaleMaterials,
    StalePage,
)
from search_service.catalog import blocks, materials, pages, reuse, staleness
from search_service.catalog.blocks import BlockRecord, Usage
from search_service.catalog.pages import VersionKey
from search_service.catalog.reuse import Reuse
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
    """List blocks that say nearly the same."""
    async with services.database.reading() as connection:
        found = await blocks.variants(connection, caller.principal, block_id)
    return Blocks(tuple(_shown(record) for record in found))


@get("/materials/{material_id:int}/pages/{page_number:int}/usages", opt=READ)
async def list_page_usages(
    services: TheServices, caller: TheCaller, material_id: PathId, page_number: PathNumber
) -> PageUsages:
    """Say which other materials carry what stands on a page, in the same, newer or older words."""
    async with services.database.reading() as connection:
        material = await materials.get(connection, caller.principal, material_id)
        version = VersionKey(material_id, material.current_version)
        await pages.get(connection, caller.principal, version, page_number)
        found = await reuse.of_page(connection, caller.principal, material_id, page_number)
    return PageUsages(tuple(_reused(services, each) for each in found))


@get("/stale-materials", opt=READ)
async def list_stale_materials(services: TheServices, caller: TheCaller) -> StaleMaterials:
    """List one's own materials of which a page is published in newer words elsewhere."""
    async with services.database.reading() as connection:
        found = await staleness.of_owner(connection, caller.principal)
    return StaleMaterials(tuple(_stale(services, material) for material in found))


def _reused(services: Services, each: Reuse) -> PageUsage:
    return PageUsage(
        material_id=each.material_id,
        material_name=each.material_name,
        status=each.status,
        page_number=each.their_page,
        block_type=each.block_type,
        relation=each.relation,
        similarity=round(each.similarity, 3),
        since=each.since,
        url=links.slide(services.settings, each.material_id, each.their_page),
    )


def _stale(services: Services, material: staleness.StaleMaterial) -> StaleMaterial:
    pages = (
        StalePage(
            page_number=page.page_number,
            url=links.slide(services.settings, material.material_id, page.page_number),
            newer=_newer(services, page.newer),
        )
        for page in material.pages
    )
    return StaleMaterial(
        material.material_id, material.material_name, material.status, tuple(pages)
    )


def _newer(services: Services, newer: staleness.Newer) -> NewerPage:
    return NewerPage(
        material_id=newer.material_id,
        material_name=newer.material_name,
        page_number=newer.page_number,
        since=newer.since,
        similarity=round(newer.similarity, 3),
        url=links.slide(services.settings, newer.material_id, newer.page_number),
    )


def _shown(record: BlockRecord) -> Block:
    return convert(record, Block, from_attributes=True)


def _used(services: Services, usage: Usage) -> BlockUsage:
    return BlockUsage(
        material_id=usage.material_id,
        material_name=usage.material_name,
        status=usage.status,
        slide_number=usage.slide_number,
        context=usage.context,
        url=links.slide(services.settings, usage.material_id, usage.slide_number)
        if usage.slide_number
        else links.material(services.settings, usage.material_id),
    )


ROUTER = Router(
    "/",
    route_handlers=[
        list_blocks,
        get_block,
        list_usages,
        list_variants,
        list_page_usages,
        list_stale_materials,
    ],
    tags=["Blocks"],
)
