"""What the text of a transaction's snapshot tells, `xmin:xmax:…` as PostgreSQL writes it."""


def end_of(snapshot: str) -> int:
    """Give the first transaction that had not begun: a later snapshot has no smaller one."""
    return int(snapshot.split(":")[1])
