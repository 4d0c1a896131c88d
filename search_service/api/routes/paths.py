"""Numbers in paths, with the range that the database's ids have."""

from typing import Annotated, TypeAlias

from litestar.params import PathParameter

PathId: TypeAlias = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
PathNumber: TypeAlias = Annotated[int, PathParameter(ge=1, le=100_000)]
