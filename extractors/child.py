"""The sandboxed process: takes one task and writes the records over its stream, line by line.

It is forked by `zygote` and by nothing else. Each line is sent at once, so that what was read
before the process is killed is never lost.
"""

import socket
from collections.abc import Iterator

from extractors.confinement import allow_cpu_for, confine
from extractors.copying import copy
from extractors.limits import Limits
from extractors.reading import convert, draw, extract, recognise
from extractors.records import Line, encode
from extractors.task import Convert, Copy, Draw, Read, Recognise, Task, decode_request
from extractors.types import Document


def run(stream: socket.socket) -> None:
    """Do the task that comes over the stream, under the limits that come with it."""
    task, limits = decode_request(_request(stream))
    if isinstance(task, Read | Draw):
        confine(limits)
    else:
        confine(limits, written_bytes=limits.file_bytes)
    for record in _records(task, limits):
        if isinstance(record, Document) and record.pages:
            allow_cpu_for(limits, record.pages)
        stream.sendall(encode(record))


def _records(task: Task, limits: Limits) -> Iterator[Line]:
    match task:
        case Read():
            return extract(task.path, limits, task.first_page)
        case Draw():
            return draw(task.path, task.folder, limits, task.first_page)
        case Copy():
            return copy(task.path, task.target, task.recipe, limits)
        case Convert():
            return convert(task, limits)
        case Recognise():
            return recognise(task, limits)


def _request(stream: socket.socket) -> bytes:
    request = b""
    while not request.endswith(b"\n"):
        request += (chunk := stream.recv(1 << 16))
        if not chunk:
            raise EOFError("nobody is there to say what to read")
    return request
