"""Prints a report of latency as tables."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.summary import ratio

Row = Mapping[str, float]
Report = Mapping[str, Any]

PEERS = ("fts5", "tantivy")
_TIMES = ("ranking", "statements", "search", "http", "naive")


def show(report: Report) -> None:
    console = Console(width=150)
    sizes = ", ".join(f"{name} {value}" for name, value in report["sizes_mib"].items())
    built = ", ".join(f"{name} {value}" for name, value in report["build_s"].items())
    console.print(
        f"{report['passages']} passages of {report['source']} in {report['materials']} materials, "
        f"PostgreSQL {report['postgresql']}, commit {report['machine']['commit'] or 'unknown'}"
    )
    console.print(f"seconds: {built}")
    console.print(f"MiB: {sizes}")
    classes: Mapping[str, Row] = report["classes"]
    console.print(times_table(classes))
    if any(f"{name}_p50_ms" in row for row in classes.values() for name in PEERS):
        console.print(peers_table(classes))
    if "throughput" in report:
        _show_http(console, report)


def times_table(classes: Mapping[str, Row]) -> Table:
    """Times of ours and of naive ranking, and agreement, by class."""
    measured = [name for name in _TIMES if any(f"{name}_p50_ms" in row for row in classes.values())]
    table = Table(
        "class",
        "queries",
        *(f"{name} p50/95" for name in measured),
        "p95 over naive",
        "agreement",
        "reranked",
        "overlap",
        "lists read",
        title="milliseconds; agreement with the exact ranking, and after reranking;"
        " the share of searches that read lists, as they were not kept",
    )
    for name, row in classes.items():
        table.add_row(
            name,
            str(row["queries"]),
            *(_pair(row, time) for time in measured),
            _shown(ratio(row, "ranking", "naive")),
            _shown(row.get("agreement")),
            _shown(row.get("reranked_agreement")),
            _shown(row.get("overlap")),
            _shown(row.get("read")),
        )
    return table


def peers_table(classes: Mapping[str, Row]) -> Table:
    """Times of ranking alone, ours and other engines', in classes of OR queries."""
    names = [name for name in PEERS if any(f"{name}_p50_ms" in row for row in classes.values())]
    table = Table(
        "class",
        "ranking p50/95",
        *(f"{name} p50/95" for name in names),
        *(f"p95 over {name}" for name in names),
        title="milliseconds of ranking beside other engines",
    )
    for name, row in classes.items():
        if f"{names[0]}_p50_ms" in row:
            times = (_pair(row, each) for each in ("ranking", *names))
            ratios = (_shown(ratio(row, "ranking", each)) for each in names)
            table.add_row(name, *times, *ratios)
    return table


def _show_http(console: Console, report: Report) -> None:
    throughput, suggestions = report["throughput"], report["suggestions"]
    console.print(
        f"{throughput['connections']} connections: {throughput['requests_a_second']} requests/s "
        f"over HTTP; straight to the database {throughput['statements_a_second']} statements/s at "
        f"{throughput['statements_a_request']} a request; share {throughput['share']}"
    )
    if suggestions["requests"]:
        console.print(
            f"suggestions: p50 {suggestions['p50_ms']}, p95 {suggestions['p95_ms']}, "
            f"p99 {suggestions['p99_ms']} ms"
        )


def _pair(row: Row, time: str) -> str:
    if f"{time}_p50_ms" not in row:
        return ""
    return f"{row[f'{time}_p50_ms']:.3g} / {row[f'{time}_p95_ms']:.3g}"


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
