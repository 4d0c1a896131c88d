"""One PostgreSQL data folder: who runs it, how it is made, started and found running.

It knows neither who uses the server nor when to stop it; embedded.py and reaper.py do.
"""

import hashlib
import os
import pwd
import re
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from search_service.db.binaries import Binaries
from search_service.errors import ConfigurationError, UnavailableError

SUPERUSER = "postgres"
DATABASE = "search_service"
PORT = 5432  # names the socket file only; no TCP port is opened
# root may have to keep programs and data here, when the account it drops to cannot reach them.
ROOT_STATE = Path("/var/lib/search-service")
# sun_path holds 104 bytes on macOS and 108 on Linux, `/.s.PGSQL.5432` and a margin included.
SOCKET_FOLDER_LIMIT_BYTES = 80
# libpq and the server both split a list of folders at commas; the rest needs no quoting anywhere.
PLAIN_PATH = re.compile(r"[\w./ +@=-]+", re.ASCII)
START_ATTEMPTS = 10
START_LIMIT_S = 300  # one attempt; replaying the log after a crash can take minutes
LOG_LIMIT_BYTES = 10 * 1024 * 1024
# With the locale "C" the text search parser breaks words at typographic quotes.
LOCALES = ("C.UTF-8", "en_US.UTF-8")
CONFIGURATION = """
# Set by search-service when it made this folder; yours to change, it is not written again.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
jit = off
log_checkpoints = off
timezone = 'UTC'
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A data folder, the programs for it, and the account to become (None: stay who we are)."""

    programs: Path
    data: Path
    account: pwd.struct_passwd | None

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.data / "server.log"

    def lock_path(self, purpose: str) -> Path:
        """Give the file beside the data folder whose lock serves `purpose`."""
        return self.data.with_name(f"{self.data.name}.{purpose}")


def locate(data_dir: Path, binaries: Binaries) -> Cluster:
    """Decide where the server of `data_dir` lives and as whom it runs.

    There is one folder per major version. PostgreSQL refuses to run as root: then it runs as the
    owner of the folder, or as nobody.
    """
    base = data_dir.resolve()
    try:
        base.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {base} cannot be made ({error.strerror}); "
            "set SEARCH_SERVICE_DATA_DIR to a folder that you may write."
        ) from error
    name = f"postgres-{binaries.major}"
    if os.geteuid() != 0:
        _refuse_foreign(base / name)
        return Cluster(binaries.bin, base / name, None)
    account = _account_for(base / name)
    programs = _reachable_programs(binaries, account)
    if not _can_enter(base, account):
        base = ROOT_STATE / f"data-{_digest(base)}"
        base.mkdir(parents=True, exist_ok=True)
        base.chmod(0o755)
    return Cluster(programs, base / name, account)


def initialise(cluster: Cluster) -> None:
    """Make the data folder with its database, whole or not at all."""
    parent = cluster.data.parent
    for leftover in parent.glob(f"{cluster.data.name}-new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    new = Path(tempfile.mkdtemp(prefix=f"{cluster.data.name}-new-", dir=parent))
    if cluster.account:
        os.chown(new, cluster.account.pw_uid, cluster.account.pw_gid)
    try:
        _run_initdb(cluster, new)
        with (new / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION)
        _create_database(cluster, new)
        new.rename(cluster.data)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise


def ensure_running(cluster: Cluster) -> str:
    """Start the server unless it runs; give its URL. The caller holds the start lock."""
    for attempt in range(START_ATTEMPTS):
        if attempt:
            # After kill -9 of the server its backends need a moment to let go of shared memory.
            time.sleep(1)
        url = running_url(cluster)
        if url is None:
            _drop_stale_pid_file(cluster.data)
            _run_start(cluster)
            url = running_url(cluster)
        if url is not None:
            return url
    raise UnavailableError(
        f"The embedded PostgreSQL server does not start: {_last_complaint(cluster.log)} "
        f"Read {cluster.log}, or set DATABASE_URL to another server."
    )


def running_url(cluster: Cluster) -> str | None:
    """Give the URL of the server if it takes connections.

    Asked of the socket: the process of a killed server can linger as a zombie that
    `pg_ctl status` believes in.
    """
    try:
        lines = (cluster.data / "postmaster.pid").read_text().splitlines()
        port, folder, status = lines[3], lines[4], lines[7].strip()
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(f"{folder}/.s.PGSQL.{port}")
    except (OSError, IndexError):
        return None
    if status != "ready":
        return None
    return f"postgresql://{SUPERUSER}@/{DATABASE}?host={quote(folder)}&port={port}"


def _refuse_foreign(data: Path) -> None:
    if data.exists() and data.stat().st_uid != os.geteuid():
        owner = data.stat().st_uid
        raise ConfigurationError(
            f"{data} belongs to the user with the number {owner}, because that user or root made "
            "it; run as that user or as root, or set SEARCH_SERVICE_DATA_DIR to another folder."
        )


def _account_for(data: Path) -> pwd.struct_passwd:
    owner = (data if data.exists() else data.parent).stat().st_uid
    try:
        return pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    except KeyError as error:
        raise ConfigurationError(
            f"{data.parent} belongs to a user that this machine does not know, and PostgreSQL does "
            "not run as root; give the folder to a known user with chown."
        ) from error


def _reachable_programs(binaries: Binaries, account: pwd.struct_passwd) -> Path:
    if _runs(binaries.bin / "postgres", "-V", account=account):
        return binaries.bin
    stamp = (binaries.bin / "postgres").stat()
    copy = ROOT_STATE / f"programs-{_digest(binaries.bin, stamp.st_mtime_ns, stamp.st_size)}"
    if not copy.exists():
        ROOT_STATE.mkdir(parents=True, exist_ok=True)
        ROOT_STATE.chmod(0o755)
        new = Path(tempfile.mkdtemp(prefix="programs-new-", dir=ROOT_STATE))
        for part in binaries.parts:
            shutil.copytree(part, new / part.relative_to(binaries.root), symlinks=True)
        _open_to_all(new)
        with suppress(OSError):  # another process was first, with the same content
            new.rename(copy)
        shutil.rmtree(new, ignore_errors=True)
    return copy / binaries.bin.relative_to(binaries.root)


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if path.is_dir() or mode & 0o100 else 0o444))


def _can_enter(folder: Path, account: pwd.struct_passwd) -> bool:
    return _runs(Path("/bin/sh"), "-c", f"test -x {shlex.quote(str(folder))}", account=account)


def _run_initdb(cluster: Cluster, new: Path) -> None:
    arguments = ["-D", str(new), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"]
    complaint = ""
    for locale in LOCALES:
        made = _run(cluster, "initdb", *arguments, f"--locale={locale}")
        if made.returncode == 0:
            return
        complaint = made.stderr.strip()
        if "invalid locale" not in complaint:
            break
    raise UnavailableError(
        f"The embedded PostgreSQL database cannot be made in {new.parent}: {complaint} "
        "Correct that, or set DATABASE_URL to a running server."
    )


def _create_database(cluster: Cluster, new: Path) -> None:
    arguments = ["--single", "-D", str(new), "-c", "exit_on_error=on", "postgres"]
    made = _run(cluster, "postgres", *arguments, typed=f"CREATE DATABASE {DATABASE}\n")
    if made.returncode:
        raise UnavailableError(
            f"The database {DATABASE} cannot be made in {new.parent}: {made.stderr.strip()}"
        )


def _run_start(cluster: Cluster) -> None:
    if cluster.log.exists() and cluster.log.stat().st_size > LOG_LIMIT_BYTES:
        cluster.log.replace(cluster.log.with_name("server.log.1"))
    folder = _socket_folder(cluster)
    options = f"-c port={PORT} -c unix_socket_directories={shlex.quote(str(folder))}"
    command = [str(cluster.programs / "pg_ctl"), "start", "-D", str(cluster.data)]
    # Quiet: the server would inherit a pipe and keep it open.
    subprocess.run(  # noqa: S603 - our own program, no shell
        [*command, "-l", str(cluster.log), "-w", "-t", str(START_LIMIT_S), "-o", options],
        **_as(cluster.account),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )


def _socket_folder(cluster: Cluster) -> Path:
    path = str(cluster.data)
    if len(os.fsencode(path)) <= SOCKET_FOLDER_LIMIT_BYTES and PLAIN_PATH.fullmatch(path):
        return cluster.data
    # Not TMPDIR, which can be long itself; mkdtemp makes it ours alone; the reaper removes it.
    folder = Path(tempfile.mkdtemp(prefix="search-service-", dir="/tmp"))
    if cluster.account:
        os.chown(folder, cluster.account.pw_uid, cluster.account.pw_gid)
    return folder


def _drop_stale_pid_file(data: Path) -> None:
    # The server refuses to start while its old process number is taken: by a zombie, or, after
    # the restart of a container, by any other process. Its working directory tells them apart;
    # two servers at once stay impossible, as shared memory is keyed by the folder's inode.
    pid_file = data / "postmaster.pid"
    with suppress(OSError, ValueError, IndexError):
        pid = int(pid_file.read_text().splitlines()[0])
        process = Path(f"/proc/{pid}")
        if not process.exists():
            return
        try:
            alive = (process / "cwd").readlink() == data
        except FileNotFoundError:
            alive = False
        if not alive:
            pid_file.unlink()


def _last_complaint(log: Path) -> str:
    with suppress(OSError):
        lines = log.read_text(errors="replace").splitlines()[-50:]
        complaints = [line for line in lines if "FATAL:" in line or "PANIC:" in line]
        if complaints:
            return complaints[-1].split(":  ", 1)[-1].rstrip(".") + "."
    return "it gave no reason."


def _run(
    cluster: Cluster, program: str, *arguments: str, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    finished: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603 - our own program
        [cluster.programs / program, *arguments],
        **_as(cluster.account),
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    return finished


def _runs(program: Path, *arguments: str, account: pwd.struct_passwd) -> bool:
    try:
        subprocess.run(  # noqa: S603 - our own program, no shell
            [program, *arguments], **_as(account), check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """Give the keywords of subprocess that run a program as `account`, away from our settings."""
    # PGHOST, PGDATA, PGOPTIONS and the like speak of another server.
    environment = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
    kept: dict[str, Any] = {"cwd": "/", "env": environment}
    if account:
        kept |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return kept


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
