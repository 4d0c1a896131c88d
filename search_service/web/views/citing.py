"""The citation of a slide as text that is copied below a quote. Pure."""

from collections.abc import Sequence

from search_service.catalog.citations import CitedPassage
from search_service.web.views.addresses import check_address
from search_service.web.views.reading import MaterialHead, SlideView

_WORDS_SHOWN = 6


def citation_of(
    head: MaterialHead, view: SlideView, passages: Sequence[CitedPassage], public_url: str
) -> str:
    """Give the line that names a slide for good, then where each passage of it can be checked.

    Several passages, as long pages have, are told apart by their first words.
    """
    number = view.page.page_number
    lines = [f"{head.name}, page {number}, version {head.version}: {view.permanent}"]
    for passage in passages:
        which = f" “{_beginning(passage)}”" if len(passages) > 1 else ""
        place = passage.place
        address = check_address(passage.content_hash, place.material_id, place.version)
        lines.append(f"Check{which}: {public_url}{address}")
    return "\n".join(lines)


def _beginning(passage: CitedPassage) -> str:
    words = (passage.body or passage.title).split()
    return " ".join(words[:_WORDS_SHOWN]) + ("…" if len(words) > _WORDS_SHOWN else "")
