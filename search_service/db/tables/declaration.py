"""What all tables share: the declarative root, column types and defaults."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    DateTime,
    Enum,
    ForeignKey,
    Integer,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType

NOW = text("CURRENT_TIMESTAMP")
NO_TEXTS = text("'{}'")
NO_ITEMS = text("'[]'")
NO_OBJECT = text("'{}'")
NO = text("false")
ZERO = text("0")


class Base(DeclarativeBase):
    """Root of the mapped tables; Python types stand for the document's column types."""

    type_annotation_map = {
        str: Text,
        datetime: DateTime(timezone=True),
        list[str]: ARRAY(Text),
        list[int]: ARRAY(Integer),
        MaterialType: Enum(MaterialType, name="materialtype"),
        MaterialAudience: Enum(MaterialAudience, name="materialaudience"),
        MaterialStatus: Enum(MaterialStatus, name="materialstatus"),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


def now() -> Any:
    return mapped_column(server_default=NOW)


def key_of(table: str) -> ForeignKey:
    return ForeignKey(f"{table}.id", ondelete="CASCADE")
