"""Formats that only LibreOffice reads, with the real one, and with programs that misbehave."""

import asyncio
import os
import tempfile
import time
from pathlib import Path

import pytest
from PIL import Image
from pptx import Presentation
from pptx.util import Inches

from extractors import scratch
from extractors.limits import Limits
from extractors.programs import NO_PROGRAMS, Programs, find_programs
from extractors.sandbox import draw, read
from extractors.types import Code, Document, Page, PageImage, Summary
from tests.integration.extractors import office
from tests.integration.extractors.packages import write_zip
from tests.integration.extractors.processes import is_alive
from tests.integration.extractors.test_command import run

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PPT = OLE + "PowerPoint Document".encode("utf-16-le")
ODP_TYPE = "application/vnd.oasis.opendocument.presentation"


async def all_of(
    path: Path, programs: Programs, limits: Limits | None = None
) -> tuple[Document | None, list[Page], Summary]:
    records = [record async for record in read(path, limits or Limits(), programs)]
    documents = [record for record in records if isinstance(record, Document)]
    pages = [record for record in records if isinstance(record, Page)]
    summary = records[-1]
    assert isinstance(summary, Summary)
    return (documents[0] if documents else None), pages, summary


def deck(path: Path, *titles: str, hidden: int = 0, notes: str = "") -> Path:
    presentation = Presentation()
    for number, title in enumerate(titles, 1):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = title
        if number == hidden:
            slide._element.set("show", "0")
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
    presentation.save(str(path))
    return path


def legacy(folder: Path) -> Path:
    path = folder / "deck.ppt"
    path.write_bytes(PPT)
    return path


def told_in(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


async def test_a_powerpoint_97_deck_is_read_like_any_other(tmp_path: Path) -> None:
    made = deck(tmp_path / "x.pptx", "Prices", "Hidden one", hidden=2, notes="Spoken")
    programs = Programs(office.libreoffice())
    document, pages, summary = await all_of(office.as_ppt(made), programs)
    assert document is not None
    assert document.media_type == "application/vnd.ms-powerpoint"
    assert document.extractor.startswith("libreoffice, pptx")
    assert [page.title or page.body for page in pages] == ["Prices", "Hidden one"]
    assert [page.hidden for page in pages] == [False, True]
    assert "Spoken" in (pages[0].notes or "")
    assert (summary.status, summary.pages_read) == ("done", 2)


async def test_an_open_document_presentation_is_read(tmp_path: Path) -> None:
    path = office.write_odp(tmp_path / "x", "First words", "Second words")
    document, pages, _ = await all_of(path, Programs(office.libreoffice()))
    assert document is not None
    assert document.media_type == ODP_TYPE
    assert ["First words" in f"{page.title} {page.body}" for page in pages] == [True, False]


def test_the_command_reads_and_draws_them_too(tmp_path: Path) -> None:
    office.libreoffice()
    path = office.write_odp(tmp_path / "x.odp", "First words", "Second words")
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    code, lines = run(path, "--images", pictures)
    kinds = [line["type"] for line in lines]
    assert (code, kinds) == (0, ["document", "page", "page", "image", "image", "summary"])
    assert (pictures / "0002.jpg").is_file()


async def test_every_slide_is_drawn_at_its_own_number(tmp_path: Path) -> None:
    path = deck(tmp_path / "x.pptx", "One", "Two", "Three", hidden=2)
    programs = Programs(office.libreoffice())
    records = [record async for record in draw(path, tmp_path, Limits(), programs)]
    images = [record.number for record in records if isinstance(record, PageImage)]
    assert images == [1, 2, 3]
    assert isinstance(records[0], Document)
    assert records[0].pages == 3


async def test_no_file_of_the_machine_gets_into_a_picture(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (400, 400), "red").save(secret)
    path = deck(tmp_path / "x.pptx", "One")
    presentation = Presentation(str(path))
    slide = presentation.slides[0]
    slide.shapes.add_picture(str(secret), Inches(1), Inches(2), Inches(4), Inches(4))
    picture = slide.shapes[-1]._element
    relation = slide.part.relate_to(
        secret.as_uri(),
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image",
        is_external=True,
    )
    (blip,) = picture.iter("{*}blip")
    space = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
    del blip.attrib[f"{space}embed"]
    blip.set(f"{space}link", relation)
    presentation.save(str(path))
    programs = Programs(office.libreoffice())
    assert [record async for record in draw(path, tmp_path, Limits(), programs)]
    with Image.open(tmp_path / "0001.jpg") as drawn:
        red, green, blue = drawn.convert("RGB").getpixel((300, 400))  # type: ignore[misc] # RGB
    assert not (red > 200 and green < 60 and blue < 60)


async def test_without_libreoffice_the_file_is_refused_and_says_what_to_install(
    tmp_path: Path,
) -> None:
    document, pages, summary = await all_of(legacy(tmp_path), NO_PROGRAMS)
    assert (document, pages, summary.code) == (None, [], Code.CONVERTER_MISSING)
    assert "install LibreOffice Impress" in (summary.detail or "")


async def test_a_converter_that_gives_nothing_is_told(tmp_path: Path) -> None:
    program = office.pretended(tmp_path / "soffice", "exit 0")
    _, _, summary = await all_of(legacy(tmp_path), Programs(program))
    assert (summary.status, summary.code) == ("refused", Code.DAMAGED)


async def test_what_a_converter_made_is_read_with_suspicion(tmp_path: Path) -> None:
    program = office.pretended(tmp_path / "soffice", 'echo nonsense > "$OUT/converted.pptx"')
    document, pages, _ = await all_of(legacy(tmp_path), Programs(program))
    assert document is not None
    assert [page.body.strip() for page in pages] == ["nonsense"]


async def test_a_new_profile_is_made_once(tmp_path: Path) -> None:
    first = f"if [ ! -e {tmp_path}/again ]; then touch {tmp_path}/again; exit 81; fi"
    program = office.pretended(tmp_path / "soffice", f'{first}\necho words > "$OUT/converted.pptx"')
    _, pages, summary = await all_of(legacy(tmp_path), Programs(program))
    assert (len(pages), summary.status) == (1, "done")


async def test_a_converter_that_was_killed_from_outside_is_started_again(tmp_path: Path) -> None:
    made = deck(tmp_path / "x.pptx", "Prices")
    first = f'[ -e "$OUT/killed" ] || {{ touch "$OUT/killed"; kill -9 $$; }}\ncp {made}'
    program = office.pretended(tmp_path / "soffice", f'{first} "$OUT/converted.pptx"')
    _, pages, summary = await all_of(legacy(tmp_path), Programs(program))
    assert [page.title for page in pages] == ["Prices"]
    assert summary.status == "done"


async def test_without_a_temporary_folder_the_file_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    program = office.pretended(tmp_path / "soffice", "exit 0")
    _, _, summary = await all_of(legacy(tmp_path), Programs(program))
    assert (summary.status, summary.code) == ("refused", Code.UNREADABLE_FILE)
    assert "temporary folder" in (summary.detail or "")


def test_what_a_killed_reader_left_is_removed_when_it_is_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, running, other = (tmp_path / name for name in ("extractors-a", "extractors-b", "mine"))
    for folder in (left, running, other):
        (folder / "profile").mkdir(parents=True)
    for folder in (left, other):
        os.utime(folder, (1, 1))
    assert scratch.remove_leftovers(older_than_s=3600) == 1
    assert sorted(tmp_path.iterdir()) == [running, other]


async def test_a_converter_that_hangs_is_killed_with_what_it_started(tmp_path: Path) -> None:
    program = office.pretended(
        tmp_path / "soffice", f"sleep 600 & echo $$ $! > {tmp_path}/pid; wait"
    )
    reading = asyncio.create_task(all_of(legacy(tmp_path), Programs(program)))
    started = tmp_path / "pid"
    async with asyncio.timeout(60):
        while len(told_in(started)) < 2:  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.05)
    began = time.monotonic()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert time.monotonic() - began < 20
    async with asyncio.timeout(20):  # the kernel takes its time with processes of low priority
        while any(is_alive(int(pid)) for pid in told_in(started)):  # noqa: ASYNC110 - no event
            await asyncio.sleep(0.05)


async def test_a_converter_has_no_secrets_and_no_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCH_SERVICE_SECRET", "s" * 40)
    seen = tmp_path / "seen"
    program = office.pretended(tmp_path / "soffice", f"env > {seen}; cat /proc/net/dev >> {seen}")
    await all_of(legacy(tmp_path), Programs(program))
    text = "\n".join(told_in(seen))
    assert "SECRET" not in text
    assert "HOME=" in text
    assert "eth0" not in text


@pytest.mark.parametrize(
    "data",
    [
        PPT + b"\x00\x00\xf6\x0f....\x14\x00\x00\x00\xdf\xc4\xd1\xf3",
        PPT + "EncryptedSummary".encode("utf-16-le"),
    ],
)
async def test_an_encrypted_deck_is_told_from_a_damaged_one(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    _, _, summary = await all_of(path, NO_PROGRAMS)
    assert summary.code is Code.PASSWORD_REQUIRED


async def test_an_encrypted_open_document_is_told(tmp_path: Path) -> None:
    manifest = "<manifest:encryption-data/>"
    parts = {"mimetype": ODP_TYPE, "META-INF/manifest.xml": manifest}
    _, _, summary = await all_of(write_zip(tmp_path / "x", parts), NO_PROGRAMS)
    assert summary.code is Code.PASSWORD_REQUIRED


def test_programs_are_found_by_path_or_name_or_switched_off(tmp_path: Path) -> None:
    program = office.pretended(tmp_path / "my-office", "exit 0")
    assert find_programs(str(program), "off") == Programs(program)
    assert find_programs("off", str(program), "deu") == Programs(None, program, "deu")
    assert find_programs(str(tmp_path / "nowhere"), "off") == NO_PROGRAMS
