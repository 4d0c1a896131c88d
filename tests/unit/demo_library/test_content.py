"""Reading and checking the content files."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from itertools import combinations
from pathlib import Path

import pytest

from search_service.cli.demo_library.content import Content, load_content
from search_service.cli.demo_library.markup import ContentError
from search_service.cli.demo_library.model import Bullets, Deck, Document, Table, Title

_COMMON = {
    "personas.toml": '[[personas]]\nname = "CTO"\nrole = "r"\ndescription = "d"\ngoals = "g"\n'
    'challenges = "c"\npreferred_content = "p"\n',
    "segments.toml": '[[segments]]\nname = "Retail"\ndescription = "d"\nindustry = "i"\n'
    'company_size = "s"\nregion = "r"\nkey_drivers = "k"\npain_points = "p"\n'
    'buying_criteria = "b"\n',
    "shared_slides.toml": 'pages = []\n[[slides]]\nkey = "steps"\nkind = "bullets"\n'
    'title = "Next steps"\nbullets = "Call"\n[[slides]]\nkey = "steps"\nvariant = "old"\n'
    'kind = "bullets"\ntitle = "Next steps"\nbullets = "Write"\n',
}
_MATERIAL = """
[material]
path = "deck.pptx"
name = "Deck"
type = "PRODUCT_BRIEF"
audience = "INTERNAL"
status = "DRAFT"
product = "P"
universe = "Bare Metal"
language = "en"
owner = "a@demo.example"
review_by = 2028-01-01
issued = 2026-01-01
version = "1"
description = "d"
personas = ["CTO"]
segments = ["Retail"]
tags = []
use_cases = []
pain_points = []
"""


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content()


def _write(folder: Path, material: str) -> Path:
    for name, text in _COMMON.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "deck.toml").write_text(material, encoding="utf-8")
    return folder


def test_a_shared_slide_is_filled_in_with_its_key_and_variant(tmp_path: Path) -> None:
    text = _MATERIAL + '[[slides]]\nshared = "steps"\nvariant = "old"\nnotes = "mine"\n'
    (deck,) = load_content(_write(tmp_path, text)).materials
    assert isinstance(deck, Deck)
    (slide,) = deck.slides
    assert slide.title == "Next steps"
    assert slide.notes == "mine"
    assert slide.shared is not None
    assert (slide.shared.key, slide.shared.variant) == ("steps", "old")


@pytest.mark.parametrize(
    ("material", "reason"),
    [
        (_MATERIAL.replace('["CTO"]', '["Poet"]'), "Poet"),
        (_MATERIAL.replace('"PRODUCT_BRIEF"', '"POEM"'), "POEM"),
        (_MATERIAL.replace('"Bare Metal"', '"Metal"'), "Metal"),
        (_MATERIAL + '[[slides]]\nshared = "nowhere"\n', "nowhere"),
        (_MATERIAL + '[[slides]]\nkind = "poem"\ntitle = "t"\n', "poem"),
        (_MATERIAL + '[[slides]]\nkind = "title"\ntitle = "t"\nsub_title = "t"\n', "sub_title"),
        (_MATERIAL + "[[slides]]\nkind = ", "TOML"),
        (
            _MATERIAL.replace(".pptx", ".pdf") + '[[pages]]\ntitle = "→"\nbody = ""\n',
            "cannot print '→'",
        ),
    ],
)
def test_a_wrong_content_file_is_named_with_its_fault(
    tmp_path: Path, material: str, reason: str
) -> None:
    with pytest.raises(ContentError, match=reason) as raised:
        load_content(_write(tmp_path, material))
    assert "deck.toml" in str(raised.value)


def test_personas_and_segments_are_complete_and_all_in_use(content: Content) -> None:
    assert len(content.personas) >= 8
    assert len(content.segments) >= 8
    used = Counter(p for m in content.materials for p in m.metadata.personas)
    used += Counter(s for m in content.materials for s in m.metadata.segments)
    assert {p.name for p in content.personas} | {s.name for s in content.segments} == set(used)


def test_every_material_says_who_it_is_for_and_what_it_is(content: Content) -> None:
    for material in content.materials:
        metadata = material.metadata
        assert metadata.personas, metadata.path
        assert metadata.segments, metadata.path
        assert len(metadata.tags) >= 3, metadata.path
        assert len(metadata.description) > 60, metadata.path
        assert metadata.owner.endswith("@demo.example")


def test_no_sentence_repeats_across_materials_but_in_shared_slides(content: Content) -> None:
    """Long texts are compared; short labels and prices may recur."""
    texts = {material.metadata.path: _own_long_texts(material) for material in content.materials}
    repeated = {
        (one, other): sorted(texts[one] & texts[other])
        for one, other in combinations(texts, 2)
        if texts[one] & texts[other]
    }
    assert not repeated


def _own_long_texts(material: Deck | Document) -> set[str]:
    parts = material.slides if isinstance(material, Deck) else material.pages
    own = [asdict(part) for part in parts if part.shared is None]
    return {text for text in _strings(own) if len(text) >= 45}


def _strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from _strings(list(value.values()))
        case list() | tuple():
            for inner in value:
                yield from _strings(inner)


def test_decks_open_with_a_title_and_vary_their_slides(content: Content) -> None:
    for deck in content.materials:
        if isinstance(deck, Deck):
            kinds = {type(slide.body) for slide in deck.slides}
            assert isinstance(deck.slides[0].body, Title), deck.metadata.path
            assert {Bullets, Table} & kinds, deck.metadata.path
            assert len(kinds) >= 4, deck.metadata.path
