import pytest

from extractors.addresses import may_be_sent, without_path


@pytest.mark.parametrize(
    "address",
    ["https://example.com/a", "HTTP://example.com", "mailto:sales@example.com", "tel:112"],
)
def test_public_addresses_may_be_sent(address: str) -> None:
    assert may_be_sent(address)


@pytest.mark.parametrize(
    "address",
    [
        "file:///C:/Users/jane/plan.xlsx", r"C:\plan.xlsx", r"\\server\share\plan.xlsx",
        "../plan.xlsx", "plan.xlsx", "/home/jane/plan", "javascript:alert(1)", "",
        "https://acme-my.sharepoint.com/personal/jane_acme_com/plan.xlsx", "http://localhost:8080/",
    ],
)  # fmt: skip
def test_addresses_of_somebodys_own_machine_or_drive_may_not(address: str) -> None:
    assert not may_be_sent(address)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        (r"C:\Users\jane\logo.png", "logo.png"),
        (r"\\server\jane\logo.png", "logo.png"),
        ("file:///home/jane/logo.png", "logo.png"),
        ("/Users/jane/logo.png", "logo.png"),
        ("A chart: revenue and/or cost", "A chart: revenue and/or cost"),
        ("Picture 3", "Picture 3"),
    ],
)
def test_a_name_keeps_no_path(name: str, plain: str) -> None:
    assert without_path(name) == plain
