"""Where `serve` and `demo` listen."""

import socket
from dataclasses import replace

import pytest

from search_service.cli.serve import require_free_port
from search_service.config import Settings
from search_service.errors import ConfigurationError


def test_a_taken_port_is_told_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"127.0.0.1:{port}: .*--port"):
            require_free_port(replace(Settings(), port=port))

    require_free_port(replace(Settings(), port=port))
