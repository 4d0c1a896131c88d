"""What passwords are taken and how they are compared; cheap rounds, real hashing."""

import time

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from search_service.accounts.passwords import Comparison, Passwords, check_new_password
from search_service.errors import InvalidInputError

pytestmark = pytest.mark.anyio
CHEAP = Passwords(rounds=4)


async def test_a_password_matches_its_own_hash_only() -> None:
    stored = await CHEAP.hash("correct horse")

    assert stored.startswith("$2b$04$")
    assert await CHEAP.compare("correct horse", stored) == Comparison(matches=True)
    assert await CHEAP.compare("correct house", stored) == Comparison(matches=False)


@pytest.mark.parametrize("password", ["a" * 72, "é" * 36, "漢" * 24])
def test_72_bytes_are_taken(password: str) -> None:
    check_new_password(password)


@pytest.mark.parametrize("password", ["a" * 73, "é" * 37, "漢" * 25, "😀" * 19])
def test_more_than_72_bytes_are_refused_not_cut(password: str) -> None:
    with pytest.raises(InvalidInputError, match="at most 72") as caught:
        check_new_password(password)
    assert password not in str(caught.value)


async def test_a_password_with_the_same_first_72_bytes_does_not_match() -> None:
    stored = await CHEAP.hash("a" * 72)

    assert not (await CHEAP.compare("a" * 73, stored)).matches


def test_fewer_than_ten_characters_are_refused() -> None:
    check_new_password("a" * 10)
    with pytest.raises(InvalidInputError, match="at least 10"):
        check_new_password("漢" * 9)


def test_a_nul_character_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="NUL"):
        check_new_password("long enough\0hidden")


async def test_both_ways_of_typing_an_accent_are_one_password() -> None:
    stored = await CHEAP.hash("e\u0301t\u00e9 comme hiver")

    assert (await CHEAP.compare("\u00e9te\u0301 comme hiver", stored)).matches


async def test_half_a_surrogate_pair_is_compared_not_crashed_on() -> None:
    assert not (await CHEAP.compare("\ud800", await CHEAP.hash("correct horse"))).matches


async def test_an_argon2_hash_matches_and_is_replaced() -> None:
    stored = Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1).hash("correct horse")

    compared = await CHEAP.compare("correct horse", stored)

    assert compared.matches
    assert compared.replacement is not None
    assert compared.replacement.startswith("$2b$")
    assert (await CHEAP.compare("correct horse", compared.replacement)).matches


async def test_a_long_password_of_an_argon2_hash_keeps_that_hash() -> None:
    stored = Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1).hash("x" * 100)

    assert await CHEAP.compare("x" * 100, stored) == Comparison(matches=True)
    assert not (await CHEAP.compare("x" * 101, stored)).matches


async def test_a_weaker_bcrypt_hash_is_replaced() -> None:
    compared = await Passwords(rounds=5).compare("correct horse", await CHEAP.hash("correct horse"))

    assert compared.replacement is not None
    assert compared.replacement.startswith("$2b$05$")


@pytest.mark.parametrize("stored", [None, "", "plain", "$1$md5$whatever"])
async def test_no_password_matches_an_unknown_account_or_an_unreadable_hash(
    stored: str | None,
) -> None:
    assert not (await CHEAP.compare("correct horse", stored)).matches


async def test_an_unknown_account_takes_as_long_as_a_known_one() -> None:
    slower = Passwords(rounds=9)
    stored = await slower.hash("correct horse")

    async def fastest_s(candidate: str | None, password: str) -> float:
        times = []
        for _ in range(5):
            # The processor's time: what else the machine does is no difference between the two.
            start = time.process_time()
            await slower.compare(password, candidate)
            times.append(time.process_time() - start)
        return min(times)

    known = await fastest_s(stored, "wrong password")
    for candidate, password in ((None, "wrong password"), (stored, "w" * 200), ("x", "wrong one")):
        assert await fastest_s(candidate, password) > known / 2


def test_a_comparison_does_not_show_the_hash() -> None:
    assert "replacement" not in repr(Comparison(matches=True))
