"""Reads PDFs, decks and plain documents into pages; knows nothing of the service that uses it."""
