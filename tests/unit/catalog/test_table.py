from datetime import date

import pytest

from search_service.catalog.table import Known, parse
from search_service.db.enums import MaterialStatus, MaterialType
from search_service.errors import InvalidInputError

KNOWN = Known(
    personas={"cto": 1, "it manager": 2}, segments={"retail": 7}, owners={"ada@example.com": 5}
)
HEADER = "path,name,type,audience,status,product,universe,personas,segments,tags,owner,review_by"


def test_a_row_states_what_its_cells_hold() -> None:
    table = parse(
        f"{HEADER}\n"
        "decks/k8s.pptx,Managed K8s,sales deck,BOTH,published,Kubernetes,Public Cloud,"
        "CTO; IT Manager,retail,k8s;cluster,ADA@example.com,2027-01-31\n".encode(),
        KNOWN,
    )
    assert table.problems == ()
    (row,) = table.rows
    assert (row.number, row.path, row.status) == (2, "decks/k8s.pptx", MaterialStatus.PUBLISHED)
    assert row.metadata == {
        "name": "Managed K8s",
        "material_type": MaterialType.PRODUCT_SALES_DECK,
        "audience": "BOTH",
        "product_name": "Kubernetes",
        "universe_name": "Public Cloud",
        "persona_ids": [1, 2],
        "segment_ids": [7],
        "tags": ["k8s", "cluster"],
        "owner_id": 5,
        "review_by": date(2027, 1, 31),
    }


def test_empty_cells_and_missing_ones_say_nothing() -> None:
    table = parse(b"path,name,tags,version\na.pdf,,\nb.pdf\n\n,,,\n", KNOWN)
    assert table.problems == ()
    assert [(row.path, row.metadata, row.status) for row in table.rows] == [
        ("a.pdf", {}, None),
        ("b.pdf", {}, None),
    ]


def test_everything_that_is_wrong_is_listed() -> None:
    table = parse(
        b"path,type,status,personas,segments,owner,review_by,tags\n"
        b"a.pdf,novel,LOST,CTO;Pope,Space,eve@example.com,soon,x\n"
        b",,,,,,,\n"
        b",brief,,,,,,\n"
        b"a.pdf,,,,,,,\n",
        KNOWN,
    )
    found = [(problem.line, problem.column) for problem in table.problems]
    assert found == [
        (2, "type"),
        (2, "status"),
        (2, "personas"),
        (2, "segments"),
        (2, "owner"),
        (2, "review_by"),
        (4, "path"),
        (5, "path"),
    ]
    assert "'Pope'" in str(table.problems[2])
    with pytest.raises(InvalidInputError) as caught:
        table.require_valid()
    assert len(caught.value.details["problems"]) == len(found)


@pytest.mark.parametrize(
    ("header", "column"),
    [("path,colour", "colour"), ("name,type", "path"), ("path,name,name", "name"), ("", "path")],
)
def test_a_wrong_header_is_told_before_any_row(header: str, column: str) -> None:
    table = parse(f"{header}\nx,y,z\n".encode(), KNOWN)
    assert table.rows == ()
    assert column in [problem.column for problem in table.problems]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_divider_is_seen_from_the_header(delimiter: str) -> None:
    line = delimiter.join(("a.pdf", "Brief", '"x; y"'))
    table = parse(f"path{delimiter}name{delimiter}tags\n{line}\n".encode(), KNOWN)
    assert table.rows[0].metadata == {"name": "Brief", "tags": ["x", "y"]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_the_encodings_of_spreadsheets_are_read(encoding: str) -> None:
    table = parse("path,name\na.pdf,Café — prêt\n".encode(encoding), KNOWN)
    assert table.rows[0].metadata == {"name": "Café — prêt"}


def test_a_text_that_a_spreadsheet_would_run_is_read_back() -> None:
    assert parse(b"path,name\na.pdf,'=1+1\n", KNOWN).rows[0].metadata == {"name": "=1+1"}
    assert parse(b"path,name\na.pdf,'tis\n", KNOWN).rows[0].metadata == {"name": "'tis"}


@pytest.mark.parametrize("data", [b"", b"\0\0\0", b"%PDF-1.7", b"path\n" + b"x" * 200_000])
def test_what_is_no_table_is_told(data: bytes) -> None:
    table = parse(data, KNOWN)
    assert table.problems
    assert table.rows == ()
