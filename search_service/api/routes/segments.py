"""Market segments: read by everybody, changed by product marketing."""

from litestar import Router, delete, get, patch, post
from litestar.params import JSONBody
from msgspec import UNSET, convert, structs

from search_service.api.routes.materials import WRITE
from search_service.api.routes.paths import PathId
from search_service.api.schemas.vocabulary import NewSegment, Segment, SegmentChanges, Segments
from search_service.catalog import segments
from search_service.catalog.segments import SegmentRecord
from search_service.serving.dependencies import TheCaller, TheServices


@get("/segments")
async def list_segments(services: TheServices, caller: TheCaller) -> Segments:
    """List all segments by name."""
    async with services.database.reading() as connection:
        found = await segments.find(connection, caller.principal)
    return Segments(tuple(_shown(record) for record in found))


@post("/segments", opt=WRITE)
async def create_segment(
    services: TheServices, caller: TheCaller, data: JSONBody[NewSegment]
) -> Segment:
    """Make a segment; its name must be free."""
    async with services.database.transaction() as connection:
        return _shown(await segments.create(connection, caller, structs.asdict(data)))


@get("/segments/{segment_id:int}")
async def get_segment(services: TheServices, caller: TheCaller, segment_id: PathId) -> Segment:
    """Give one segment."""
    async with services.database.reading() as connection:
        return _shown(await segments.get(connection, caller.principal, segment_id))


@patch("/segments/{segment_id:int}", opt=WRITE)
async def change_segment(
    services: TheServices, caller: TheCaller, segment_id: PathId, data: JSONBody[SegmentChanges]
) -> Segment:
    """Change a segment; its materials are searchable under the new name at once."""
    given = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
    async with services.database.transaction() as connection:
        return _shown(await segments.change(connection, caller, segment_id, given))


@delete("/segments/{segment_id:int}", opt=WRITE)
async def remove_segment(services: TheServices, caller: TheCaller, segment_id: PathId) -> None:
    """Remove a segment; its materials lose it."""
    async with services.database.transaction() as connection:
        await segments.remove(connection, caller, segment_id)


def _shown(record: SegmentRecord) -> Segment:
    return convert(record, Segment, from_attributes=True)


ROUTER = Router(
    "/",
    route_handlers=[list_segments, create_segment, get_segment, change_segment, remove_segment],
    tags=["Segments"],
)
