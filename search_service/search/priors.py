"""What speaks for a material beside its words: small, bounded, and each part sayable.

A material's score is its relevance times 1 plus the parts. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from weakref import WeakKeyDictionary

import numpy as np

from search_service.search.columns import Columns, Floats, frozen
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
    return [*_facts(columns, setting.weights, setting.now.date()), *_boosts(columns, setting)]


def factors(columns: Columns, setting: Setting) -> Floats:
    """Give what the relevance of each row's material is multiplied with; not to be changed."""
    return _with(_known(columns, setting.weights, setting.now.date()), _boosts(columns, setting))


def _known(columns: Columns, weights: Weights, day: date) -> Floats:
    """The factors of who states no customer, the same for every search of a day."""
    key = (weights, day)
    kept = _factors.get(columns)
    if kept is None or kept[0] != key:
        known = _with(np.ones(columns.size), _facts(columns, weights, day))
        kept = _factors[columns] = (key, frozen(known))
    return kept[1]


# The last ones of each version, so that they go with it.
_factors: WeakKeyDictionary[Columns, tuple[tuple[Weights, date], Floats]] = WeakKeyDictionary()


def _with(factors: Floats, parts: Sequence[Prior]) -> Floats:
    return sum((part.gains for part in parts), start=factors)


def _facts(columns: Columns, weights: Weights, day: date) -> tuple[Prior, ...]:
    """The same for every search of a day, so that a score stays over the pages of an answer."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    age_days = np.nan_to_num((midnight - columns.updated) / _DAY_S, nan=np.inf)
    fresh = np.exp2(-np.maximum(age_days, 0) / HALF_LIFE_DAYS)
    used = columns.usage / (columns.usage + HALF_USED)
    healthy = np.clip(columns.health / 100, 0, 1)
    return (
        Prior("freshness", weights.freshness * fresh, "It was updated recently."),
        Prior("health", weights.health * healthy, "It is in good health."),
        Prior("usage", weights.usage * used, "It is used often."),
    )


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
