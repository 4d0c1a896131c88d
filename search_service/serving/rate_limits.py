"""How many requests somebody may make in a minute; counted in this process alone.

A window is fixed, not sliding: one number for each caller. Each process counts for itself, so the
true limit is the stated one times the number of processes.
"""

import time
from dataclasses import dataclass, field

from search_service.errors import TooManyRequestsError

WINDOW_S = 60
# Callers counted at once; above that the oldest window is forgotten first.
MAX_CALLERS = 50_000


@dataclass(frozen=True, slots=True)
class Limit:
    """A named number of requests a minute."""

    name: str
    requests: int


STANDARD = Limit("standard", 1200)
SIGN_IN = Limit("sign-in", 60)
# Of one person by all of their keys and sessions together.
ACCOUNT = Limit("account", 12_000)
# A page of results asks for a picture with each of its slides.
PICTURES = Limit("pictures", 12_000)
LIMITS = {
    STANDARD.name: STANDARD,
    "bulk": Limit("bulk", 12_000),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of a limit, and in how many seconds it begins anew."""

    limit: Limit
    remaining: int
    reset_s: int

    def headers(self) -> dict[str, str]:
        """Give the fields of draft-ietf-httpapi-ratelimit-headers."""
        name = self.limit.name
        return {
            "RateLimit-Policy": f'"{name}";q={self.limit.requests};w={WINDOW_S}',
            "RateLimit": f'"{name}";r={self.remaining};t={self.reset_s}',
        }


@dataclass(slots=True)
class RateLimiter:
    """Counts requests by caller; of one event loop, so that it needs no lock."""

    _windows: dict[str, tuple[float, int]] = field(default_factory=dict)

    def count(self, caller: str, limit: Limit) -> Standing:
        """Count one request of `caller`. Raises TooManyRequestsError above the limit."""
        now = time.monotonic()
        key = f"{limit.name}:{caller}"
        began, used = self._windows.get(key, (now, 0))
        if now - began >= WINDOW_S:
            began, used = now, 0
            self._windows.pop(key, None)  # so that the dictionary is in order of beginning
        reset_s = max(1, round(WINDOW_S - (now - began)))
        if used >= limit.requests:
            raise TooManyRequestsError(
                f"More than {limit.requests} requests in a minute; go on in {reset_s} seconds.",
                reset_s,
                limit=limit.requests,
            )
        self._windows[key] = (began, used + 1)
        if len(self._windows) > MAX_CALLERS:
            del self._windows[next(iter(self._windows))]
        return Standing(limit, limit.requests - used - 1, reset_s)
