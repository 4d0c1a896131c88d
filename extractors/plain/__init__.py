"""Text without a layout: plain text, Markdown and HTML; headings make the pages."""

from extractors.plain.extractor import extract

__all__ = ["extract"]
