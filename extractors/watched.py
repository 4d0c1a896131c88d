"""One file's reading as it is watched from outside: started, started again, ended, summed up.

The parent parses nothing. It relays the child's lines, starts anew behind a page that killed a
child, and says in the Summary what became of the file; pages that were finished are never lost.
A child that was killed from outside, by whoever is short of memory or with its zygote, is made up
for once: its file is read again, without what was relayed already.
"""

import json
import re
import stat
import time
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from extractors.launcher import Launcher
from extractors.limits import Limits
from extractors.process import ChildProcess, Death
from extractors.records import encode, kind_of
from extractors.relay import Relay
from extractors.task import Draw, Read, Task
from extractors.types import Code, Page, ReadWarning, Status, Summary, WarningCode

DEFAULT_LIMITS = Limits()
LAUNCHER = Launcher()
"""One zygote a process, however many files it reads at once."""

_PAGE_NUMBER = re.compile(rb'\{"type":"(?:page|image)","number":(\d+),')
_WORTH_A_RESTART = {Code.MEMORY_LIMIT, Code.PARSER_CRASHED}
_DETAILS = {
    Code.TIME_LIMIT: "reading took longer than a file of this size may take",
    Code.MEMORY_LIMIT: "reading needs more memory than it may have",
    Code.PARSER_CRASHED: "the parser died on this file; please report it",
}


class Reading(Relay):
    """One file's way through one or more children."""

    def __init__(
        self, task: Task, limits: Limits = DEFAULT_LIMITS, launcher: Launcher = LAUNCHER
    ) -> None:
        self._task = task
        self._limits = limits
        self._launcher = launcher
        self._started = time.monotonic()
        self._deadline = self._started + limits.wall_s
        self._child: ChildProcess | None = None
        self._pages_read = 0
        self._last_page = 0
        self._behind = 0
        """The last page that was lost: a new child begins behind it."""
        self._made_up_for: int | None = None
        """The page behind which a child was killed from outside."""
        self._stated_pages: int | None = None
        super().__init__()

    def _end_what_runs(self) -> None:
        if child := self._child:
            child.kill()

    def _relay(self) -> Generator[bytes]:
        if refusal := _refusal_without_reading(self._task.path, self._limits):
            yield encode(refusal)
            return
        first_death: Code | None = None
        for _ in range(self._limits.restarts + 1):
            ending = yield from self._relay_child()
            if isinstance(ending, bytes) and first_death is None:
                yield ending
                return
            if isinstance(ending, bytes) or self._stopped:
                break
            if not ending.by_file and self._made_up_for != self._last_page:
                self._made_up_for = self._last_page
                continue
            first_death = first_death or ending.code
            if ending.code not in _WORTH_A_RESTART or self._stated_pages is None:
                break
            self._last_page += 1
            self._behind = self._last_page
            if isinstance(self._task, Read):
                yield _lost_page(self._last_page)
            if self._last_page >= self._stated_pages or self._is_late():
                break
        yield encode(ended(first_death or Code.PARSER_CRASHED, self._pages_read))

    def _relay_child(self) -> Generator[bytes, None, bytes | Death]:
        """Relay one child's records; its summary's line, or what it died of without one."""
        task = self._task
        if isinstance(task, Read | Draw):
            task = replace(task, first_page=self._behind + 1)
        child = ChildProcess(task, self._limits, self._deadline, self._launcher)
        self._child = child
        death = Death(Code.PARSER_CRASHED)
        try:
            if self._stopped:
                child.kill()
            for line in child.lines():
                if kind_of(line) == "summary":
                    return line
                if self._note(line):
                    yield line
        finally:
            death = child.end()
        return death

    def _note(self, line: bytes) -> bool:
        """Keep count by the line; False for a second child's repetition of what was relayed."""
        if number := _PAGE_NUMBER.match(line):
            repeated = int(number[1]) <= self._last_page
            self._last_page = max(int(number[1]), self._last_page)
            self._pages_read += not repeated
            return not repeated
        repeated = self._stated_pages is not None
        self._stated_pages = json.loads(line).get("pages")
        return not repeated

    def _is_late(self) -> bool:
        return time.monotonic() - self._started > self._limits.restart_within_s


def _lost_page(number: int) -> bytes:
    lost = ReadWarning(WarningCode.PAGE_UNREADABLE, "the parser died on this page")
    return encode(Page(number, warnings=(lost,)))


def _refusal_without_reading(path: Path, limits: Limits) -> Summary | None:
    """The Summary of a path that holds no file to read, or one too large or too empty."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return ended(Code.UNREADABLE_FILE, 0, f"{path.name} is not a file")
        path.open("rb").close()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is not valid"
        return ended(Code.UNREADABLE_FILE, 0, f"{path.name} cannot be opened: {reason}")
    if not status.st_size:
        return ended(Code.EMPTY_FILE, 0, "the file has no bytes")
    if status.st_size > limits.file_bytes:
        return ended(Code.TOO_LARGE, 0, f"the file has more than {limits.file_bytes} bytes")
    return None


def ended(code: Code, pages_read: int, detail: str | None = None) -> Summary:
    """The Summary of a reading that its child did not bring to an end."""
    status: Status = "partial" if pages_read else "refused"
    return Summary(status, code, detail or _DETAILS[code], pages_read)
