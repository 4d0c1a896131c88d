"""Reviewers' comments in a deck: owns the legacy comment parts that python-pptx does not write."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI

_NAMESPACE = "http://schemas.openxmlformats.org/presentationml/2006/main"
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.presentationml."
_REVIEWER = ("Inès Moreau", "IM")


@dataclass(frozen=True, slots=True)
class Comment:
    slide_part: Any
    text: str
    written: date


def add_comments(presentation_part: Any, comments: Sequence[Comment]) -> None:
    """Attach one comment part per comment and the one list of authors (ECMA-376 part 1, 13.3.2)."""
    if not comments:
        return
    name, initials = _REVIEWER
    authors = (
        f'<p:cmAuthorLst xmlns:p="{_NAMESPACE}"><p:cmAuthor id="0" name="{name}" '
        f'initials="{initials}" lastIdx="{len(comments)}" clrIdx="0"/></p:cmAuthorLst>'
    )
    _attach(presentation_part, ("/ppt/commentAuthors.xml", "commentAuthors"), authors)
    for number, comment in enumerate(comments, start=1):
        text = (
            f'<p:cmLst xmlns:p="{_NAMESPACE}"><p:cm authorId="0" '
            f'dt="{comment.written.isoformat()}T10:30:00.000" idx="{number}">'
            f'<p:pos x="10" y="10"/><p:text>{escape(comment.text)}</p:text></p:cm></p:cmLst>'
        )
        _attach(comment.slide_part, (f"/ppt/comments/comment{number}.xml", "comments"), text)


def _attach(owner: Any, place: tuple[str, str], xml: str) -> None:
    name, kind = place
    relation = {
        "comments": RELATIONSHIP_TYPE.COMMENTS,
        "commentAuthors": RELATIONSHIP_TYPE.COMMENT_AUTHORS,
    }[kind]
    blob = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}'.encode()
    part = Part(PackURI(name), f"{_CONTENT_TYPE}{kind}+xml", owner.package, blob)
    owner.relate_to(part, relation)
