"""Office packages written part by part, for what no library writes: strict, broken and hostile."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DECK_TYPE = "vnd.openxmlformats-officedocument.presentationml.presentation"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_DECK = "http://schemas.openxmlformats.org/presentationml/2006/main"

Relation = tuple[str, str]
"""A relationship's type, the last word or all of it, and its target; an address is external."""


def slide(inner: str, attributes: str = "") -> str:
    """A slide part around the shapes."""
    return (
        f'<p:sld xmlns:p="{_DECK}" xmlns:a="{_DRAWING}" {attributes}>'
        f"<p:cSld><p:spTree>{inner}</p:spTree></p:cSld></p:sld>"
    )


def text_shape(text: str, kind: str = "body") -> str:
    """A shape with one line of text."""
    return (
        f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>'
        f"<p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def write_deck(
    path: Path,
    slides: Sequence[str | None],
    relations: Mapping[int, Sequence[Relation]] | None = None,
    parts: Mapping[str, str | bytes] | None = None,
    main_type: str = DECK_TYPE,
) -> Path:
    """Write a deck of these slide parts (None: listed but missing); relations by slide number."""
    listed = "".join(f'<p:sldId id="{256 + n}" r:id="r{n}"/>' for n in range(len(slides)))
    written: dict[str, str | bytes] = {
        "[Content_Types].xml": f"<Types a='application/{main_type}.main+xml'/>",
        "_rels/.rels": _relationships([("officeDocument", "ppt/presentation.xml")]),
        "ppt/presentation.xml": (
            f'<p:presentation xmlns:p="{_DECK}" xmlns:r="{OFFICE}">'
            f"<p:sldIdLst>{listed}</p:sldIdLst>"
            '<p:sldSz cx="12192000" cy="6858000"/></p:presentation>'
        ),
        "ppt/_rels/presentation.xml.rels": _relationships(
            [("slide", f"slides/slide{n}.xml") for n in range(len(slides))]
        ),
    }
    for number, part in enumerate(slides):
        if part is not None:
            written[f"ppt/slides/slide{number}.xml"] = part
    for number, targets in (relations or {}).items():
        written[f"ppt/slides/_rels/slide{number - 1}.xml.rels"] = _relationships(targets)
    return write_zip(path, {**written, **(parts or {})})


def write_zip(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """Write an archive of these parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _relationships(targets: Sequence[Relation]) -> str:
    lines = []
    for number, (kind, target) in enumerate(targets):
        mode = ' TargetMode="External"' if ":" in target else ""
        whole = kind if ":" in kind else f"{OFFICE}/{kind}"
        lines.append(f'<Relationship Id="r{number}" Type="{whole}" Target="{target}"{mode}/>')
    return f"<Relationships>{''.join(lines)}</Relationships>"
