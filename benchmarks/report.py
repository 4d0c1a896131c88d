"""Draws what was measured: latency by class and size, and quality by method and collection.

    python -m benchmarks.report LATENCY.json… [--relevance REL.json [--semantic REL.json]]
        --out docs/

Takes the reports of benchmarks.latency at several sizes and those of benchmarks.relevance, without
and with ranking by meaning. Writes latency.svg and relevance.svg; matplotlib is in the dependency
group `bench`.
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from itertools import cycle
from pathlib import Path
from typing import Any

from benchmarks.passages import ALL, OR_QUERIES

Report = Mapping[str, Any]

# What is drawn of a class, and what it is called.
PANELS = {
    "ranking": "ranking",
    "http": "whole request over HTTP",
    "naive": "naive: AND + ts_rank_cd",
}
# Readable on white and on near-black, in which pages are shown.
INK = "#7d8590"
COLOURS = ("#3fb950", "#d29922", "#db6d9e", "#2f81f7", "#a371f7")
STYLE = {
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlesize": 10,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "font.size": 9,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    # Text stays text, and the same figures give the same file.
    "svg.fonttype": "none",
    "svg.hashsalt": "search-service",
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("latency", nargs="*", type=Path, metavar="LATENCY.json")
    parser.add_argument("--relevance", type=Path, metavar="REL.json")
    parser.add_argument("--semantic", type=Path, metavar="REL.json", help="by meaning too")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    if given.latency:
        draw_latency([_read(path) for path in given.latency], given.out / "latency.svg")
    if given.relevance:
        by_meaning = _read(given.semantic) if given.semantic else None
        draw_relevance(_read(given.relevance), by_meaning, given.out / "relevance.svg")


def draw_latency(reports: Iterable[Report], path: Path) -> None:
    """Draw 95th percentiles by class: a panel for each way of asking, a colour for each size."""
    ordered = sorted(reports, key=lambda report: report["passages"])
    classes = [name for name in ordered[-1]["classes"] if name not in (ALL, OR_QUERIES)]
    names = [*classes, ALL]
    panels = [name for name in PANELS if any(p95s(report, name, names) for report in ordered)]
    pyplot = import_module("matplotlib.pyplot")
    with pyplot.rc_context(STYLE):
        size = (3.2 * len(panels), 0.32 * len(names) + 1.2)
        figure, [axes] = pyplot.subplots(
            1, len(panels), sharex=True, sharey=True, squeeze=False, figsize=size,
            layout="constrained",
        )  # fmt: skip
        for axis, name in zip(axes, panels, strict=True):
            _draw_panel(axis, name, [p95s(report, name, names) for report in ordered])
        axes[0].invert_yaxis()
        labels = [f"{report['passages']:,} passages" for report in ordered]
        figure.legend(axes[0].lines, labels, loc="outside lower center", ncols=len(labels))
        _save(figure, path)
        pyplot.close(figure)


def _draw_panel(axis: Any, name: str, sizes: Sequence[Mapping[str, float]]) -> None:
    for values, colour in zip(sizes, cycle(COLOURS), strict=False):
        axis.plot(list(values.values()), list(values), "o", color=colour)
    axis.set(title=PANELS[name], xscale="log", xlabel="p95, ms")
    axis.xaxis.set_major_formatter("{x:g}")
    axis.grid(axis="x", color=INK, alpha=0.25)


def p95s(report: Report, name: str, classes: Sequence[str]) -> dict[str, float]:
    """Give a time's 95th percentiles by class, in their order, where they were measured."""
    key = f"{name}_p95_ms"
    found = {each: report["classes"].get(each, {}).get(key) for each in classes}
    return {each: value for each, value in found.items() if value is not None}


def draw_relevance(plain: Report, by_meaning: Report | None, path: Path) -> None:
    """Draw the main measure by collection, and its mean, as bars for each method."""
    methods = methods_of(plain, by_meaning)
    names = list(next(iter(methods.values())))
    pyplot = import_module("matplotlib.pyplot")
    with pyplot.rc_context(STYLE):
        figure, axis = pyplot.subplots(figsize=(0.9 * len(names) + 1.5, 3.2), layout="constrained")
        width = 0.8 / len(methods)
        for number, (method, values) in enumerate(methods.items()):
            places = [place + number * width for place in range(len(names))]
            heights = [values[name] for name in names]
            axis.bar(places, heights, width * 0.92, color=COLOURS[number], label=method)
        axis.set_xticks([place + 0.4 - width / 2 for place in range(len(names))], names)
        axis.set(ylabel=plain["measure"], ylim=(0, 1))
        axis.grid(axis="y", color=INK, alpha=0.25)
        axis.set_axisbelow(True)
        figure.legend(loc="outside lower center", ncols=len(methods))
        _save(figure, path)
        pyplot.close(figure)


def methods_of(plain: Report, by_meaning: Report | None) -> dict[str, dict[str, float]]:
    """Give each method's main measure by collection, ending with the mean.

    A method that did not rank all of the collections is left out.
    """
    measure, collections = plain["measure"], plain["collections"]
    found = {
        "bm25s": {each["collection"]: each["bm25s"] for each in collections},
        "search-service": {each["collection"]: each["ours"] for each in collections},
    }
    if by_meaning:
        ranked = {each["collection"]: each["ours"] for each in by_meaning["collections"]}
        found["search-service, semantic"] = {name: ranked.get(name) for name in found["bm25s"]}
    values = {
        method: {name: scores[measure] for name, scores in by_name.items()}
        for method, by_name in found.items()
        if all(by_name.values())
    }
    return {
        method: {**by_name, "mean": sum(by_name.values()) / len(by_name)}
        for method, by_name in values.items()
    }


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})


def _read(path: Path) -> Report:
    report: Report = json.loads(path.read_text(encoding="utf-8"))
    return report


if __name__ == "__main__":
    main()
