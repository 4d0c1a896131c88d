"""Where each table's rows live when the database is a Citus cluster: data only, run by nobody here.

`cluster plan|apply` reads it; on one machine it changes nothing. A test holds the catalogue to it:
a table without a placement fails, and so does one that breaks a rule of its placement. Partitions
follow their parent, and `alembic_version` stays where it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What Citus makes of a table."""

    REFERENCE = "reference"
    DISTRIBUTED = "distributed"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Placement:
    """A whole copy on every node, rows spread by the hash of `column`, or the coordinator alone."""

    kind: Kind
    column: str | None = None


def _distributed(column: str) -> Placement:
    return Placement(Kind.DISTRIBUTED, column)


_REFERENCE = Placement(Kind.REFERENCE)
_LOCAL = Placement(Kind.LOCAL)

# In the order of `apply`: what is referenced first, then materials, then its children. Small tables
# with a foreign key to a reference table are reference tables too: its actions would not reach a
# local one.
PLACEMENTS: Mapping[str, Placement] = MappingProxyType(
    {
        "users": _REFERENCE,
        "personas": _REFERENCE,
        "segments": _REFERENCE,
        "content_blocks": _REFERENCE,
        "block_fingerprints": _REFERENCE,
        "block_bands": _REFERENCE,
        "block_variants": _REFERENCE,
        "refresh_tokens": _REFERENCE,
        "api_keys": _REFERENCE,
        "materials": _distributed("id"),
        "material_details": _distributed("material_id"),
        "material_versions": _distributed("material_id"),
        "material_pages": _distributed("material_id"),
        "passages": _distributed("material_id"),
        "passage_embeddings": _distributed("material_id"),
        "material_persona_association": _distributed("material_id"),
        "material_segment_association": _distributed("material_id"),
        "content_block_usages": _distributed("material_id"),
        "block_sightings": _distributed("material_id"),
        "keyword_bases": _distributed("material_id"),
        "dismissed_proposals": _distributed("material_id"),
        "material_health_history": _distributed("material_id"),
        "pins": _distributed("material_id"),
        "judgements": _distributed("material_id"),
        "page_corrections": _distributed("material_id"),
        "acknowledged_warnings": _distributed("material_id"),
        "version_reviews": _distributed("material_id"),
        "review_states": _distributed("material_id"),
        "publication_wishes": _distributed("material_id"),
        "completeness_history": _distributed("material_id"),
        "material_successors": _distributed("material_id"),
        "outdated_reports": _distributed("material_id"),
        "audit_logs": _LOCAL,
        "login_failures": _LOCAL,
        "setup_links": _LOCAL,
        "ingest_jobs": _LOCAL,
        "queue_pauses": _LOCAL,
        "pgqueuer": _LOCAL,
        "pgqueuer_log": _LOCAL,
        "pgqueuer_schedules": _LOCAL,
        "pgqueuer_statistics": _LOCAL,
        "corpus_statistics": _LOCAL,
        "lexeme_statistics": _LOCAL,
        "surface_words": _LOCAL,
        "suggestions": _LOCAL,
        "suggestion_prefixes": _LOCAL,
        "past_queries": _LOCAL,
        "top_postings": _LOCAL,
        "index_changes": _LOCAL,
        "index_state": _LOCAL,
        "search_log": _LOCAL,
        "search_clicks": _LOCAL,
        "search_erasures": _LOCAL,
        "synonyms": _LOCAL,
        "ranking_weights": _LOCAL,
    }
)

# The design document gives these an `id SERIAL PRIMARY KEY`; only `cluster apply` turns it into
# (material_id, id), as a key without the distribution column cannot be.
REKEYED_ON_APPLY = frozenset({"content_block_usages", "material_health_history"})
