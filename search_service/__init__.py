"""Full-text search and retrieval for sales content."""

__version__ = "0.1.0"
