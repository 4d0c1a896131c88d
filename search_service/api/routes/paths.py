"""Ids in paths: numbers with the range that the database's have, and those of searches."""

from typing import Annotated, TypeAlias
from uuid import UUID

from litestar.params import PathParameter

PathId: TypeAlias = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
PathNumber: TypeAlias = Annotated[int, PathParameter(ge=1, le=100_000)]
PathLongId: TypeAlias = Annotated[int, PathParameter(ge=1, le=2**63 - 1)]
SearchId: TypeAlias = Annotated[UUID, PathParameter()]
