import pytest

from extractors.types import Code
from search_service.ingest import messages

OF_OTHERS = {Code.BAD_ARGUMENTS, Code.CANCELLED, Code.NO_SUCH_PAGE}


@pytest.mark.parametrize("code", sorted(set(Code) - OF_OTHERS))
def test_every_refusal_says_what_happened_and_what_to_do(code: Code) -> None:
    message = messages.refusal(code)
    assert message != messages.refusal(None)
    assert message.count(". ") >= 1
    assert message.endswith(".")
    assert "pages 3 and 7" in messages.partial(code, "pages 3 and 7")
    assert messages.partial(code, "").endswith(".")


def test_an_unknown_code_has_an_answer_too() -> None:
    assert messages.refusal("new_code") == messages.refusal(None)
