"""The sandboxed process: reads one file and writes its records to standard output, line by line.

It is started by `sandbox` and by nothing else. Each line is flushed, so that what was read before
the process is killed is never lost.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from extractors.confinement import allow_cpu_for, confine
from extractors.limits import Limits
from extractors.reading import draw, extract
from extractors.records import Line, encode
from extractors.types import Document


def main(arguments: list[str]) -> None:
    """Read the file named first, under the limits given as JSON, from the page given third on.

    With a folder as a fourth argument, draw its pages into that instead.
    """
    path, limits_text, first_page, *folder = arguments
    limits = Limits(**json.loads(limits_text))
    confine(limits)
    for record in _records(Path(path), limits, int(first_page), folder):
        if isinstance(record, Document) and record.pages:
            allow_cpu_for(limits, record.pages)
        _write(encode(record))


def _records(path: Path, limits: Limits, first_page: int, folder: list[str]) -> Iterator[Line]:
    if folder:
        return draw(path, Path(folder[0]), limits, first_page)
    return extract(path, limits, first_page)


def _write(line: bytes) -> None:
    while line:
        line = line[os.write(sys.stdout.fileno(), line) :]


if __name__ == "__main__":
    main(sys.argv[1:])
