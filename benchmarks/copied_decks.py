"""What a deck holds that its clean copy must not, planted or its own, and what the copy shows.

Secrets are read from the parts as they lie in the package, not by the extractor, which would not
see its own gaps.
"""

import html
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pptx import Presentation

from benchmarks.leaks import PLANT, Leak, found_in
from extractors.limits import Limits
from extractors.reading import extract
from extractors.types import Page

_SLIDE = re.compile(r"ppt/slides/[^/]+\.xml\Z", re.IGNORECASE)
_SHOWN = re.compile(
    r"ppt/(?:slides|slideLayouts|slideMasters|charts|diagrams|drawings|theme)/[^/]+\.xml\Z",
    re.IGNORECASE,
)
_HIDDEN = re.compile(rb"<(?:\w+:)?sld\s[^>]*\bshow=[\"'](?:0|false)[\"']")
_TEXT = re.compile(r"<(?:\w+:)?(?:t|text)(?:\s[^>]*)?>([^<]*)<")
_NAME = re.compile(r"<(?:\w+:)?(?:cmAuthor|author)\s[^>]*\bname=\"([^\"]*)\"")
_PERSON = re.compile(r"<(?:\w+:)?(?:creator|lastModifiedBy|Manager|Company)(?:\s[^>]*)?>([^<]+)<")
_FORBIDDEN = re.compile(
    r"notes|comment|author|embed|customxml|docprops|vba|tags?/|printer|activex|control|ink|\.bin\Z"
    r"|thumbnail|changesinfo|revision|\.xlsx|\.docx|handout",
    re.IGNORECASE,
)
_PLANTED_PARTS = {
    "notesSlide": ("ppt/notesSlides/planted.xml", "<n><a:t xmlns:a='x'>{}</a:t></n>"),
    "comments": ("ppt/comments/planted.xml", "<c><text>{}</text></c>"),
    "package": ("ppt/embeddings/planted.xlsx", "{}"),
    "tags": ("ppt/tags/planted.xml", "<t val='{}'/>"),
    "customXml": ("customXml/planted.xml", "<x>{}</x>"),
    "image": ("ppt/media/planted.png", "{}"),
}
_TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"


def parts_of(path: Path) -> dict[str, bytes]:
    """Every part that inflates, by name."""
    found = {}
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            try:
                found[name] = package.read(name)
            except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
                continue
    return found


def plant(source: Path, target: Path) -> None:
    """Write the deck with a secret of each kind hung on its first slide, and beside it."""
    parts = parts_of(source)
    slide = next((name for name in sorted(parts) if _SLIDE.match(name)), None)
    for kind, (name, form) in _PLANTED_PARTS.items():
        parts[name] = form.format(f"{PLANT} {kind}").encode()
    parts["docProps/custom.xml"] = f"<p><v>{PLANT} property</v></p>".encode()
    if slide:
        folder, _, file = slide.rpartition("/")
        rels = f"{folder}/_rels/{file}.rels"
        added = "".join(
            f'<Relationship Id="rPlanted{kind}" Type="{_TYPE}{kind}" Target="/{name}"/>'
            for kind, (name, _) in _PLANTED_PARTS.items()
        )
        closing = b"</Relationships>"
        parts[rels] = parts.get(rels, b"").replace(closing, added.encode() + closing)
        comment = f"<!-- {PLANT} remark --></".encode()
        head, _, tail = parts[slide].rpartition(b"</")
        parts[slide] = head + comment + tail if head else parts[slide]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for name, data in parts.items():
            written.writestr(name, data)


def secrets_of(parts: Mapping[str, bytes]) -> dict[str, str]:
    """What the deck holds beside its slides, by text, with its kind; not what slides say too."""
    found: dict[str, str] = {}
    shown: list[str] = []
    for name, data in parts.items():
        text = data.decode("utf-8", "replace")
        hidden = _SLIDE.match(name) and _HIDDEN.search(data[:4096])
        if _SHOWN.match(name) and not hidden:
            shown.append(html.unescape(text))
            continue
        kind = (
            "hidden slide" if hidden
            else "note" if "notesslides/" in name.lower()
            else "comment" if "comments/" in name.lower()
            else ""
        )  # fmt: skip
        if kind:
            found |= dict.fromkeys(_texts(text), kind)
        found |= dict.fromkeys(map(html.unescape, _NAME.findall(text)), "author")
        if name.lower().startswith("docprops/"):
            found |= dict.fromkeys(map(html.unescape, _PERSON.findall(text)), "author")
    everything_shown = "\n".join(shown)
    return {text: kind for text, kind in found.items() if text.strip() not in everything_shown}


def leaks_of(copy: Path, secrets: Mapping[str, str]) -> Iterator[Leak]:
    """What a copy holds that it must not: parts by their names, secrets by their words."""
    for name, data in parts_of(copy).items():
        if _FORBIDDEN.search(name):
            yield Leak("part", name)
        text = html.unescape(data.decode("utf-8", "replace"))
        yield from found_in(name, (text, data.decode("utf-16-le", "replace")), secrets)


def shown_by(path: Path) -> list[tuple[object, ...]]:
    """What a reader sees of each slide that is not hidden."""
    return [
        (page.title, page.body, page.tables, page.chart_texts, page.diagram_texts)
        for page in extract(path, Limits())
        if isinstance(page, Page) and not page.hidden
    ]


def opens(path: Path) -> bool:
    """Whether python-pptx reads the deck, every slide and every shape of it."""
    try:
        slides: Iterable[object] = [list(slide.shapes) for slide in Presentation(str(path)).slides]
    except Exception:  # noqa: BLE001 - whatever it raises, it does not open it
        return False
    return slides is not None


def _texts(markup: str) -> list[str]:
    return [html.unescape(text) for text in _TEXT.findall(markup)]
