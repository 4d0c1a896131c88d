"""One PostgreSQL data folder: how it is made, started and found running.

It knows neither who uses the server nor when to stop it; embedded.py and reaper.py do.
"""

import hashlib
import os
import re
import shlex
import shutil
import socket
import stat
import struct
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from search_service.db import account
from search_service.db.account import Account
from search_service.db.binaries import Binaries
from search_service.errors import ConfigurationError, UnavailableError

SUPERUSER = "postgres"
DATABASE = "search_service"
PORT = 5432  # names the socket file only; no TCP port is opened
# sun_path holds 104 bytes on macOS and 108 on Linux, `/.s.PGSQL.5432` and a margin included.
SOCKET_FOLDER_LIMIT_BYTES = 80
# libpq and the server both split a list of folders at commas; the rest needs no quoting anywhere.
PLAIN_PATH = re.compile(r"[\w./ +@=-]+", re.ASCII)
START_ATTEMPTS = 10
START_LIMIT_S = 300  # one attempt; replaying the log after a crash can take minutes
PROBE_LIMIT_S = 5.0
# The first message that a server answers before it knows who asks, with one byte.
# https://www.postgresql.org/docs/15/protocol-message-formats.html
SSL_REQUEST = struct.pack(">ii", 8, 80877103)
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
    user: Account | None

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.data / "server.log"

    def lock_path(self, purpose: str) -> Path:
        """Give the file beside the data folder whose lock serves `purpose`."""
        return self.data.with_name(f"{self.data.name}.{purpose}")


def locate(data_dir: Path, binaries: Binaries) -> Cluster:
    """Decide where the server of `data_dir` lives and as whom it runs.

    There is one folder per major version. Raises ConfigurationError when there can be none.
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
    user = account.choose(base / name)
    if user is None:
        return Cluster(binaries.bin, base / name, None)
    programs = account.reachable_programs(binaries, user)
    return Cluster(programs, account.reachable_base(base, user) / name, user)


def initialise(cluster: Cluster) -> None:
    """Make the data folder with its database, whole or not at all."""
    parent = cluster.data.parent
    for leftover in parent.glob(f"{cluster.data.name}-new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    new = Path(tempfile.mkdtemp(prefix=f"{cluster.data.name}-new-", dir=parent))
    account.give(new, cluster.user)
    try:
        _run_initdb(cluster, new)
        _configure(cluster, new)
        _create_database(cluster, new)
        new.rename(cluster.data)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise


def ensure_running(cluster: Cluster) -> str:
    """Start the server unless it runs; give its URL. The caller holds the start lock."""
    complaint = ""
    for attempt in range(START_ATTEMPTS):
        if attempt:
            # After kill -9 of the server its backends need a moment to let go of shared memory.
            time.sleep(1)
        url = running_url(cluster)
        if url is None:
            _drop_stale_pid_file(cluster.data)
            complaint = _run_start(cluster)
            url = running_url(cluster)
        if url is not None:
            return url
    raise UnavailableError(
        f"The embedded PostgreSQL server does not start: {_last_words(cluster.log, complaint)} "
        f"Read {cluster.log} and correct that, or set DATABASE_URL to another server."
    )


def running_url(cluster: Cluster) -> str | None:
    """Give the URL of the server if it answers.

    Asked of the server itself: the process of a killed one can linger as a zombie that
    `pg_ctl status` believes in, and its socket takes connections until the kernel is done with it.
    """
    try:
        lines = (cluster.data / "postmaster.pid").read_text().splitlines()
        port, folder, status = lines[3], lines[4], lines[7].strip()
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(PROBE_LIMIT_S)
            probe.connect(f"{folder}/.s.PGSQL.{port}")
            probe.sendall(SSL_REQUEST)
            answers = bool(probe.recv(1))
    except (OSError, IndexError):
        return None
    if not answers or status != "ready":
        return None
    return f"postgresql://{SUPERUSER}@/{DATABASE}?host={quote(folder)}&port={port}"


def _run_initdb(cluster: Cluster, new: Path) -> None:
    arguments = ["-D", str(new), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"]
    complaint = ""
    for locale in LOCALES:
        command = [str(cluster.programs / "initdb"), *arguments, f"--locale={locale}"]
        made = account.run(command, cluster.user)
        if made.returncode == 0:
            return
        complaint = made.stderr.strip()
        if "invalid locale" not in complaint:
            break
    raise UnavailableError(
        f"The embedded PostgreSQL database cannot be made in {new.parent}: {complaint} "
        "Correct that, or set DATABASE_URL to a running server."
    )


def _configure(cluster: Cluster, new: Path) -> None:
    # Written by the account, not by root: root must not write where another user holds the names.
    command = ["/bin/sh", "-c", 'cat >>"$0"', str(new / "postgresql.conf")]
    written = account.run(command, cluster.user, CONFIGURATION)
    if written.returncode:
        raise UnavailableError(
            f"The settings of the embedded server cannot be written: {written.stderr.strip()}"
        )


def _create_database(cluster: Cluster, new: Path) -> None:
    command = [str(cluster.programs / "postgres"), "--single", "-D", str(new)]
    made = account.run(
        [*command, "-c", "exit_on_error=on", "postgres"],
        cluster.user,
        f"CREATE DATABASE {DATABASE}\n",
    )
    if made.returncode:
        raise UnavailableError(
            f"The database {DATABASE} cannot be made in {new.parent}: {made.stderr.strip()}"
        )


def _run_start(cluster: Cluster) -> str:
    if cluster.log.exists() and cluster.log.stat().st_size > LOG_LIMIT_BYTES:
        cluster.log.replace(cluster.log.with_name("server.log.1"))
    folder = _socket_folder(cluster)
    options = f"-c port={PORT} -c unix_socket_directories={shlex.quote(str(folder))}"
    # Relative paths: pg_ctl puts them into a shell command, where a `$` in one would count.
    command = [str(cluster.programs / "pg_ctl"), "start", "-D", ".", "-l", cluster.log.name]
    # With -l the server writes to its log and does not inherit the pipes that we read to the end.
    started = account.run(
        [*command, "-w", "-t", str(START_LIMIT_S), "-o", options],
        cluster.user,
        folder=cluster.data,
    )
    if started.returncode and folder != cluster.data:
        with suppress(OSError):
            folder.rmdir()
    return started.stderr


def _socket_folder(cluster: Cluster) -> Path:
    path = str(cluster.data)
    if len(os.fsencode(path)) <= SOCKET_FOLDER_LIMIT_BYTES and PLAIN_PATH.fullmatch(path):
        return cluster.data
    # Not TMPDIR, which can be long itself. The same name at each start, for clients keep the URL;
    # another one where somebody else holds that name. The reaper removes it.
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    folder = Path("/tmp", f"search-service-{name}")  # noqa: S108 - made ours alone below
    with suppress(FileExistsError):
        folder.mkdir(0o700)
    facts = folder.lstat()
    owners = {os.geteuid()} | ({cluster.user.pw_uid} if cluster.user else set())
    if not (stat.S_ISDIR(facts.st_mode) and facts.st_uid in owners and not facts.st_mode & 0o077):
        folder = Path(tempfile.mkdtemp(prefix="search-service-", dir="/tmp"))
    account.give(folder, cluster.user)
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


def _last_words(log: Path, complaint: str) -> str:
    with suppress(OSError):
        for line in reversed(log.read_text(errors="replace").splitlines()[-50:]):
            if "FATAL:" in line or "PANIC:" in line:
                complaint = line.split(":  ", 1)[-1]
                break
    words = " ".join(complaint.split()) or "it gave no reason"
    return words if words.endswith(".") else f"{words}."
