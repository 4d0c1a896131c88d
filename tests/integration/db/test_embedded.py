"""The private server: one for all who ask, gone with the last of them, back after any crash."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from search_service.db import binaries, cluster, embedded
from search_service.errors import UnavailableError
from tests.database import execute, fetch_column, postgres_bin, wait_until_stopped
from tests.integration.db import servers


def test_processes_that_start_at_once_share_one_server(folder: Path) -> None:
    clients = [servers.open_client(folder) for _ in range(5)]
    urls = {client.url() for client in clients}

    assert len(urls) == 1
    assert fetch_column(urls.pop(), "SELECT 1") == [1]
    assert len(servers.server_processes(servers.cluster_of(folder))) == 1
    for client in clients:
        client.close()


def test_the_server_outlives_all_clients_but_the_last_which_is_killed(folder: Path) -> None:
    first, last = servers.open_client(folder), servers.open_client(folder)
    first.url()
    url = last.url()
    data = servers.cluster_of(folder)

    first.kill()
    assert fetch_column(url, "SELECT 1") == [1]
    last.kill()

    servers.wait_for(lambda: servers.server_processes(data) == [])


def test_a_client_killed_while_it_starts_the_server_leaves_none_behind(folder: Path) -> None:
    servers.open_client(folder).kill()  # at once, at whatever it is doing
    warm = servers.open_client(folder)
    warm.url()
    data = servers.cluster_of(folder)
    warm.close()
    wait_until_stopped(servers.reaper_lock_of(data))

    killed = servers.open_client(folder)
    servers.wait_for((data / "postmaster.pid").exists)
    killed.kill()

    wait_until_stopped(servers.reaper_lock_of(data))
    assert servers.server_processes(data) == []


def test_a_released_server_stops_and_can_be_started_again_at_once(folder: Path) -> None:
    url = embedded.start(folder, postgres_bin())
    execute(url, "CREATE TABLE kept (id integer)")

    embedded.release(folder, postgres_bin())
    url = embedded.start(folder, postgres_bin())  # meets the server while it stops

    assert fetch_column(url, "SELECT count(*) FROM kept") == [0]


def test_asking_twice_gives_the_same_server(folder: Path) -> None:
    url = embedded.start(folder, postgres_bin())

    assert embedded.start(folder, postgres_bin()) == url
    assert len(servers.server_processes(servers.cluster_of(folder))) == 1


def test_a_killed_server_comes_back_with_what_was_committed(folder: Path) -> None:
    url = embedded.start(folder, postgres_bin())
    execute(url, "CREATE TABLE kept AS SELECT 7 AS id")
    data = servers.cluster_of(folder)
    (server,) = servers.server_processes(data)

    os.kill(server.pid, signal.SIGKILL)
    url = embedded.start(folder, postgres_bin())

    assert fetch_column(url, "SELECT id FROM kept") == [7]


@pytest.mark.anyio
async def test_a_server_that_dies_while_it_is_watched_comes_back_by_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "WATCH_EVERY_S", 0.1)
    url = await asyncio.to_thread(embedded.start, folder, postgres_bin())
    data = servers.cluster_of(folder)
    (server,) = servers.server_processes(data)
    watch = asyncio.create_task(embedded.keep_running(folder, postgres_bin()))

    os.kill(server.pid, signal.SIGKILL)
    await asyncio.to_thread(
        servers.wait_for,
        lambda: any(one.pid != server.pid for one in servers.server_processes(data)),
    )
    watch.cancel()
    await asyncio.wait({watch})

    assert await asyncio.to_thread(embedded.start, folder, postgres_bin()) == url
    assert await asyncio.to_thread(fetch_column, url, "SELECT 1") == [1]


def test_a_socket_that_takes_connections_and_answers_none_is_no_server(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a killed server's does until the kernel is done with it."""
    monkeypatch.setattr(cluster, "PROBE_LIMIT_S", 0.2)
    embedded.start(folder, postgres_bin())
    place = cluster.locate(folder, binaries.find(postgres_bin()))
    (server,) = servers.server_processes(place.data)

    os.kill(server.pid, signal.SIGSTOP)
    try:
        assert cluster.running_url(place) is None
    finally:
        os.kill(server.pid, signal.SIGCONT)


def test_serve_watches_the_server_that_it_started(folder: Path) -> None:
    command = [sys.executable, "-m", "search_service", "--data-dir", str(folder), "serve"]
    environment = os.environ | {"POSTGRES_BIN": postgres_bin()}
    serving = subprocess.Popen(
        [*command, "--no-worker", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert serving.stdout is not None
    with serving.stdout as lines:
        next(line for line in lines if "Application startup complete" in line)
        data = servers.cluster_of(folder)
        (server,) = servers.server_processes(data)

        os.kill(server.pid, signal.SIGKILL)

        try:
            servers.wait_for(
                lambda: any(one.pid != server.pid for one in servers.server_processes(data))
            )
        finally:
            serving.kill()
            serving.wait()


def test_a_pid_file_that_names_somebody_elses_process_is_no_obstacle(folder: Path) -> None:
    # As after the restart of a container, where numbers repeat.
    embedded.start(folder, postgres_bin())
    data = servers.cluster_of(folder)
    pid_file = data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    embedded.release(folder, postgres_bin())
    wait_until_stopped(servers.reaper_lock_of(data))
    # A process of the server's own user: through those of others it sees by itself.
    owner = data.stat()
    other = subprocess.Popen(["sleep", "60"], user=None if os.geteuid() else owner.st_uid)
    pid_file.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
    os.chown(pid_file, owner.st_uid, owner.st_gid)
    try:
        assert fetch_column(embedded.start(folder, postgres_bin()), "SELECT 1") == [1]
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize("name", ["with a space", "one,two %41", 'it\'s "Ü" $(touch x);'])
def test_any_name_of_a_folder_will_do(folder: Path, name: str) -> None:
    url = embedded.start(folder / name, postgres_bin())

    assert fetch_column(url, "SELECT 1") == [1]
    assert _answer_of_psql(url, "SELECT 1") == "1"


def test_a_long_path_moves_the_socket_and_the_reaper_removes_it(folder: Path) -> None:
    deep = folder / ("d" * 60) / ("e" * 60)
    url = embedded.start(deep, postgres_bin())
    data = servers.cluster_of(deep)
    socket_folder = Path(parse_qs(urlsplit(url).query)["host"][0])

    assert fetch_column(url, "SELECT 1") == [1]
    assert socket_folder != data
    assert socket_folder.stat().st_mode & 0o777 == 0o700

    embedded.release(deep, postgres_bin())
    wait_until_stopped(servers.reaper_lock_of(data))
    assert not socket_folder.exists()


def test_the_server_is_safe_private_and_reads_typography(folder: Path) -> None:
    url = embedded.start(folder, postgres_bin())

    def setting(name: str) -> str:
        (given,) = fetch_column(url, f"SELECT current_setting('{name}')")
        return str(given)

    assert setting("fsync") == "on"
    assert setting("synchronous_commit") == "on"
    assert setting("listen_addresses") == ""
    assert setting("server_encoding") == "UTF8"
    assert setting("max_connections") == "100"
    assert servers.cluster_of(folder).stat().st_mode & 0o777 == 0o700
    assert fetch_column(
        url, "SELECT unnest(tsvector_to_array(to_tsvector('simple', '“preis” ’ä’')))"
    ) == [
        "preis",
        "ä",
    ]


def test_settings_of_another_server_in_the_environment_are_ignored(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    monkeypatch.setenv("PGDATA", "/nowhere")
    url = embedded.start(folder, postgres_bin())
    monkeypatch.undo()

    assert _answer_of_psql(url, "SHOW client_encoding") == "UTF8"


def test_a_server_that_cannot_start_says_why_and_where_to_read_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded.start(folder, postgres_bin())
    data = servers.cluster_of(folder)
    embedded.release(folder, postgres_bin())
    wait_until_stopped(servers.reaper_lock_of(data))
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write("shared_preload_libraries = 'no_such_library'\n")
    monkeypatch.setattr(cluster, "START_ATTEMPTS", 1)

    with pytest.raises(UnavailableError, match="no_such_library") as caught:
        embedded.start(folder, postgres_bin())

    assert str(data / "server.log") in caught.value.message


def test_a_failed_first_start_leaves_nothing_half_made(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "DATABASE", "not a name")
    with pytest.raises(UnavailableError, match="syntax error"):
        embedded.start(folder, postgres_bin())
    assert [path for path in folder.iterdir() if path.is_dir()] == []
    monkeypatch.undo()

    assert fetch_column(embedded.start(folder, postgres_bin()), "SELECT 1") == [1]


def test_a_long_log_starts_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "LOG_LIMIT_BYTES", 10)
    embedded.start(folder, postgres_bin())
    data = servers.cluster_of(folder)
    embedded.release(folder, postgres_bin())
    embedded.start(folder, postgres_bin())

    assert "database system is shut down" in (data / "server.log.1").read_text()
    assert "database system is shut down" not in (data / "server.log").read_text()


def _answer_of_psql(url: str, query: str) -> str:
    psql = embedded.client_tool("psql", postgres_bin())
    return subprocess.run(
        [psql, url, "-XAtc", query], check=True, capture_output=True, text=True
    ).stdout.strip()
