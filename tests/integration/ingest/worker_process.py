"""A worker of its own process that stops short of writing, to be killed there.

Arguments: database URL, folder of the file store, a file to make once the deck has been read.
"""

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

from search_service.config import Settings
from search_service.db.engine import open_database
from search_service.files.store import FileStore
from search_service.ingest import handlers
from search_service.ingest.handlers import Workshop, handlers_of
from search_service.jobs.worker import run_worker


async def main(url: str, folder: str, marker: str) -> None:
    def stall(_reading: Any) -> None:
        Path(marker).touch()
        time.sleep(120)

    vars(handlers)["prepare"] = stall
    database = open_database(Settings(), url)
    workshop = Workshop(database, FileStore(Path(folder)))
    await run_worker(url, handlers_of(workshop), asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
