"""Whether a material has the page that a pin or a judgement names."""

from search_service.catalog.materials import MaterialRecord
from search_service.errors import InvalidInputError


def require_page(material: MaterialRecord, page_number: int | None) -> None:
    """Raise InvalidInputError for a page beyond the material's last; None is the whole of it."""
    if page_number is None or page_number <= (material.page_count or 0):
        return
    raise InvalidInputError(
        f"“{material.name}” has no page {page_number}; it has {material.page_count or 0}.",
        field="page_number",
    )
