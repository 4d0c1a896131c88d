import pytest

from search_service.errors import TooManyRequestsError
from search_service.serving import rate_limits
from search_service.serving.rate_limits import Limit, RateLimiter

LIMIT = Limit("test", 2)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("search_service.serving.rate_limits.time.monotonic", lambda: now[0])
    return now


def test_a_caller_is_refused_above_the_limit_and_let_in_a_minute_later(clock: list[float]) -> None:
    limiter = RateLimiter()
    assert limiter.count("a", LIMIT).remaining == 1
    assert limiter.count("a", LIMIT).remaining == 0
    clock[0] += 20
    with pytest.raises(TooManyRequestsError) as refused:
        limiter.count("a", LIMIT)
    assert refused.value.retry_after_s == 40
    clock[0] += 40
    assert limiter.count("a", LIMIT).remaining == 1


def test_callers_are_counted_apart(clock: list[float]) -> None:
    limiter = RateLimiter()
    limiter.count("a", LIMIT)
    assert limiter.count("b", LIMIT).remaining == 1


def test_the_memory_of_callers_is_bounded(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "MAX_CALLERS", 3)
    limiter = RateLimiter()
    for number in range(10):
        limiter.count(str(number), LIMIT)
    assert len(limiter._windows) == 3


def test_the_standing_is_written_as_the_draft_has_it(clock: list[float]) -> None:
    assert RateLimiter().count("a", LIMIT).headers() == {
        "RateLimit-Policy": '"test";q=2;w=60',
        "RateLimit": '"test";r=1;t=60',
    }
