"""Files for ingests: repeated in other bytes with the same words."""

import io
import zipfile
from pathlib import Path

from benchmarks import mixed
from tests.integration.ingest import files


def test_more_files_than_there_are_come_again_in_other_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.pptx").write_bytes(files.deck())
    (tmp_path / "b.pdf").write_bytes(files.datasheet())
    (tmp_path / "c.md").write_bytes(b"# Words")
    (tmp_path / "d.exe").write_bytes(b"MZ")
    gathered = mixed.gather(tmp_path, 7, tmp_path)
    assert len({file.data for file in gathered}) == 7
    assert len({file.name for file in gathered}) == 7
    for file in gathered:
        if file.name.endswith(".pptx"):
            assert zipfile.ZipFile(io.BytesIO(file.data)).testzip() is None


def test_hostile_files_are_told_by_their_name(tmp_path: Path) -> None:
    (tmp_path / "hostile__a.pdf").write_bytes(b"%PDF-")
    (tmp_path / "kind.pdf").write_bytes(b"%PDF-")
    assert [file.name for file in mixed.hostile(tmp_path)] == ["hostile__a.pdf"]
