"""The pages of a material and of a slide as values. Pure."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from search_service.accounts import policy
from search_service.accounts.policy import Principal
from search_service.catalog.materials import MaterialRecord
from search_service.catalog.pages import PageRecord
from search_service.jobs.progress import JobRecord
from search_service.web.views import wording
from search_service.web.views.addresses import image_address, material_address, slide_address
from search_service.web.views.wording import Badge, Facts

_START_CHARACTERS = 140
_FEW_PAGES = 3
# In a PDF a header may stand above the title, which may be broken.
_TITLE_WITHIN = 6
_TITLE_LINES = 3


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a material: `job` is the newest reading of its file, where the reader may
    know of it, and `receipt` what came of reading the version that is shown. `unread` says why
    nothing of it could be read and what to do; it is empty where something was.
    """

    material: MaterialRecord
    pages: Sequence[PageRecord]
    receipt: Mapping[str, Any] | None
    job: JobRecord | None
    unread: str = ""


@dataclass(frozen=True, slots=True)
class PageLine:
    """A slide in the list of a material."""

    address: str
    image: str
    number: int
    title: str
    start: str
    hidden: bool
    has_notes: bool


@dataclass(frozen=True, slots=True)
class Term:
    """A named fact of the side panel."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class MaterialHead:
    """What stands above a material and each of its slides."""

    id: int
    address: str
    name: str
    badges: tuple[Badge, ...]
    download: str
    file_line: str
    word: str
    portrait: bool
    count: int
    version: int
    may_edit: bool


@dataclass(frozen=True, slots=True)
class MaterialView:
    """A material with its slides; `notices` are what a reader must know first."""

    head: MaterialHead
    description: str
    terms: tuple[Term, ...]
    tags: tuple[str, ...]
    use_cases: tuple[str, ...]
    pain_points: tuple[str, ...]
    lines: tuple[PageLine, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SlideView:
    """One slide: its text by where it comes from, its neighbours and its permanent address."""

    head: MaterialHead
    page: PageRecord
    image: str
    title: str
    paragraphs: tuple[str, ...]
    notes: tuple[str, ...]
    previous: str
    following: str
    permanent: str


def head_of(material: MaterialRecord, principal: Principal) -> MaterialHead:
    """Give what stands above a material's pages."""
    word = wording.page_word(material.file_format)
    count = wording.counted(material.page_count, word) if material.page_count else ""
    file = ((material.file_format or "").upper(), wording.size(material.file_size), count)
    return MaterialHead(
        id=material.id,
        address=material_address(material.id),
        name=material.name,
        badges=wording.badges_of(facts_of(material)),
        download=f"{material_address(material.id)}/file",
        file_line=" · ".join(part for part in file if part),
        word=word,
        portrait=word == "page",
        count=material.page_count or 0,
        version=material.current_version,
        may_edit=policy.may_edit(principal, material.owner_id),
    )


def material_of(head: MaterialHead, known: Known, today: date) -> MaterialView:
    """Lay out a material on a day."""
    material, furniture = known.material, furniture_of(known.pages)
    return MaterialView(
        head=head,
        description=material.description or "",
        terms=_terms(material),
        tags=material.tags,
        use_cases=material.use_cases,
        pain_points=material.pain_points,
        lines=tuple(_line(head, page, furniture) for page in known.pages),
        notices=_notices(known, today),
    )


def slide_of(head: MaterialHead, page: PageRecord, public_url: str) -> SlideView:
    """Lay out a slide; `public_url` begins its permanent address."""
    number = page.page_number
    return SlideView(
        head=head,
        page=page,
        image=image_address(head.id, number, head.version),
        title=page.title or f"{head.word.capitalize()} {number}",
        paragraphs=text_of(_without_title(page), portrait=head.portrait),
        notes=paragraphs_of(page.notes),
        previous=slide_address(head.id, number - 1) if number > 1 else "",
        following=slide_address(head.id, number + 1) if number < head.count else "",
        permanent=f"{public_url}{slide_address(head.id, number, head.version)}",
    )


def version_notice(seen: str, head: MaterialHead) -> str:
    """Say that a link was made in another version than is shown; `seen` is as in the address."""
    if not seen.isdecimal() or seen == str(head.version):
        return ""
    return (
        f"This link was made for another version of the file. You see the present one, version "
        f"{head.version}."
    )


def text_of(text: str, *, portrait: bool) -> tuple[str, ...]:
    """Cut a body as its kind of page is written."""
    return flowing_of(text) if portrait else paragraphs_of(text)


def paragraphs_of(text: str) -> tuple[str, ...]:
    """Cut a slide's text at its line ends; blank lines go."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def flowing_of(text: str) -> tuple[str, ...]:
    """Cut a page's text at its blank lines; its lines, which the layout broke, stay together."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return tuple(block.strip("\n") for block in blocks if block.strip())


def furniture_of(pages: Sequence[PageRecord]) -> frozenset[str]:
    """Give the lines that most pages repeat, such as headers and footers, numbers aside."""
    if len(pages) < _FEW_PAGES:
        return frozenset()
    counts = Counter(line for page in pages for line in {*map(_shape, page.body.splitlines())})
    return frozenset(line for line, count in counts.items() if line and count * 2 > len(pages))


def facts_of(material: MaterialRecord) -> Facts:
    return Facts(
        material.material_type,
        material.audience,
        material.status,
        material.product_name,
        material.universe_name,
        material.file_format,
        material.language,
    )


def _terms(material: MaterialRecord) -> tuple[Term, ...]:
    terms = (
        Term("For", ", ".join(item.name for item in material.personas)),
        Term("In", ", ".join(item.name for item in material.segments)),
        Term("Product", material.product_name or ""),
        Term("Universe", material.universe_name or ""),
        Term("Language", wording.language(material.language)),
        Term("Version", material.version or ""),
        Term("Updated", wording.day(material.updated_at)),
        Term("Review by", wording.day(material.review_by)),
        Term("Expires", wording.day(material.expires_on)),
        Term("Owner", material.owner_name or ""),
        Term("Downloads", f"{material.usage_count:,}" if material.usage_count else ""),
    )
    return tuple(term for term in terms if term.value)


def _line(head: MaterialHead, page: PageRecord, furniture: frozenset[str]) -> PageLine:
    lines = _without_title(page).splitlines()
    text = " ".join(" ".join(line for line in lines if _shape(line) not in furniture).split())
    cut = text if len(text) <= _START_CHARACTERS else f"{text[:_START_CHARACTERS].rstrip()}…"
    return PageLine(
        address=slide_address(head.id, page.page_number),
        image=image_address(head.id, page.page_number, head.version),
        number=page.page_number,
        title=page.title,
        start=cut,
        hidden=page.hidden,
        has_notes=bool(page.notes.strip()),
    )


def _shape(line: str) -> str:
    """A line without what changes from page to page."""
    return re.sub(r"\d+", "#", " ".join(line.split()))


def _without_title(page: PageRecord) -> str:
    """The body without its title, which in a PDF is also one of the body's first lines."""
    title = " ".join(page.title.split())
    lines = page.body.splitlines()
    for start in range(min(_TITLE_WITHIN, len(lines)) if title else 0):
        for end in range(start + 1, min(start + _TITLE_LINES, len(lines)) + 1):
            if " ".join(" ".join(lines[start:end]).split()) == title:
                return "\n".join(lines[:start] + lines[end:])
    return page.body


def _notices(known: Known, today: date) -> tuple[str, ...]:
    material, job = known.material, known.job
    overdue = material.review_by is not None and material.review_by < today
    expired = material.expires_on is not None and material.expires_on <= today
    reading = job is not None and not job.state.is_final
    told = (job.message or "") if job and job.state.is_final else ""
    notices = (
        f"This material expired on {wording.day(material.expires_on)}." if expired else "",
        f"Its review was due on {wording.day(material.review_by)}: check it before you send it."
        if overdue and not expired
        else "",
        "The file is being read just now." if reading else "",
        told,
        "Nothing could be read from this file." if not (known.pages or reading or told) else "",
    )
    return tuple(notice for notice in notices if notice)
