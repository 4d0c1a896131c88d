"""Who may import whom: the contracts in pyproject.toml, run by import-linter."""

import subprocess
import sys
import tomllib
from pathlib import Path

from tests.project.tree import ROOT

LAYERS = [
    "__main__",
    "cli",
    "app",
    "api | web | integrations",
    "serving",
    "ingest | insights",
    "catalog | search",
    "index | accounts | files | embedding",
    "audit | jobs",
    "db | text",
    "log",
    # The table has them side by side; settings raise errors, which know nothing of settings.
    "config",
    "errors",
]


def test_every_import_keeps_the_contracts() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=100
    )

    assert found.returncode == 0, found.stdout + found.stderr


def test_the_contract_has_the_layers_of_the_architecture_and_no_others() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layers,) = (contract for contract in contracts if contract["type"] == "layers")

    # In parentheses stands what is not built yet.
    assert [layer.replace("(", "").replace(")", "") for layer in layers["layers"]] == LAYERS
    assert layers["exhaustive"] is True
