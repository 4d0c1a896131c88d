"""The command `python -m extractors FILE`: one JSON object a line, always ending with a summary.

Exit code 0 for done, 3 for partly read, 2 for refused; nothing else, whatever happens.
"""

import argparse
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from extractors.conversion import ConvertedReading
from extractors.launcher import Launcher
from extractors.programs import OFF, Programs, find_programs
from extractors.recognition import RecognisedReading
from extractors.records import encode, kind_of
from extractors.relay import Relay
from extractors.task import Draw, Read
from extractors.types import Code, Status, Summary
from extractors.watched import DEFAULT_LIMITS

EXIT_DONE, EXIT_REFUSED, EXIT_PARTIAL = 0, 2, 3


class _ArgumentsError(Exception):
    """The command line was not understood."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _ArgumentsError(message)


def main(arguments: list[str]) -> int:
    """Print the records of the file that the arguments name; the exit code."""
    try:
        options = _parser().parse_args(arguments)
    except _ArgumentsError as error:
        return _refuse(Code.BAD_ARGUMENTS, f"{error}; see python -m extractors --help")
    if options.images and not options.images.is_dir():
        return _refuse(Code.BAD_ARGUMENTS, f"{options.images} is not a folder; make it first")
    ocr = options.ocr
    programs = find_programs(tesseract="" if ocr else OFF, languages=ocr or "eng")
    if ocr and programs.tesseract is None:
        return _refuse(Code.BAD_ARGUMENTS, "--ocr needs tesseract, which is not found; install it")
    return _print(_Wanted(options.file, options.images, programs))


@dataclass(frozen=True, slots=True)
class _Wanted:
    path: Path
    folder: Path | None
    programs: Programs


def _print(wanted: _Wanted) -> int:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    pages = 0
    summary = b""
    try:
        for line in _lines(wanted):
            pages += kind_of(line) == "page"
            summary = line
            _write(line)
    except KeyboardInterrupt:
        status: Status = "partial" if pages else "refused"
        summary = encode(Summary(status, Code.CANCELLED, "reading was interrupted", pages))
        _write(summary)
    except BrokenPipeError:  # nobody reads on: what follows has nowhere to go
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_PARTIAL
    except OSError as error:  # the machine has no process or no memory left for a child
        return _refuse(Code.PARSER_CRASHED, f"the parser could not be started: {error.strerror}")
    return _exit_code(summary)


def _lines(wanted: _Wanted) -> Iterator[bytes]:
    """The records of reading; before their summary those of drawing, where a folder is named."""
    summary = b""
    with Launcher(libraries=()) as launcher:
        reading = RecognisedReading(Read(wanted.path), DEFAULT_LIMITS, launcher, wanted.programs)
        for line in _relayed(reading):
            if kind_of(line) == "summary":
                summary = line
            else:
                yield line
        if wanted.folder:
            task = Draw(wanted.path, wanted.folder)
            images = _relayed(ConvertedReading(task, DEFAULT_LIMITS, launcher, wanted.programs))
            yield from (line for line in images if kind_of(line) == "image")
    yield summary


def _relayed(reading: Relay) -> Iterator[bytes]:
    try:
        yield from iter(reading.next_line, None)
    finally:
        reading.stop()


def _exit_code(summary: bytes) -> int:
    if summary.startswith(b'{"type":"summary","status":"done"'):
        return EXIT_DONE
    partial = summary.startswith(b'{"type":"summary","status":"partial"')
    return EXIT_PARTIAL if partial else EXIT_REFUSED


def _refuse(code: Code, detail: str) -> int:
    _write(encode(Summary("refused", code, detail)))
    return EXIT_REFUSED


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m extractors",
        description="Read a PDF, a deck or a text in a sandbox; print its pages as JSON lines.",
        epilog="Exit codes: 0 read, 3 partly read, 2 refused. The last line says why.",
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--images", type=Path, metavar="DIR", help="also draw the pages into this folder"
    )
    parser.add_argument(
        "--ocr",
        metavar="LANGUAGES",
        help="recognise the words of a PDF's scanned pages by tesseract, such as eng+fra",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
