"""The demo library: owns an invented provider's files, knows nothing of the service."""

from search_service.cli.demo_library.build import (
    BuiltMaterial,
    DemoLibrary,
    SharedPlacement,
    build_library,
)

__all__ = ["BuiltMaterial", "DemoLibrary", "SharedPlacement", "build_library"]
