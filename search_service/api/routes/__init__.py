"""Handlers by resource; each is a short way from a request to one call of an inner package."""
