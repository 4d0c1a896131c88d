from extractors.limits import Limits


def test_processor_time_grows_with_every_hundred_pages_begun() -> None:
    limits = Limits()
    assert [limits.cpu_s(pages) for pages in (0, 1, 100, 101, 250)] == [20, 20, 20, 40, 60]


def test_processor_time_stops_at_the_cap_on_pages() -> None:
    assert Limits(pages=300).cpu_s(50_000) == 60
