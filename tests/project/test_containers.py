"""compose.yaml, the Dockerfile and their neighbours: valid, without a secret, and they would run.

No container engine is needed: each command is run here as the container would run it.
"""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
import yaml

from search_service.app import create_app
from search_service.cli.application import cli
from search_service.config import Settings
from tests.project.tree import ROOT

SCHEMA = Path(__file__).parent / "vendor" / "compose-spec.json"
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
# `${NAME:?sentence}`, `${NAME:-default}`, the default nested at most once.
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::([-?])((?:[^{}]|\{[^{}]*\})*))?\}")
SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|KEY|CREDENTIAL")
START_LIMIT_S = 60.0


class Answering(BaseHTTPRequestHandler):
    """Answers the liveness probe with the status that its server was given."""

    def do_GET(self) -> None:
        alive = self.path == "/api/v1/health/live"
        self.send_response(self.server.status if alive else 404)  # type: ignore[attr-defined] # set below
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass


@contextmanager
def answering(status: int) -> Iterator[int]:
    """Serve on a free port for as long as the block runs; gives the port."""
    server = HTTPServer(("127.0.0.1", 0), Answering)
    server.status = status  # type: ignore[attr-defined] # read above
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def instructions(name: str) -> list[str]:
    """Give what follows an instruction of the Dockerfile, at each of its places."""
    return re.findall(rf"^{name}\s+(.*)$", DOCKERFILE, re.MULTILINE)


def test_the_compose_file_is_valid_by_the_compose_specification() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)

    assert [error.message for error in validator.iter_errors(COMPOSE)] == []
    assert list(validator.iter_errors(COMPOSE | {"services": {"app": {"imagge": "x"}}}))


def test_the_services_are_a_database_the_application_and_a_worker() -> None:
    assert set(SERVICES) == {"db", "app", "worker"}
    assert SERVICES["db"]["image"] == "postgres:15"
    assert set(OURS) == {"app", "worker"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_may_do_no_more_than_it_needs(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert service["restart"] == "unless-stopped"
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_no_container_runs_as_root() -> None:
    assert instructions("USER")[-1].split(":")[0] not in {"0", "root"}
    assert SERVICES["db"]["user"] == "postgres"
    assert all("user" not in service for service in OURS.values())


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_tells_whether_it_is_healthy(name: str) -> None:
    assert "healthcheck" in SERVICES[name] or (name == "app" and instructions("HEALTHCHECK"))


def test_what_must_outlive_a_container_is_in_a_volume() -> None:
    mounted = {
        volume.split(":")[0] for service in SERVICES.values() for volume in service["volumes"]
    }

    assert mounted == set(COMPOSE["volumes"])
    for service in OURS.values():
        assert f"files:{service['environment']['SEARCH_SERVICE_DATA_DIR']}" in service["volumes"]


def test_no_secret_stands_in_the_compose_file() -> None:
    for name, service in SERVICES.items():
        for variable, value in service["environment"].items():
            if SECRET_NAME.search(variable):
                assert re.fullmatch(r"\$\{[A-Z_]+:\?[^{}]+\}", value), f"{name}: {variable}"
            assert not re.search(r"://[^/@]*:[^/@]*@", value), f"{name}: {variable} has a password"


def test_the_compose_file_has_nothing_that_must_be_set_without_a_sentence() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    given = {(name, kind): rest for name, kind, rest in VARIABLE.findall(text)}

    assert text.count("${") == len(re.findall(r"\$\{[A-Z_]+:[-?]", text))
    required = {name: sentence for (name, kind), sentence in given.items() if kind == "?"}
    assert set(required) == {"POSTGRES_PASSWORD", "SEARCH_SERVICE_SECRET"}
    assert all(re.match(r"Set [A-Z_]+, .*\.$", sentence) for sentence in required.values())


@pytest.mark.parametrize("name", OURS)
def test_the_settings_that_compose_gives_are_settings(name: str) -> None:
    environment = environment_of(name)
    known = {item.metadata["variable"] for item in Settings.__dataclass_fields__.values()}

    assert set(environment) - known == {"PGPASSWORD"}, "libpq and asyncpg read this one"
    settings = Settings.from_environment(environment)
    assert settings.data_dir == Path("/data")
    assert settings.public_url == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "arguments",
    [
        *(pytest.param(service["command"], id=name) for name, service in OURS.items()),
        pytest.param(json.loads(instructions("CMD")[-1]), id="Dockerfile"),
    ],
)
def test_every_command_is_one_of_the_command_line(arguments: list[str]) -> None:
    name, *options = arguments
    command = cli.commands[name]

    with click.Context(cli) as parent:
        command.make_context(name, list(options), parent=parent)


def test_the_image_starts_the_command_line() -> None:
    assert json.loads(instructions("ENTRYPOINT")[-1]) == ["search-service"]
    assert Path(sys.executable).with_name("search-service").exists()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (None, 1)])
def test_the_images_health_check_asks_the_application(status: int | None, code: int) -> None:
    command = health_check_of_the_image()
    if status is None:
        with answering(200) as port:
            pass  # nobody listens there any more
        assert run(command, SEARCH_SERVICE_PORT=str(port)) == code
    else:
        with answering(status) as port:
            assert run(command, SEARCH_SERVICE_PORT=str(port)) == code


def test_the_health_check_asks_for_a_path_that_the_application_has() -> None:
    (path,) = re.findall(r"%s(/[\w/]+)", health_check_of_the_image()[-1])

    assert path in {route.path for route in create_app(Settings()).routes}


def test_the_workers_health_check_asks_for_the_database() -> None:
    form, *command = SERVICES["worker"]["healthcheck"]["test"]
    assert form == "CMD"

    with answering(200) as port:
        here = [part.replace("('db', 5432)", f"('127.0.0.1', {port})") for part in command]
        assert here != command
        assert run(here) == 0
    assert run(here) == 1


@pytest.mark.parametrize("name", OURS)
def test_a_service_starts_and_stops_as_compose_does_it(
    name: str, database_url: str, tmp_path: Path
) -> None:
    with answering(200) as port:
        pass  # free now
    environment = environment_of(name) | {
        "DATABASE_URL": database_url,
        "SEARCH_SERVICE_DATA_DIR": str(tmp_path / "data"),
        "SEARCH_SERVICE_HOST": "127.0.0.1",
        "SEARCH_SERVICE_PORT": str(port),
        "PATH": os.environ["PATH"],
    }
    program = [str(Path(sys.executable).with_name("search-service")), *SERVICES[name]["command"]]
    log = tmp_path / "log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            program, env=environment, cwd=tmp_path, stdout=output, stderr=output
        ) as process,
    ):
        try:
            wait_until_up(name, port, process, log)
            process.send_signal(signal.SIGTERM)
            # uvicorn raises the signal again once it has shut down.
            assert process.wait(30) in {0, -signal.SIGTERM}, log.read_text()
        finally:
            process.kill()


def wait_until_up(name: str, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        if name == "app" and run(health_check_of_the_image(), SEARCH_SERVICE_PORT=str(port)) == 0:
            return
        if name == "worker" and "Reading what is uploaded" in log.read_text():
            return
        time.sleep(0.2)
    pytest.fail(f"{name} did not come up:\n{log.read_text()}")


def test_the_image_is_built_from_the_lock_without_tools_for_development() -> None:
    syncs = [line for line in instructions("RUN") if "uv sync" in line]

    assert len(syncs) == 2
    assert all("--locked" in line and "--no-dev" in line for line in syncs)
    assert all(image.split()[0] == "python:3.11-slim" for image in instructions("FROM"))
    assert instructions("ARG") == []


def test_what_the_image_copies_exists_and_is_sent_to_the_builder() -> None:
    admitted = [
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    ]
    copied = {
        source
        for line in instructions("COPY")
        if "--from" not in line
        for source in shlex.split(line)[:-1]
    }

    assert copied == set(admitted), ".dockerignore admits what is copied and nothing else"
    assert all((ROOT / source).exists() for source in copied)
    packages = {"search_service", "extractors", "migrations"}
    assert packages <= copied
    assert not any(fnmatch(".env", pattern) for pattern in admitted)


def test_the_hooks_before_a_commit_are_our_own_tools_only() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    repositories = yaml.safe_load(text)["repos"]
    hooks = [hook for repository in repositories for hook in repository["hooks"]]

    assert {repository["repo"] for repository in repositories} == {"local"}
    assert {hook["language"] for hook in hooks} == {"system"}
    assert all(hook["entry"].startswith(("uv run --locked ", "uv lock ")) for hook in hooks)
    assert {hook["id"] for hook in hooks} >= {
        "ruff-check",
        "ruff-format",
        "mypy",
        "lint-imports",
        "codespell",
        "djlint",
    }


def environment_of(name: str) -> dict[str, str]:
    """Give a service's environment as Compose makes it, with both required variables set."""
    given = {"POSTGRES_PASSWORD": "p@ss/word:", "SEARCH_SERVICE_SECRET": "s" * 32}

    def filled(text: str) -> str:
        while VARIABLE.search(text):
            text = VARIABLE.sub(lambda found: given.get(found[1]) or found[3], text)
        return text

    return {key: filled(text) for key, text in SERVICES[name]["environment"].items()}


def health_check_of_the_image() -> list[str]:
    (line,) = instructions("HEALTHCHECK")
    command: list[str] = json.loads(line.split("CMD", 1)[1])
    return command


def run(command: list[str], **environment: str) -> int:
    assert command[0] == "python"
    here = [sys.executable, *command[1:]]
    finished = subprocess.run(
        here, env=os.environ | environment, capture_output=True, check=False, timeout=30
    )
    return finished.returncode
