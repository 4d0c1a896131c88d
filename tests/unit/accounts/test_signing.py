"""Where signing keys come from, and that several processes agree on one."""

import multiprocessing
import stat
from pathlib import Path

import pytest

from search_service.accounts.signing import FILE_NAME, signing_keys
from search_service.config import Settings
from search_service.errors import ConfigurationError

OLD, NEW = "o" * 40, "n" * 40


def test_the_setting_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    keys = signing_keys(Settings(secret=NEW, data_dir=tmp_path))

    assert keys.newest.secret == NEW.encode()
    assert list(tmp_path.iterdir()) == []


def test_several_secrets_stand_newest_first() -> None:
    keys = signing_keys(Settings(secret=f"{NEW}, {OLD}"))

    assert [key.secret for key in keys.keys] == [NEW.encode(), OLD.encode()]
    assert keys.find(keys.keys[1].kid) == keys.keys[1]
    assert keys.find("else") is None


def test_a_key_keeps_its_name_when_another_is_put_before_it() -> None:
    alone = signing_keys(Settings(secret=OLD)).newest.kid

    assert signing_keys(Settings(secret=f"{NEW},{OLD}")).keys[1].kid == alone
    assert OLD not in alone


@pytest.mark.parametrize("secret", [f"{NEW},short", f"{NEW},"])
def test_a_short_secret_among_several_is_refused_unseen(secret: str) -> None:
    with pytest.raises(ConfigurationError, match="shorter than 32") as caught:
        signing_keys(Settings(secret=secret))
    assert "short," not in str(caught.value)
    assert NEW not in str(caught.value)


def test_a_missing_key_is_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new" / "folder")

    first = signing_keys(settings)

    path = settings.data_dir / FILE_NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in settings.data_dir.iterdir()] == [FILE_NAME]
    assert signing_keys(settings) == first
    assert len(first.newest.secret) >= 32


def test_the_file_may_hold_several_keys(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(f"{NEW}\n{OLD}\n")
    path.chmod(0o600)

    assert len(signing_keys(Settings(data_dir=tmp_path)).keys) == 2


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(NEW)
    (tmp_path / FILE_NAME).chmod(0o640)

    with pytest.raises(ConfigurationError, match="chmod 600"):
        signing_keys(Settings(data_dir=tmp_path))


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text(NEW)
    (tmp_path / FILE_NAME).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(ConfigurationError, match=FILE_NAME):
        signing_keys(Settings(data_dir=tmp_path))


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigurationError, match="SEARCH_SERVICE_SECRET"):
        signing_keys(Settings(data_dir=tmp_path / "file" / "data"))


def test_processes_that_start_together_get_the_same_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        kids = pool.map(_kid, [tmp_path] * 8, chunksize=1)

    assert len(set(kids)) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == [FILE_NAME]


def test_derived_secrets_differ_by_purpose_and_tell_nothing() -> None:
    keys = signing_keys(Settings(secret=NEW))

    assert keys.derive("csrf") != keys.derive("cursor")
    assert len(keys.derive("csrf")) == 64
    assert NEW not in repr(keys)


def _kid(data_dir: Path) -> str:
    return signing_keys(Settings(data_dir=data_dir)).newest.kid
