import pytest

from search_service.db.enums import MaterialType
from search_service.ingest.guess import FileFacts, material_type_of, name_of


@pytest.mark.parametrize(
    ("file_name", "name"),
    [
        ("Managed_K8s-deck_v2.pptx", "Managed K8s-deck v2"),
        ("report (1).pdf", "report"),
        ("report final copy (2).pdf", "report"),
        ("C:\\decks\\a.b.pptx", "a.b"),
        ("final.pdf", "final"),
        ("", "Untitled"),
        ("é\0\n.pdf", "é"),
        ("x" * 300 + ".pdf", "x" * 255),
    ],
)
def test_a_name_is_taken_from_the_files(file_name: str, name: str) -> None:
    assert name_of(file_name) == name


@pytest.mark.parametrize(
    ("file_name", "file_format", "pages", "expected"),
    [
        ("ObjectStorage_Datasheet.pdf", "pdf", 90, MaterialType.PRODUCT_DATASHEET),
        ("bare metal catalogue 2026.pdf", "pdf", 1, MaterialType.PRODUCT_CATALOG),
        ("portfolio.pptx", "pptx", None, MaterialType.PRODUCT_PORTFOLIO_PRESENTATION),
        ("k8s-battle-card.pptx", "pptx", None, MaterialType.PRODUCT_SALES_ENABLEMENT_DECK),
        ("gdpr_brief.pdf", "pdf", 40, MaterialType.PRODUCT_BRIEF),
        ("k8s.pptx", "pptx", None, MaterialType.PRODUCT_SALES_DECK),
        ("k8s.pdf", "pdf", None, MaterialType.PRODUCT_BRIEF),
        ("k8s.pdf", "pdf", 3, MaterialType.PRODUCT_BRIEF),
        ("k8s.pdf", "pdf", 10, MaterialType.PRODUCT_DATASHEET),
        ("k8s.pdf", "pdf", 80, MaterialType.PRODUCT_CATALOG),
        ("debriefing.pdf", "pdf", 10, MaterialType.PRODUCT_DATASHEET),
    ],
)
def test_a_type_is_told_by_the_name_then_by_format_and_length(
    file_name: str, file_format: str, pages: int | None, expected: MaterialType
) -> None:
    assert material_type_of(FileFacts(file_name, file_format, pages)) is expected
