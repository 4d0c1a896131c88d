"""A library as a table: one material a row, for `ingest --metadata` and `export --csv`.

Parsing is pure and complete: it lists everything that is wrong before anything is changed. A cell
that is empty says nothing about its field. Lists within a cell are divided by semicolons.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from search_service.accounts.policy import Principal
from search_service.catalog import materials, personas, segments
from search_service.catalog.cursors import Sort
from search_service.catalog.materials import MaterialFilter, MaterialRecord, Paging
from search_service.catalog.metadata import RULES, name_of
from search_service.db.enums import MaterialStatus
from search_service.db.tables import User
from search_service.errors import InvalidInputError

COLUMNS = (
    "path", "name", "type", "audience", "status", "product", "universe", "personas", "segments",
    "tags", "owner", "review_by",
)  # fmt: skip
MORE_COLUMNS = ("description", "use_cases", "pain_points", "version", "expires_on")
MAX_ROWS = 20_000
MAX_SHOWN = 50
EXPORT_PAGE = 200
_DIVIDER = ";"
# A spreadsheet would run a cell that begins so as a formula; an apostrophe keeps it a text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

# Column -> field of `catalog.metadata`, and how the cell becomes its value.
_TEXT_FIELDS = {
    "name": "name",
    "type": "material_type",
    "audience": "audience",
    "product": "product_name",
    "universe": "universe_name",
    "review_by": "review_by",
    "expires_on": "expires_on",
    "description": "description",
    "version": "version",
}
_LIST_FIELDS = {"tags": "tags", "use_cases": "use_cases", "pain_points": "pain_points"}
_LINK_FIELDS = {"personas": "persona_ids", "segments": "segment_ids"}


@dataclass(frozen=True, slots=True)
class Known:
    """The names that a table may use, in lower case, with their ids; owners go by e-mail."""

    personas: Mapping[str, int] = field(default_factory=dict)
    segments: Mapping[str, int] = field(default_factory=dict)
    owners: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LibraryRow:
    """One row: the file's path as written, the stated fields, and the status to bring it to."""

    number: int
    path: str
    metadata: Mapping[str, Any]
    status: MaterialStatus | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong: its line in the file (1 is the header), its column, and a sentence."""

    line: int
    column: str
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class LibraryTable:
    """A parsed table; use its rows only when there is no problem."""

    rows: tuple[LibraryRow, ...]
    problems: tuple[Problem, ...]

    def require_valid(self) -> None:
        """Raise InvalidInputError with every problem."""
        if not self.problems:
            return
        shown = [str(problem) for problem in self.problems[:MAX_SHOWN]]
        rest = len(self.problems) - len(shown)
        more = f" and {rest} more" if rest else ""
        raise InvalidInputError(
            f"The table has {len(self.problems)} problems, nothing was changed: "
            f"{'; '.join(shown)}{more}",
            problems=[str(problem) for problem in self.problems],
        )


async def known_names(connection: AsyncConnection) -> Known:
    """Read the names that a table may use."""
    users: Any = User.__table__
    owners = await connection.execute(select(func.lower(users.c.email).label("email"), users.c.id))
    return Known(
        personas=await personas.ids_by_name(connection),
        segments=await segments.ids_by_name(connection),
        owners={row.email: row.id for row in owners},
    )


def parse(data: bytes, known: Known) -> LibraryTable:
    """Read a table in UTF-8 (or Windows-1252), divided by commas, semicolons or tabs.

    Columns may come in any order; `path` is needed, and no two rows may have the same.
    """
    source = io.StringIO(_decoded(data).replace("\0", ""), newline="")
    try:
        lines = list(csv.reader(source, delimiter=_delimiter(data)))
    except csv.Error as error:
        return LibraryTable((), (Problem(1, "path", f"the file is no table ({error})."),))
    header = [cell.strip().lower() for cell in lines[0]] if lines else []
    problems = _header_problems(header)
    if problems:
        return LibraryTable((), tuple(problems))
    if len(lines) - 1 > MAX_ROWS:
        sentence = f"there are {len(lines) - 1} rows, at most {MAX_ROWS} are allowed."
        return LibraryTable((), (Problem(1, "path", sentence),))
    rows: list[LibraryRow] = []
    first_line: dict[str, int] = {}
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = _Row(number, _as_mapping(header, cells), known, problems)
        rows.append(row.read())
        same = first_line.setdefault(rows[-1].path, number)
        if same != number and rows[-1].path:
            problems.append(Problem(number, "path", f"stands in line {same} already."))
    return LibraryTable(tuple(rows), tuple(problems))


async def export(connection: AsyncConnection, principal: Principal, wanted: MaterialFilter) -> str:
    """Give the visible materials as a table that `parse` reads; `path` is the file's name."""
    owners = await _emails(connection)
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, (*COLUMNS, *MORE_COLUMNS), lineterminator="\r\n")
    writer.writeheader()
    paging = Paging(sort=Sort.CREATED, limit=EXPORT_PAGE)
    while True:
        listing = await materials.find(connection, principal, wanted, paging)
        writer.writerows(_cells(item, owners) for item in listing.items)
        if listing.next_cursor is None:
            return buffer.getvalue()
        paging = Paging(paging.sort, paging.limit, listing.next_cursor)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row being read; what is wrong with it goes to `problems`."""

    number: int
    cells: Mapping[str, str]
    known: Known
    problems: list[Problem]

    def read(self) -> LibraryRow:
        if not self.cells["path"]:
            self.problems.append(Problem(self.number, "path", "is empty; name the file."))
        metadata: dict[str, Any] = {}
        for column, cell in self.cells.items():
            if cell and column in _READERS:
                self._note(column, cell, metadata)
        status = metadata.pop("status", None)
        return LibraryRow(self.number, self.cells["path"], metadata, status)

    def _note(self, column: str, cell: str, metadata: dict[str, Any]) -> None:
        try:
            name, value = _READERS[column](column, cell, self.known)
        except ValueError as error:
            self.problems.append(Problem(self.number, column, str(error)))
        else:
            metadata[name] = value


def _text(column: str, cell: str, _known: Known) -> tuple[str, Any]:
    name = _TEXT_FIELDS[column]
    return name, RULES[name](cell)


def _list(column: str, cell: str, _known: Known) -> tuple[str, Any]:
    name = _LIST_FIELDS[column]
    return name, RULES[name](_items(cell))


def _links(column: str, cell: str, known: Known) -> tuple[str, Any]:
    ids: Mapping[str, int] = getattr(known, column)
    unknown = [item for item in _items(cell) if item.casefold() not in ids]
    if unknown:
        raise ValueError(f"there is no {column.removesuffix('s')} {', '.join(map(repr, unknown))}.")
    return _LINK_FIELDS[column], sorted({ids[item.casefold()] for item in _items(cell)})


def _owner(_column: str, cell: str, known: Known) -> tuple[str, Any]:
    owner_id = known.owners.get(cell.lower())
    if owner_id is None:
        raise ValueError(f"there is no account {cell!r}.")
    return "owner_id", owner_id


def _status(_column: str, cell: str, _known: Known) -> tuple[str, Any]:
    return "status", name_of(MaterialStatus, cell)


_Reader: TypeAlias = Callable[[str, str, Known], tuple[str, Any]]
_READERS: Mapping[str, _Reader] = {
    **dict.fromkeys(_TEXT_FIELDS, _text),
    **dict.fromkeys(_LIST_FIELDS, _list),
    **dict.fromkeys(_LINK_FIELDS, _links),
    "owner": _owner,
    "status": _status,
}


def _header_problems(header: list[str]) -> list[Problem]:
    known = (*COLUMNS, *MORE_COLUMNS)
    problems = [
        Problem(1, name, f"is no column; there are {', '.join(known)}.")
        for name in header
        if name not in known
    ]
    problems += [
        Problem(1, name, "stands twice.") for name in sorted(set(header)) if header.count(name) > 1
    ]
    if "path" not in header:
        problems.append(Problem(1, "path", "is missing; each row needs the path of its file."))
    return problems


def _as_mapping(header: list[str], cells: list[str]) -> dict[str, str]:
    filled = [*cells, *[""] * (len(header) - len(cells))]
    return {name: _unescaped(cell) for name, cell in zip(header, filled, strict=False)}


def _unescaped(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def _items(cell: str) -> list[str]:
    return [item.strip() for item in cell.split(_DIVIDER) if item.strip()]


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _delimiter(data: bytes) -> str:
    header = _decoded(data[:4096]).split("\n", 1)[0]
    return max(",;\t", key=header.count)


async def _emails(connection: AsyncConnection) -> dict[int, str]:
    users: Any = User.__table__
    return {
        row.id: row.email for row in await connection.execute(select(users.c.id, users.c.email))
    }


def _cells(item: MaterialRecord, owners: Mapping[int, str]) -> dict[str, str]:
    cells = {
        "path": item.file_name,
        "status": item.status,
        "owner": owners.get(item.owner_id or 0),
        "personas": _joined(named.name for named in item.personas),
        "segments": _joined(named.name for named in item.segments),
        **{column: getattr(item, name) for column, name in _TEXT_FIELDS.items()},
        **{column: _joined(getattr(item, name)) for column, name in _LIST_FIELDS.items()},
    }
    return {column: _escaped("" if cell is None else str(cell)) for column, cell in cells.items()}


def _joined(items: Iterable[str]) -> str:
    return f"{_DIVIDER} ".join(items)


def _escaped(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
