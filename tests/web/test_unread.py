"""The review of a file of which nothing could be read."""

import io

import pytest
from playwright.async_api import FilePayload, Page, expect
from reportlab.pdfgen import canvas

from tests.web.conftest import sign_in

pytestmark = [pytest.mark.anyio, pytest.mark.browser]


def _locked() -> bytes:
    buffer = io.BytesIO()
    sheet = canvas.Canvas(buffer, encrypt="secret")
    sheet.drawString(72, 700, "Nobody reads this")
    sheet.save()
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (_locked(), "The file opens only with a password. Save a copy without one"),
        (b"%PDF-1.4\n" + b"garbage" * 50, "The file is damaged. Open it in the program"),
    ],
    ids=["locked", "damaged"],
)
async def test_an_unreadable_file_is_told_once_and_offers_another_file_alone(
    page: Page, data: bytes, why: str
) -> None:
    await sign_in(page, "petra")
    await page.goto("/upload")
    file = FilePayload(name="unreadable.pdf", mimeType="application/pdf", buffer=data)
    await page.locator("input[type=file]").set_input_files([file])
    await page.get_by_role("link", name="Review").click()
    main = page.get_by_role("main")
    await expect(main.get_by_role("heading", name="Nothing could be read")).to_be_visible()
    await expect(main.get_by_text(why)).to_have_count(1)
    for never in ("0 pages", "What was read", "Acknowledge", "Send to review", "Publish"):
        await expect(main.get_by_text(never, exact=True)).to_have_count(0)
    await main.get_by_role("link", name="Upload another file").click()
    await expect(page.get_by_role("heading", name="Upload a newer file")).to_be_visible()
