"""PowerPoint's open formats, transitional and strict, read from the package itself."""

from extractors.pptx.deck import extract

__all__ = ["extract"]
