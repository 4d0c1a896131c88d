"""Uploaded originals, kept by the hash of their content."""
