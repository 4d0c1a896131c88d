"""The append-only record of who did what to what, from where; it never holds a secret."""
