"""What speaks for a material beside its words: small, bounded, and each part sayable.

A material's score is its relevance times 1 plus the parts. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from search_service.search.columns import Columns, Floats
from search_service.search.facets import Names, meant
from search_service.search.request import Context
from search_service.search.tree import Field
from search_service.search.weights import Weights

HALF_LIFE_DAYS = 365
HALF_USED = 20
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Prior:
    """One part: what it is called, what each row gains by it (0 to its weight), and in words."""

    name: str
    gains: Floats
    words: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What priors depend on beside the materials."""

    weights: Weights
    context: Context
    names: Names
    now: datetime


def priors(columns: Columns, setting: Setting) -> Sequence[Prior]:
    """Give the parts that can add anything, for the rows of the columns."""
    return [*_facts(columns, setting.weights, setting.now), *_boosts(columns, setting)]


def factors(parts: Sequence[Prior], columns: Columns) -> Floats:
    """Give what the relevance of each row's material is multiplied with."""
    together = np.ones(columns.size)
    for part in parts:
        together += part.gains
    return together


def _facts(columns: Columns, weights: Weights, now: datetime) -> list[Prior]:
    # From midnight on, so that a score stays the same over the pages of an answer.
    today = now.timestamp() // _DAY_S * _DAY_S
    age_days = np.nan_to_num((today - columns.updated) / _DAY_S, nan=np.inf)
    fresh = np.exp2(-np.maximum(age_days, 0) / HALF_LIFE_DAYS)
    used = columns.usage / (columns.usage + HALF_USED)
    healthy = np.clip(columns.health / 100, 0, 1)
    return [
        Prior("freshness", weights.freshness * fresh, "It was updated recently."),
        Prior("health", weights.health * healthy, "It is in good health."),
        Prior("usage", weights.usage * used, "It is used often."),
    ]


def _boosts(columns: Columns, setting: Setting) -> list[Prior]:
    """Gains for what fits the customer; whatever is not stated adds nothing."""
    parts = []
    for name, fields in _FITTING.items():
        value = getattr(setting.context, name)
        if value:
            fits = np.zeros(columns.size, np.bool_)
            for each in fields:
                fits |= columns.having(each, meant(each, value, setting.names))
            gains = getattr(setting.weights, name) * fits
            parts.append(Prior(name, gains, f"It fits the {name} “{value}”."))
    return parts


# Where a fact about the customer may stand in a material.
_FITTING: Mapping[str, tuple[Field, ...]] = {
    "persona": (Field.PERSONA,),
    "segment": (Field.SEGMENT,),
    "industry": (Field.SEGMENT, Field.TAG),
    "stage": (Field.TAG,),
    "product": (Field.PRODUCT,),
    "account": (Field.TAG,),
}
