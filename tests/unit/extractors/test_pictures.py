"""Pictures lose what they say of their makers, and not a pixel."""

import io
import struct

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from extractors.pictures import cleaned_picture

SECRET = b"Zsecret"


def written(kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image = Image.linear_gradient("L").resize((40, 20)).convert("P" if kind == "GIF" else "RGB")
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    tags = Image.Exif()
    tags[0x013B] = SECRET.decode()
    tags[0x0112] = orientation
    return tags


def text_chunk() -> PngInfo:
    text = PngInfo()
    text.add_text("Author", SECRET.decode())
    text.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return text


@pytest.mark.parametrize(
    "data",
    [
        written("JPEG", exif=exif(), comment=SECRET),
        written("JPEG", exif=exif(), progressive=True) + SECRET,
        written("PNG", pnginfo=text_chunk(), exif=exif()) + SECRET,
        written("GIF", comment=SECRET),
        written("GIF", save_all=True, append_images=[Image.new("P", (40, 20))], comment=SECRET),
    ],
    ids=["jpeg", "jpeg with more behind it", "png", "gif", "moving gif"],
)
def test_a_picture_loses_its_notes_and_keeps_its_pixels(data: bytes) -> None:
    assert SECRET in data
    cleaned = cleaned_picture(data)
    assert SECRET not in cleaned
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(cleaned))
    assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()
    assert getattr(before, "n_frames", 1) == getattr(after, "n_frames", 1)


def test_a_photo_is_turned_as_before() -> None:
    cleaned = cleaned_picture(written("JPEG", exif=exif(orientation=8)))
    assert dict(Image.open(io.BytesIO(cleaned)).getexif()) == {0x0112: 8}


def test_a_drawing_loses_what_its_editor_wrote() -> None:
    svg = (
        b'<?xml version="1.0"?><!-- Zsecret --><svg xmlns="http://www.w3.org/2000/svg" '
        b'xmlns:i="urn:inkscape" i:docname="Zsecret" onload="Zsecret"><metadata>Zsecret</metadata>'
        b'<script>Zsecret</script><rect width="3"/><text>Seen</text></svg>'
    )
    cleaned = cleaned_picture(svg)
    assert SECRET not in cleaned
    assert b'<rect width="3"/>' in cleaned
    assert b"Seen" in cleaned


def test_a_metafile_loses_its_description() -> None:
    words = "Zsecret\0plan".encode("utf-16-le")
    header = struct.pack("<II", 1, 88 + len(words)) + bytes(32) + b" EMF" + bytes(16)
    data = header + struct.pack("<II", len(words) // 2, 88) + bytes(20) + words + b"records"
    cleaned = cleaned_picture(data)
    assert "Zsecret".encode("utf-16-le") not in cleaned
    assert cleaned.endswith(b"records")
    assert len(cleaned) == len(data)


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xd8", b"\xff\xd8\xff\xe1\xff\xff", b"\x89PNG\r\n\x1a\n\0\0", b"GIF89a", b"<svg",
     b"BM whatever", bytes(44), bytes(40) + b" EMF", bytes(40) + b" EMF" + b"\xff" * 40],
)  # fmt: skip
def test_what_is_damaged_or_unknown_raises_nothing(data: bytes) -> None:
    cleaned_picture(data)
