"""Whether something may be sent, as pages say it, and which download is offered first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from search_service.accounts.sending import TRAVELLING, ReasonCode, Shareable, has_clean_copy
from search_service.catalog.sharing import Sharing
from search_service.db.enums import MaterialAudience
from search_service.web.views.reading import MaterialHead
from search_service.web.views.results import Card, Results, SlideRow


@dataclass(frozen=True, slots=True)
class Offer:
    """A download: its address and what it is called."""

    address: str
    label: str


@dataclass(frozen=True, slots=True)
class SendView:
    """`verdict` on the `question` in a few words with its tone; what is in the way, and what a
    clean copy leaves out.

    `offers` are downloads, the first one first; `some` is where chosen slides are asked for, empty
    where there is no choice; `typed` was last asked for there, and `wrong` is why that is none.
    """

    question: str
    verdict: str
    tone: str
    reasons: tuple[str, ...]
    left_out: tuple[str, ...]
    offers: tuple[Offer, ...]
    some: str = ""
    typed: str = ""
    wrong: str = ""


def of_material(head: MaterialHead, found: Shareable, audience: str, media_type: str) -> SendView:
    """Say it of a material; who may send it to customers is offered the clean copy first."""
    question, original = "Safe to send?", Offer(head.download, "Download")
    if not _has_copy(head, media_type):
        return _view(question, found, [original])
    clean = Offer(f"{head.download}?clean=1", "Download clean copy")
    if audience == MaterialAudience.INTERNAL:
        offers = [original, replace(clean, label="Clean copy")]
    else:
        offers = [clean, replace(original, label="Original")]
    return replace(_view(question, found, offers), some=head.download)


def of_page(
    head: MaterialHead, found: Shareable, number: int, audience: str, media_type: str
) -> SendView:
    """Say it of one slide or page, which may be had alone where it is not hidden.

    Alone comes first for who may send it: the verdict is on nothing else.
    """
    question, whole = (
        f"Is this {head.word} safe to send?",
        Offer(head.download, "Download the file"),
    )
    hidden = any(reason.code == ReasonCode.HIDDEN_SLIDE for reason in found.reasons)
    if hidden or not _has_copy(head, media_type):
        return _view(question, found, [whole])
    alone = Offer(f"{head.download}?slides={number}", f"This {head.word} alone, as a clean copy")
    is_internal = audience == MaterialAudience.INTERNAL
    return _view(question, found, [whole, alone] if is_internal else [alone, whole])


def _has_copy(head: MaterialHead, media_type: str) -> bool:
    """Whether there may be a clean copy: of a file of which nothing could be read there is none."""
    return has_clean_copy(media_type) and head.count > 0


def with_sending(results: Results, sharing: Sharing) -> Results:
    """Give the results with a word on each card and slide that is not to be sent."""

    def cards(found: Sequence[Card]) -> tuple[Card, ...]:
        return tuple(_card(card, sharing) for card in found)

    return replace(results, full=cards(results.full), partial=cards(results.partial))


def _view(question: str, found: Shareable, offers: Sequence[Offer]) -> SendView:
    reasons = tuple(each.message for each in found.reasons if each.code not in TRAVELLING)
    left_out = tuple(each.message for each in found.reasons if each.code in TRAVELLING)
    if found.ok:
        verdict, tone = "Safe to send as it is", "good"
    elif found.clean_copy_ok:
        verdict, tone = "Safe to send as a clean copy", "good"
    else:
        verdict, tone = "Not to be sent to customers", "warn"
    return SendView(question, verdict, tone, reasons, left_out, tuple(offers))


def _card(card: Card, sharing: Sharing) -> Card:
    found = sharing.of_material(card.id)
    slides = tuple(_slide(card.id, slide, sharing) for slide in card.slides)
    if found.ok or found.clean_copy_ok:
        return replace(card, slides=slides)
    why = " ".join(each.message for each in found.reasons if each.code not in TRAVELLING)
    return replace(card, slides=slides, not_sent=why or found.reasons[0].message)


def _slide(material_id: int, slide: SlideRow, sharing: Sharing) -> SlideRow:
    reasons = sharing.of_page(material_id, slide.number).reasons
    return replace(slide, stale=any(each.code == ReasonCode.STALE_BLOCK for each in reasons))
