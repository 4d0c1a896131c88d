"""The judge of clean copies sees a leak where there is one, and none where there is none."""

import shutil
from pathlib import Path

import pikepdf

from benchmarks import copied_decks, copied_pdfs
from benchmarks.copies import Judge, Options
from extractors.launcher import Launcher
from tests.integration.extractors.planted import planted_deck, planted_pdf


def test_copies_of_a_deck_and_a_pdf_pass(tmp_path: Path) -> None:
    files = planted_deck(tmp_path / "deck.pptx"), planted_pdf(tmp_path / "sheet.pdf")
    work = tmp_path / "work"
    work.mkdir()
    with Launcher(libraries=()) as launcher:
        judge = Judge(launcher, work, Options(pages=5))
        for path in files:
            judge.look_at(path)
    # A hidden layer is no part of the copy, and PDFium reads its words all the same.
    said = {"sheet.pdf": ["unlike: page 2 says something else"]}
    assert judge.tally.findings == said
    assert {kind: judge.tally.counts[kind] for kind in ("decks", "pdfs", "planted", "leaks")} == {
        "decks": 1, "pdfs": 1, "planted": 2, "leaks": 0,
    }  # fmt: skip


def test_a_deck_that_was_not_cleaned_is_found_out(tmp_path: Path) -> None:
    path = planted_deck(tmp_path / "deck.pptx")
    secrets = copied_decks.secrets_of(copied_decks.parts_of(path))
    kinds = {leak.kind for leak in copied_decks.leaks_of(path, secrets)}
    assert kinds == {"part", "note", "author", "hidden slide"}
    copied_decks.plant(path, tmp_path / "more.pptx")
    kinds = {leak.kind for leak in copied_decks.leaks_of(tmp_path / "more.pptx", secrets)}
    assert "planted" in kinds


def test_a_pdf_that_was_not_cleaned_is_found_out(tmp_path: Path) -> None:
    path = planted_pdf(tmp_path / "sheet.pdf")
    kinds = {leak.kind for leak in copied_pdfs.leaks_of(path, copied_pdfs.secrets_of(path))}
    assert kinds == {"author", "attachment", "comment", "entry"}
    copied_pdfs.plant(path, tmp_path / "more.pdf")
    kinds = {leak.kind for leak in copied_pdfs.leaks_of(tmp_path / "more.pdf", {})}
    assert "planted" in kinds


def test_a_copy_that_shows_something_else_is_found_out(tmp_path: Path) -> None:
    path = planted_pdf(tmp_path / "sheet.pdf")
    same = Path(shutil.copy(path, tmp_path / "same.pdf"))
    assert list(copied_pdfs.differences(path, same, most_pages=5)) == []
    other = tmp_path / "other.pdf"
    with pikepdf.open(path) as pdf:
        pdf.pages[0].contents_add(b"0 0 0 rg 0 0 600 400 re f")
        del pdf.pages[2]
        pdf.pages.append(pdf.pages[1])
        pdf.save(other)
    found = set(copied_pdfs.differences(path, other, most_pages=5))
    assert {"page 1 looks otherwise", "page 3 says something else"} <= found
