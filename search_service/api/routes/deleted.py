"""Deleted materials that can still come back."""

from litestar import Response, Router, get, post

from search_service.api.routes.materials import READ, WRITE, answer_with, sendable
from search_service.api.routes.paths import PathId
from search_service.api.schemas.lifecycle import DeletedMaterial, DeletedMaterials
from search_service.api.schemas.materials import Material
from search_service.catalog import deleted
from search_service.ingest import restoring
from search_service.serving.dependencies import TheCaller, TheServices


@get("/deleted-materials", opt=READ)
async def list_deleted(services: TheServices, caller: TheCaller) -> DeletedMaterials:
    """List deleted materials that the caller can bring back: one's own, or all as administrator."""
    async with services.database.reading() as connection:
        found = await deleted.find(connection, caller.principal)
    return DeletedMaterials(
        tuple(
            DeletedMaterial(
                **{name: getattr(each, name) for name in DeletedMaterial.__struct_fields__}
            )
            for each in found
        )
    )


@post("/materials/{material_id:int}/restore", status_code=200, opt=WRITE)
async def restore_material(
    services: TheServices, caller: TheCaller, material_id: PathId
) -> Response[Material | None]:
    """Undo a deletion within its 30 days: the material is as it was, and found again."""
    async with services.database.transaction() as connection:
        record = await restoring.restore(connection, caller, material_id)
        found = await sendable(connection, caller, record)
    return answer_with(services, caller, record, found)


ROUTER = Router("/", route_handlers=[list_deleted, restore_material], tags=["Lifecycle"])
