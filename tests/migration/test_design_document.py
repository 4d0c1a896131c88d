"""The migrated schema is the design document's, and what we added to it is listed here.

design_document.sql holds the document's own DDL; anything that it has and the migrations do not,
anything that differs, and any addition without a line below fails.
"""

from pathlib import Path

import asyncpg
import pytest

from tests.migration.catalogue import (
    Catalogue,
    added,
    changed,
    of_tables,
    read_catalogue,
    tables_of,
)

pytestmark = pytest.mark.anyio

DDL = Path(__file__).with_name("design_document.sql").read_text(encoding="utf-8")
DOCUMENT = Path(__file__).parents[3] / "shared" / "design" / "database-design.md"

DOCUMENTED_TABLES = {
    "users",
    "materials",
    "personas",
    "segments",
    "material_persona_association",
    "material_segment_association",
    "content_blocks",
    "content_block_usages",
    "material_health_history",
}
# Migration 004, which the document names: "materials (tsvector column)"; the only column added.
ADDED_COLUMNS = {("column", "materials.search_vector"): "#25 tsvector"}
ADDED_INDEXES = {
    ("index", "idx_materials_search_vector"): (
        "CREATE INDEX idx_materials_search_vector ON public.materials USING gin (search_vector)"
    ),
    # The document's own query by universe and status reads 20 rows of this one, in order.
    ("index", "idx_materials_universe_status_updated"): (
        "CREATE INDEX idx_materials_universe_status_updated ON public.materials"
        " USING btree (universe_name, status, updated_at DESC)"
    ),
    # The list of materials, newest first.
    ("index", "idx_materials_updated"): (
        "CREATE INDEX idx_materials_updated ON public.materials"
        " USING btree (updated_at DESC, id DESC)"
    ),
    # The other way through each association, and what ON DELETE CASCADE looks up.
    ("index", "idx_material_persona_persona"): (
        "CREATE INDEX idx_material_persona_persona ON public.material_persona_association"
        " USING btree (persona_id)"
    ),
    ("index", "idx_material_segment_segment"): (
        "CREATE INDEX idx_material_segment_segment ON public.material_segment_association"
        " USING btree (segment_id)"
    ),
    ("index", "idx_content_block_usages_block"): (
        "CREATE INDEX idx_content_block_usages_block ON public.content_block_usages"
        " USING btree (content_block_id)"
    ),
    ("index", "idx_content_block_usages_material"): (
        "CREATE INDEX idx_content_block_usages_material ON public.content_block_usages"
        " USING btree (material_id)"
    ),
}
ADDED_TABLES = {
    # Migration 005, which the document names without columns.
    "audit_logs",
    "audit_logs_default",
    "material_details",
    "material_versions",
    "material_pages",
    "passages",
    "block_fingerprints",
    "block_bands",
    "block_variants",
    "block_sightings",
    "keyword_bases",
    "dismissed_proposals",
    "refresh_tokens",
    "api_keys",
    "login_failures",
    "setup_links",
    "ingest_jobs",
    "queue_pauses",
    "pgqueuer",
    "pgqueuer_log",
    "pgqueuer_schedules",
    "pgqueuer_statistics",
    "corpus_statistics",
    "lexeme_statistics",
    "surface_words",
    "suggestions",
    "suggestion_prefixes",
    "past_queries",
    "top_postings",
    "index_changes",
    "index_state",
    "search_log",
    "search_log_default",
    "search_clicks",
    "search_erasures",
    "passage_embeddings",
    "synonyms",
    "pins",
    "judgements",
    "page_corrections",
    "acknowledged_warnings",
    "version_reviews",
    "review_states",
    "publication_wishes",
    "completeness_history",
    "material_successors",
    "outdated_reports",
    "ranking_weights",
}
# PostgreSQL names what they inherit.
DEFAULT_PARTITIONS = {"audit_logs_default", "search_log_default"}
ADDED_BESIDE_TABLES = {
    ("extension", "pg_trgm"),
    ("extension", "unaccent"),
    ("function", "fn_pgqueuer_changed()"),
    ("function", "folded_words(text)"),
    ("function", "refuse_audit_change()"),
    ("function", "search_vector_of(regconfig,text)"),
    ("text search configuration", "search_dutch"),
    ("text search configuration", "search_english"),
    ("text search configuration", "search_french"),
    ("text search configuration", "search_german"),
    ("text search configuration", "search_italian"),
    ("text search configuration", "search_portuguese"),
    ("text search configuration", "search_simple"),
    ("text search configuration", "search_spanish"),
    ("type", "pgqueuer_status"),
}


@pytest.fixture
async def documented(empty_database_url: str) -> Catalogue:
    """The catalogue that the document's DDL makes, run as it stands there."""
    connection = await asyncpg.connect(empty_database_url)
    await connection.execute(DDL)
    await connection.close()
    return await read_catalogue(empty_database_url)


@pytest.fixture
async def migrated(database_url: str) -> Catalogue:
    """The catalogue that the migrations make."""
    return await read_catalogue(database_url)


async def test_the_documents_ddl_makes_nine_tables_and_three_enums(documented: Catalogue) -> None:
    assert tables_of(documented) == DOCUMENTED_TABLES
    assert {thing.name: text for thing, text in documented.items() if thing.kind == "type"} == {
        "materialtype": (
            "e PRODUCT_BRIEF, PRODUCT_SALES_ENABLEMENT_DECK, PRODUCT_PORTFOLIO_PRESENTATION,"
            " PRODUCT_SALES_DECK, PRODUCT_DATASHEET, PRODUCT_CATALOG"
        ),
        "materialaudience": "e INTERNAL, CUSTOMER_FACING, BOTH",
        "materialstatus": "e DRAFT, REVIEW, PUBLISHED, ARCHIVED",
    }


async def test_nothing_of_the_document_is_missing(
    documented: Catalogue, migrated: Catalogue
) -> None:
    assert added(migrated, documented) == {}


async def test_nothing_of_the_document_is_changed(
    documented: Catalogue, migrated: Catalogue
) -> None:
    assert changed(documented, migrated) == {}


async def test_what_is_added_to_the_documents_tables_is_listed(
    documented: Catalogue, migrated: Catalogue
) -> None:
    additions = added(documented, of_tables(migrated, DOCUMENTED_TABLES))

    assert additions == ADDED_COLUMNS | ADDED_INDEXES


async def test_what_is_added_beside_the_documents_tables_is_listed(
    documented: Catalogue, migrated: Catalogue
) -> None:
    assert tables_of(migrated) - tables_of(documented) == ADDED_TABLES
    assert set(added(documented, of_tables(migrated, {""}))) == ADDED_BESIDE_TABLES


async def test_constraints_of_our_own_tables_are_named_by_us(migrated: Catalogue) -> None:
    of_others = {"pgqueuer", "pgqueuer_log", "pgqueuer_schedules", "pgqueuer_statistics"}
    ours = of_tables(migrated, ADDED_TABLES - of_others - DEFAULT_PARTITIONS)
    names = [thing.name.split(".")[1] for thing in ours if thing.kind == "constraint"]

    assert len(names) >= len(ADDED_TABLES) - len(of_others) - len(DEFAULT_PARTITIONS)
    assert [name for name in names if not name.startswith(("pk_", "fk_", "uq_", "ck_"))] == []


@pytest.mark.shared
def test_the_embedded_ddl_is_the_documents_word_for_word() -> None:
    if not DOCUMENT.exists():
        pytest.skip("../shared is not there")
    section = DOCUMENT.read_text(encoding="utf-8").split("## 2. Table Definitions")[1]
    blocks = section.split("## 3. Relationships")[0].split("```sql\n")[1:]

    assert "\n".join(block.split("```")[0] for block in blocks) == DDL
