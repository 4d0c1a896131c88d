"""One HTTP/1.1 connection that is kept alive, on bare asyncio streams.

A full client library costs milliseconds a request, which would be measured as the service's.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Service:
    """Where a service listens on this machine, and API keys to ask with."""

    port: int
    keys: Sequence[str]


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection to a server on this machine; one request at a time."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    head: str

    @classmethod
    async def open(cls, port: int, bearer: str) -> Self:
        """Connect, to ask everything with one bearer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {bearer}\r\n\r\n"
        return cls(reader, writer, head)

    async def get(self, path: str) -> Response:
        """Ask for a path, which is percent-encoded already. Raises ValueError for an answer whose
        length is not stated.
        """
        self.writer.write(f"GET {path} HTTP/1.1\r\n{self.head}".encode("ascii"))
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head[9:12])
        _, stated, rest = head.partition(b"\r\ncontent-length:")
        if not stated:
            raise ValueError(f"no length is stated by the answer to {path}")
        length = int(rest.partition(b"\r\n")[0])
        return Response(status, await self.reader.readexactly(length))

    async def found(self, path: str) -> bytes:
        """Give the body of what must be there. Raises ValueError for any other status than 200."""
        response = await self.get(path)
        if response.status != 200:
            raise ValueError(f"{response.status} for {path}: {response.body[:500]!r}")
        return response.body

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()
