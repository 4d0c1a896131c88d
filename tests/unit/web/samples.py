"""Small values that views are made from."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from search_service.catalog.materials import MaterialRecord, Named
from search_service.catalog.pages import PageRecord
from search_service.db.enums import MaterialAudience, MaterialStatus, MaterialType
from search_service.search.answer import Answer, Hit, NamedId, Slide, Snippet

TODAY = date(2026, 6, 1)
MOMENT = datetime(2026, 5, 3, tzinfo=UTC)
SLIDE = Slide(4, "Prices", ((0, 6),), Snippet("a low price", ((6, 11),)), False, 1.0, "hash", 2)
HIT = Hit(
    material_id=7, name="Deck", name_marks=(), description=None,
    material_type="PRODUCT_SALES_DECK", audience="BOTH", status="PUBLISHED",
    product_name="Compute", universe_name="Public Cloud", file_name="deck.pptx",
    file_format="pptx", version=None, language="en", page_count=9, tags=(),
    personas=(NamedId(1, "CTO"),), segments=(), owner=None, health_score=100, usage_count=0,
    review_by=None, updated_at=MOMENT, score=1.0, full=True, missing=(), matching_slides=3,
    slides=(SLIDE,),
)  # fmt: skip
ANSWER = Answer("price", (HIT,), 1, False, (), (), (), None, None, 3.4)
MATERIAL = MaterialRecord(
    id=7, name="Deck", description="First line\nSecond line",
    material_type=MaterialType.PRODUCT_SALES_DECK, audience=MaterialAudience.BOTH,
    product_name="Compute", universe_name=None, file_path="ab", file_name="deck.pptx",
    file_format="pptx", file_size=2_400_000, version="2", status=MaterialStatus.DRAFT,
    tags=("a", "b"), keywords=(), use_cases=(), pain_points=(), health_score=100, usage_count=0,
    completeness_score=50, last_updated=MOMENT, owner_id=3, owner_name="Petra",
    created_at=MOMENT, updated_at=MOMENT, language="en", current_version=2, content_hash="hash",
    page_count=2, edited_fields=(), guessed_fields=("material_type",), review_by=None,
    expires_on=None, published_at=None, completeness_reasons=(), health_reasons=(),
    personas=(Named(1, "CTO"),),
)  # fmt: skip
PAGE = PageRecord(
    page_number=1, label=None, title="Title", body="", notes="", tables=[], alt_texts=[],
    chart_texts=[], diagram_texts=[], comments=[], links=[], hidden=False, width=None,
    height=None, warnings=[],
)  # fmt: skip


def page(**changes: Any) -> PageRecord:
    return replace(PAGE, **changes)


def material(**changes: Any) -> MaterialRecord:
    return replace(MATERIAL, **changes)
