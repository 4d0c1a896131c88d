"""The sandboxed process: reads one file and writes its records to standard output, line by line.

It is started by `sandbox` and by nothing else. Each line is flushed, so that what was read before
the process is killed is never lost.
"""

import json
import os
import sys
from pathlib import Path

from extractors.confinement import allow_cpu_for, confine
from extractors.limits import Limits
from extractors.reading import extract
from extractors.records import encode
from extractors.types import Document


def main(arguments: list[str]) -> None:
    """Read the file named by the first argument under the limits given as JSON by the second."""
    path, limits_text, first_page = arguments
    limits = Limits(**json.loads(limits_text))
    confine(limits)
    for record in extract(Path(path), limits, int(first_page)):
        if isinstance(record, Document) and record.pages:
            allow_cpu_for(limits, record.pages)
        _write(encode(record))


def _write(line: bytes) -> None:
    while line:
        line = line[os.write(sys.stdout.fileno(), line) :]


if __name__ == "__main__":
    main(sys.argv[1:])
