"""What a plan may do: reach searched tables by indexes that its block names, and read few rows."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from benchmarks.asides import TABLES
from benchmarks.recorder import Sent

Plan: TypeAlias = Mapping[str, Any]

SEARCHED = TABLES | {
    "materials",
    "passages",
    "lexeme_statistics",
    "surface_words",
    "top_postings",
    "index_changes",
    "material_versions",
    "material_pages",
    "content_block_usages",
    "block_variants",
    "block_sightings",
    "passage_embeddings",
    "synonyms",
    "pins",
}
# Rows that a node may read of a searched table in one statement: far more than any does, far fewer
# than a common word has.
MOST_READ = 2_500
# Reads every published word that is a little like a mistyped one; in this database all are.
OF_THE_VOCABULARY = frozenset({"similar_words"})

_INDEX = re.compile(r"\b(?:idx_\w+|pk_\w+|\w+_pkey)\b")
_READ_IN_VAIN = ("Rows Removed by Filter", "Rows Removed by Index Recheck")


def nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def indexes_of(plan: Plan) -> list[str]:
    return sorted({node["Index Name"] for node in nodes(plan) if "Index Name" in node})


def sequential(plan: Plan) -> list[str]:
    """The searched tables that a plan reads from end to end."""
    return sorted(
        node["Relation Name"]
        for node in nodes(plan)
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in SEARCHED
    )


def faults_of(block: str, sent: Sent, plan: Plan) -> list[str]:
    """What is wrong with how a statement of a search was run."""
    faults = [f"sequential scan of {name}" for name in sequential(plan)]
    comments = " ".join(re.findall(r"^ *--.*", sent.sql, re.MULTILINE))
    unnamed = set(indexes_of(plan)) - set(_INDEX.findall(comments))
    faults += [f"by {name}, which the block does not name" for name in sorted(unnamed)]
    if block in OF_THE_VOCABULARY:
        return faults
    read = [(node, _read(node)) for node in nodes(plan) if _is_of_searched(node)]
    return faults + [
        f"{rows:.0f} rows read of {node.get('Relation Name') or node['Index Name']}"
        for node, rows in read
        if rows > MOST_READ
    ]


def _is_of_searched(node: Plan) -> bool:
    return node.get("Relation Name") in SEARCHED or node["Node Type"] == "Bitmap Index Scan"


def _read(node: Plan) -> float:
    """The rows that a node gave, and those that it read in vain; a look that found none is one."""
    rows = node["Actual Rows"] + sum(node.get(name, 0) for name in _READ_IN_VAIN)
    return float(max(rows, 1) * node["Actual Loops"])
