from search_service.search.count_cache import CountCache
from search_service.search.snapshots import Moment

FIRST, LATER, LAST = (Moment("monday", text) for text in ("10:10:", "20:20:", "30:30:"))


def cache_of(most: int = 100) -> CountCache[str, str]:
    return CountCache(most, lambda _, value: len(value))


def test_what_was_read_is_known_for_its_count_alone() -> None:
    cache = cache_of()
    cache.keep(LATER, {"backup": "x", "rare": ""})

    assert cache.known(LATER, ["backup", "cloud", "rare"]) == {"backup": "x", "rare": ""}
    assert cache.known(FIRST, ["backup"]) == {}
    assert cache.known(None, ["backup"]) == {}


def test_an_earlier_count_does_not_take_the_place_of_a_later_one() -> None:
    cache = cache_of()
    cache.keep(LATER, {"backup": "later"})
    cache.keep(FIRST, {"backup": "first"})
    cache.keep(None, {"backup": "none"})
    assert cache.known(LATER, ["backup"]) == {"backup": "later"}

    cache.keep(LAST, {"cloud": "last"})
    assert cache.known(LAST, ["backup", "cloud"]) == {"cloud": "last"}


def test_a_server_that_started_anew_may_have_counted_less() -> None:
    restored = Moment("tuesday", FIRST.snapshot)
    cache = cache_of()
    cache.keep(LATER, {"backup": "later"})
    cache.keep(restored, {"backup": "restored"})

    assert cache.known(restored, ["backup"]) == {"backup": "restored"}
    assert cache.known(LATER, ["backup"]) == {}


def test_what_was_asked_for_last_stays_when_there_is_no_room() -> None:
    cache = cache_of(most=25)
    cache.keep(FIRST, {"backup": "x" * 10, "cloud": "x" * 10})
    cache.known(FIRST, ["backup"])
    cache.keep(FIRST, {"rare": "x" * 10})
    assert set(cache.known(FIRST, ["backup", "cloud", "rare"])) == {"backup", "rare"}


def test_what_is_read_anew_takes_the_place_of_what_was_kept() -> None:
    cache = cache_of(most=25)
    for size in range(1, 11):
        cache.keep(FIRST, {"backup": "x" * size, "cloud": "x" * 10})
    assert cache.known(FIRST, ["backup", "cloud"]) == {"backup": "x" * 10, "cloud": "x" * 10}


def test_with_no_room_nothing_is_kept() -> None:
    cache = cache_of(most=0)
    cache.keep(FIRST, {"backup": "x"})
    assert cache.known(FIRST, ["backup"]) == {}
