"""The statements of blocks.sql, and the rule of staleness for whoever must include it."""

from search_service.accounts.policy import visible_sql
from search_service.db.statements import Statements

BLOCKS = Statements("search_service.catalog", "blocks.sql", {"visible": visible_sql})


def newer_sql(material: str) -> str:
    """Give the rows of `newer` in blocks.sql for the material whose id the expression names.

    It has no parameters of its own; `EXISTS (…)` around it says whether a material is stale.
    """
    return BLOCKS.sql(
        "newer",
        {
            "material": material,
            "since_of_mine": since_sql("u.content_block_id"),
            "since_of_theirs": since_sql("v.variant_id"),
        },
    )


def since_sql(block: str) -> str:
    """Give the statement of since when the wording of a block has been known."""
    return BLOCKS.sql("since", {"block": block})
