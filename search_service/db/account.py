"""As whom the embedded server runs, and what that account can reach; it starts no server.

PostgreSQL refuses to run as root, so root drops to another account. An ordinary user stays.
"""

import hashlib
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from search_service.db.binaries import Binaries
from search_service.errors import ConfigurationError

Account = pwd.struct_passwd
# Root keeps programs and data here when the account that it drops to cannot reach them.
ROOT_STATE = Path("/var/lib/search-service")


def choose(data: Path) -> Account | None:
    """Give the account to become for the cluster `data`; None to stay who we are.

    Root becomes the owner of the cluster, or of the folder around it, or nobody. Raises
    ConfigurationError when the cluster belongs to somebody else or its owner has no account.
    """
    owner = (data if data.exists() else data.parent).stat().st_uid
    if os.geteuid() != 0:
        if data.exists() and owner != os.geteuid():
            raise ConfigurationError(
                f"{data} belongs to the user with the number {owner}; run as that user or as root, "
                "or set SEARCH_SERVICE_DATA_DIR to another folder."
            )
        return None
    try:
        return pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    except KeyError as error:
        raise ConfigurationError(
            f"{data.parent} belongs to a user that this machine does not know, and PostgreSQL does "
            "not run as root; give the folder to a known user with chown."
        ) from error


def reachable_base(base: Path, account: Account) -> Path:
    """Give `base`, or a folder that stands for it where `account` cannot enter `base`."""
    if _runs("/bin/sh", "-c", f"test -x {shlex.quote(str(base))}", account=account):
        return base
    return _state_folder(f"data-{_digest(base)}")


def reachable_programs(binaries: Binaries, account: Account) -> Path:
    """Give the programs' folder, or that of a copy where `account` cannot run them."""
    program = binaries.bin / "postgres"
    if _runs(str(program), "-V", account=account):
        return binaries.bin
    stamp = program.stat()
    copy = _state_folder() / f"programs-{_digest(program, stamp.st_mtime_ns, stamp.st_size)}"
    if not copy.exists():
        new = Path(tempfile.mkdtemp(prefix="programs-new-", dir=copy.parent))
        for part in binaries.parts:
            shutil.copytree(part, new / part.relative_to(binaries.root), symlinks=True)
        _open_to_all(new)
        with suppress(OSError):  # another process was first, with the same content
            new.rename(copy)
        shutil.rmtree(new, ignore_errors=True)
    return copy / binaries.bin.relative_to(binaries.root)


def give(made: Path | int, account: Account | None) -> None:
    """Make `account` the owner of a folder or an open file that root just made."""
    if account:
        # Never through a link: the folder around it may be somebody else's, who could swap it.
        follow = isinstance(made, int)
        os.chown(made, account.pw_uid, account.pw_gid, follow_symlinks=follow)


def run(
    command: list[str], account: Account | None, typed: str = "", folder: Path = Path("/")
) -> subprocess.CompletedProcess[str]:
    """Run a program in `folder` as `account` and give what it wrote; `typed` is its input."""
    finished: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603 - our own programs
        command,
        **_as(account),
        cwd=folder,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    return finished


def _runs(*command: str, account: Account) -> bool:
    try:
        return run(list(command), account).returncode == 0
    except OSError:  # the program cannot even be reached
        return False


def _as(account: Account | None) -> dict[str, Any]:
    # They speak of another server, and the server takes PGCLIENTENCODING for its own default.
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
    kept: dict[str, Any] = {"env": environment}
    if account:
        kept |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return kept


def _state_folder(*below: str) -> Path:
    folder = ROOT_STATE.joinpath(*below)
    folder.mkdir(parents=True, exist_ok=True)
    for made in (ROOT_STATE, folder):
        made.chmod(0o755)
    return folder


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if path.is_dir() or mode & 0o100 else 0o444))


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
