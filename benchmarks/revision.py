"""What was measured: the commit of the code and the version of the database server."""

import subprocess
from pathlib import Path

from sqlalchemy import text

from search_service.db.engine import Database


def commit() -> str:
    """Give the commit that is checked out, with a plus where files differ; empty without git."""
    here = Path(__file__).parent
    try:
        head, changed = (
            subprocess.run(["git", *words], cwd=here, capture_output=True, text=True, check=True)
            for words in (("rev-parse", "HEAD"), ("status", "--porcelain"))
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "")


async def server_version(database: Database) -> str:
    async with database.reading() as connection:
        return str((await connection.execute(text("SHOW server_version"))).scalar_one())
