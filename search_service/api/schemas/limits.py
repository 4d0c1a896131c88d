"""Types with their limits, as OpenAPI states them."""

from typing import Annotated, TypeAlias

from msgspec import Meta

Id: TypeAlias = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Email: TypeAlias = Annotated[str, Meta(min_length=3, max_length=255)]
Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=255)]
Secret: TypeAlias = Annotated[str, Meta(min_length=1, max_length=1000)]
Cursor: TypeAlias = Annotated[
    str, Meta(max_length=500, description="`next_cursor` of the page before.")
]
PageLimit: TypeAlias = Annotated[int, Meta(ge=1, le=200, description="Items on a page.")]
Line: TypeAlias = Annotated[str, Meta(max_length=255)]
Text: TypeAlias = Annotated[str, Meta(max_length=10_000)]
Lines: TypeAlias = Annotated[list[Annotated[str, Meta(max_length=500)]], Meta(max_length=50)]
Ids: TypeAlias = Annotated[list[Id], Meta(max_length=100)]
Values: TypeAlias = Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=50)]
