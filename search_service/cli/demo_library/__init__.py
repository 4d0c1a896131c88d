"""The demo library: owns the invented provider's decks and documents, knows nothing of the service."""

from search_service.cli.demo_library.build import (
    BuiltMaterial,
    DemoLibrary,
    SharedPlacement,
    build_library,
)

__all__ = ["BuiltMaterial", "DemoLibrary", "SharedPlacement", "build_library"]
