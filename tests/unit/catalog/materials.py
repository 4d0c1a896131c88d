"""A material without a database, for the pure parts of the catalogue."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from search_service.catalog.materials import MaterialRecord
from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType

TODAY = datetime(2026, 6, 1, tzinfo=UTC)
_BARE = MaterialRecord(
    id=1, name="Brief", description=None, material_type=MaterialType.PRODUCT_BRIEF,
    audience=MaterialAudience.INTERNAL, product_name=None, universe_name=None, file_path=None,
    file_name=None, file_format=None, file_size=None, version=None, status=MaterialStatus.DRAFT,
    tags=(), keywords=(), use_cases=(), pain_points=(), health_score=0, usage_count=0,
    completeness_score=0, last_updated=TODAY, owner_id=None, owner_name=None, created_at=TODAY,
    updated_at=TODAY, language="en", current_version=1, content_hash=None, page_count=None,
    edited_fields=(), guessed_fields=(), review_by=None, expires_on=None, published_at=None,
    completeness_reasons=(), health_reasons=(),
)  # fmt: skip


def bare(**fields: Any) -> MaterialRecord:
    """A material with nothing filled in but these fields."""
    return replace(_BARE, **fields)
