import numpy as np

from search_service.search.list_cache import ListCache, StoredList
from search_service.search.postings import Scored

FIRST, LATER = "10:10:", "20:20:"
BACKUP, CLOUD, RARE = ("en", "backup"), ("en", "cloud"), ("en", "zyx")


def stored(passages: int, depth: int) -> StoredList:
    keys = np.arange(passages)
    return StoredList(Scored(keys, np.ones(passages)), np.ones(1, np.int32), depth)


def test_lists_are_known_for_their_count_alone() -> None:
    cache = ListCache()
    cache.keep(LATER, {BACKUP: stored(3, 8), RARE: None})

    assert set(cache.known(LATER, [BACKUP, CLOUD, RARE], 8)) == {BACKUP, RARE}
    assert cache.known(FIRST, [BACKUP], 8) == {}

    cache.keep(FIRST, {CLOUD: stored(3, 8)})
    assert set(cache.known(LATER, [BACKUP, CLOUD], 8)) == {BACKUP}

    cache.keep("30:30:", {CLOUD: stored(3, 8)})
    assert cache.known(LATER, [BACKUP], 8) == {}


def test_a_list_that_was_cut_is_known_as_deep_as_it_was_read() -> None:
    cache = ListCache()
    cache.keep(FIRST, {BACKUP: stored(8, 8), CLOUD: stored(3, 8)})

    assert set(cache.known(FIRST, [BACKUP, CLOUD], 8)) == {BACKUP, CLOUD}
    assert set(cache.known(FIRST, [BACKUP, CLOUD], 9)) == {CLOUD}
    assert set(cache.known(FIRST, [BACKUP, CLOUD], 2)) == {BACKUP, CLOUD}


def test_the_list_asked_for_last_stays_when_there_is_no_room() -> None:
    cache = ListCache(most_bytes=5_000)
    cache.keep(FIRST, {BACKUP: stored(100, 100), CLOUD: stored(100, 100)})
    cache.known(FIRST, [BACKUP], 100)
    cache.keep(FIRST, {RARE: stored(100, 100)})

    assert set(cache.known(FIRST, [BACKUP, CLOUD, RARE], 100)) == {BACKUP, RARE}


def test_a_list_read_deeper_takes_the_place_of_the_other() -> None:
    cache = ListCache(most_bytes=5_000)
    for depth in (40, 60, 80, 100):
        cache.keep(FIRST, {BACKUP: stored(depth, depth)})
        cache.keep(FIRST, {CLOUD: stored(40, 40)})

    assert set(cache.known(FIRST, [BACKUP, CLOUD], 40)) == {BACKUP, CLOUD}
