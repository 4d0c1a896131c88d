"""Absolute addresses, all built from PUBLIC_URL."""

from search_service.config import Settings


def material(settings: Settings, material_id: int) -> str:
    """Give the address of a material's page."""
    return f"{settings.public_url}/m/{material_id}"


def page(settings: Settings, material_id: int, page_number: int, version: int) -> str:
    """Give the permanent address of a page or slide."""
    return f"{settings.public_url}/m/{material_id}/s/{page_number}?v={version}"


def slide(settings: Settings, material_id: int, page_number: int) -> str:
    """Give the address of a page or slide as it is now."""
    return f"{material(settings, material_id)}/s/{page_number}"


def citation(settings: Settings, content_hash: str, material_id: int, version: int) -> str:
    """Give the address that says what became of a cited passage."""
    query = f"material_id={material_id}&version={version}"
    return f"{settings.public_url}/api/v1/citations/{content_hash}?{query}"


def job(job_id: int) -> str:
    """Give the path of a job, as Location names it."""
    return f"/api/v1/jobs/{job_id}"


def page_image(material_id: int, page_number: int, version: int) -> str:
    """Give the path of the picture of a page."""
    return f"/api/v1/materials/{material_id}/pages/{page_number}/image?version={version}"
