"""The score: BM25F over passages, collapsed to materials, as one SQL expression.

The expression is unrolled, a sum over the query's terms; a form that reads the terms from a table
takes more than twice as long for each row. Term frequencies come from ts_rank: for one lexeme it
is the sum of 1/j² for j <= tf, divided by 1.64493406685, so that width_bucket over those sums
gives tf back exactly, to 64. Written as idf * 2.2 * (1 - 1.2 / (1.2 + t)) each count stands in it
once. Constants and evidence: ARCHITECTURE.md, "Ranking".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from search_service.search.terms import Term, quoted
from search_service.search.weights import Weights
from search_service.text.weighting import BODY_B, K1, MAX_FREQUENCY, TITLE_B, TITLE_WEIGHT

# What the saturation of a term is multiplied with, beside its weight.
UNIT = K1 + 1

_FEW_TERMS = 2
_RANK_UNIT = "CAST(1.64493406685 AS double precision)"


# `name` is the beginning of a parameter's, written here.
_TOGETHER = """(
    SELECT coalesce(sum({frequency}), 0) FROM unnest(CAST(:{name}_forms AS tsquery[])) AS f(query)
    WHERE p.search_vector @@ f.query
)"""


@dataclass(frozen=True, slots=True)
class Expression:
    """A piece of SQL and the values of the bind parameters that it names."""

    sql: str
    binds: Mapping[str, object]


def passage_score(terms: Sequence[Term]) -> Expression:
    """Give the score of a passage p; 0 where it holds no term in its own language.

    The row p must have the columns `title_factor` and `body_factor` of `length_factors`.
    """
    parts = term_scores(terms)
    return Expression(
        " + ".join(part.sql for part in parts) or "0",
        {name: value for part in parts for name, value in part.binds.items()},
    )


def term_scores(terms: Sequence[Term]) -> list[Expression]:
    """Give what each term adds to the score of passage p, in the order of the terms."""
    scores = [_term_score(number, term) for number, term in enumerate(terms)]
    # Of many terms a passage holds few: one look to see that costs less than two to count.
    return scores if len(scores) <= _FEW_TERMS else [_gated(score) for score in scores]


def saturation(query: str) -> str:
    """Give t / (t + k1) of passage p for one lexeme; `query` is the SQL of its tsquery.

    The row p must have the columns of `length_factors`; the bind parameter is `steps`.
    """
    return f"(1 - {K1} / ({K1} + {_weighted_frequency(query)}))"


def material_score(weights: Weights) -> Expression:
    """Give a material's score from g.pages (scores of its passages, best first) and g.own."""
    parts = ["coalesce(g.pages[1], 0)"]
    for place in range(2, 2 + len(weights.next_slides)):
        weight = f"CAST(:next_{place} AS double precision)"
        parts.append(f"{weight} * coalesce(g.pages[{place}], 0)")
    parts.append("CAST(:own_weight AS double precision) * coalesce(g.own, 0)")
    binds = {f"next_{place}": weight for place, weight in enumerate(weights.next_slides, 2)}
    return Expression(" + ".join(parts), {**binds, "own_weight": weights.own})


def length_factors(row: str, corpus: str) -> str:
    """Give the two columns that weigh frequencies by length: 1 and 4 over the normalised length."""
    title = f"({1 - TITLE_B} + {_double(TITLE_B)} * {row}.length_title / {corpus}.average_title)"
    body = f"({1 - BODY_B} + {_double(BODY_B)} * {row}.length_body / {corpus}.average_body)"
    return f"{TITLE_WEIGHT} / {title} - 1 / {body} AS title_factor, 1 / {body} AS body_factor"


@cache
def steps() -> list[float]:
    """Give the borders between the sums of 1/j² for one frequency and the next, 64 of them."""
    borders, total = [], 0.0
    for j in range(1, MAX_FREQUENCY + 1):
        borders.append(total + 0.6 / j**2)
        total += 1 / j**2
    return borders


def _double(value: float) -> str:
    """A figure that is multiplied: as it stands it is exact, and exact products take long."""
    return f"CAST({value} AS double precision)"


def _term_score(number: int, term: Term) -> Expression:
    binds: dict[str, object] = {f"weight_{number}": term.weight * UNIT, "steps": steps()}
    cases: list[str] = []
    for forms, languages in _by_forms(term).items():
        name = f"term_{number}_{len(cases)}"
        frequency = (_frequency_together if term.is_prefix else _best_frequency)(name, forms)
        binds |= frequency.binds
        binds[f"{name}_languages"] = languages
        cases.append(
            f"WHEN p.language = ANY(CAST(:{name}_languages AS text[])) THEN {frequency.sql}"
        )
    if not cases:
        return Expression("0", {})
    return Expression(
        f"CAST(:weight_{number} AS double precision)"
        f" * (1 - {K1} / ({K1} + CASE {' '.join(cases)} ELSE 0 END))",
        binds,
    )


def _gated(score: Expression) -> Expression:
    queries = [name for name in score.binds if name.endswith("_query")]
    if not queries or any(name.endswith("_forms") for name in score.binds):
        return score
    holds = " OR ".join(f"p.search_vector @@ CAST(:{name} AS tsquery)" for name in queries)
    return Expression(f"CASE WHEN {holds} THEN {score.sql} ELSE 0 END", score.binds)


def _best_frequency(name: str, forms: Sequence[str]) -> Expression:
    """The weighted frequency of the form that stands most often."""
    names = [f"{name}_{place}_query" for place in range(len(forms))]
    counts = ", ".join(_weighted_frequency(f"CAST(:{each} AS tsquery)") for each in names)
    return Expression(
        f"greatest({counts})",
        {each: quoted(form) for each, form in zip(names, forms, strict=True)},
    )


def _frequency_together(name: str, forms: Sequence[str]) -> Expression:
    """The sum over the forms that the passage holds; those are few of the many."""
    frequency = _weighted_frequency("f.query")
    return Expression(
        _TOGETHER.format(frequency=frequency, name=name),
        {f"{name}_forms": [quoted(form) for form in forms]},
    )


def _by_forms(term: Term) -> dict[tuple[str, ...], list[str]]:
    grouped: dict[tuple[str, ...], list[str]] = {}
    for language, forms in term.forms.items():
        grouped.setdefault(forms, []).append(language)
    return grouped


def _weighted_frequency(query: str) -> str:
    """4 · tf_title / length + tf_body / length, where tf_body = tf - tf_title."""
    return (
        f"({_frequency('{1,1,1,1}', query)} * p.body_factor"
        f" + {_frequency('{0,0,0,1}', query)} * p.title_factor)"
    )


def _frequency(weights: str, query: str) -> str:
    return (
        f"width_bucket(ts_rank('{weights}', p.search_vector, {query})"
        f" * {_RANK_UNIT}, CAST(:steps AS double precision[]))"
    )
