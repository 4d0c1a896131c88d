"""Completeness and health of a material as values: reasons in words, and how they went. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from search_service.catalog.completeness import Assessed
from search_service.catalog.health import Checked
from search_service.catalog.materials import MaterialRecord
from search_service.web.views import wording

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A score at one time, with why it was not 100."""

    day: str
    score: int
    reasons: str


@dataclass(frozen=True, slots=True)
class ScoreView:
    name: str
    score: int
    reasons: tuple[str, ...]
    history: tuple[ScoreRow, ...]


def scores_of(
    material: MaterialRecord, assessed: Sequence[Assessed], checked: Sequence[Checked]
) -> tuple[ScoreView, ...]:
    """Lay out both scores; the histories are newest first."""
    return (
        ScoreView(
            "Completeness",
            material.completeness_score,
            material.completeness_reasons,
            tuple(_row(each.checked_at, each.score, each.reasons) for each in assessed[:_SHOWN]),
        ),
        ScoreView(
            "Health",
            material.health_score,
            material.health_reasons,
            tuple(
                _row(each.checked_at, each.health_score, each.issues_found)
                for each in checked[:_SHOWN]
            ),
        ),
    )


def _row(moment: datetime, score: int, reasons: Sequence[str]) -> ScoreRow:
    return ScoreRow(wording.day(moment), score, " ".join(reasons))
