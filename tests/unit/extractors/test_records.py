import json

import pytest

from extractors.records import decode, encode, kind_of
from extractors.types import (
    Baggage,
    Code,
    Document,
    OutlineEntry,
    Page,
    ReadWarning,
    Record,
    Summary,
    WarningCode,
)

RECORDS: list[Record] = [
    Document("application/pdf", "pdfium 1", outline=(OutlineEntry(0, "Intro", 1),)),
    Document("application/x", "pptx 1", baggage=Baggage(comments=2)),
    Page(3, body="line\nnext \u2028 ä", tables=((("a", "b"), ("c", "d")),), links=("https://x",)),
    Page(4, warnings=(ReadWarning(WarningCode.HIDDEN),)),
    Summary("refused", Code.PASSWORD_REQUIRED, "needs a password"),
]


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_comes_back_from_its_line(record: Record) -> None:
    line = encode(record)
    assert line.count(b"\n") == 1
    assert decode(line) == record


def test_a_line_is_json_with_its_type_first() -> None:
    line = encode(Summary("done"))
    assert line.startswith(b'{"type":"summary","status":"done"')
    assert json.loads(line)["code"] is None


@pytest.mark.parametrize(
    "line", [b"", b"Segmentation fault\n", b'{"type":"page","number":1', b"{}\n"]
)
def test_a_line_that_is_no_record_is_told_apart(line: bytes) -> None:
    assert kind_of(line) is None
    with pytest.raises(ValueError, match="no record type"):
        decode(line)


def test_a_record_with_a_wrong_field_is_refused() -> None:
    with pytest.raises(ValueError, match="number"):
        decode(b'{"type":"page","number":"one"}\n')
