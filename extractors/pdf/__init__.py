"""PDF: text, outline and properties through PDFium, and through pypdf where PDFium cannot open."""

from extractors.pdf.extractor import extract

__all__ = ["extract"]
