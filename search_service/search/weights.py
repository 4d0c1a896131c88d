"""How much what counts: the weights of ranking beside BM25F itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares of a passage's or a material's score.

    `next_slides` and `own_words` are what a material's next best slides and its own words (name,
    tags, description) add to its best slide. The others are what a material gains at most: by
    being new, healthy and used, and by what the caller says of the customer.
    """

    next_slides: tuple[float, float] = (0.05, 0.02)
    own_words: float = 0.1
    freshness: float = 0.03
    health: float = 0.02
    usage: float = 0.03
    persona: float = 0.1
    segment: float = 0.1
    industry: float = 0.05
    stage: float = 0.05
    product: float = 0.1
    account: float = 0.1


DEFAULT = Weights()
