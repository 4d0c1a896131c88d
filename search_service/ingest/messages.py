"""What a refusal code means to the person who uploaded: what happened, and what to do next."""

from collections.abc import Mapping
from types import MappingProxyType

from extractors.types import Code

_REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        Code.PASSWORD_REQUIRED: "The file opens only with a password. Save a copy without one and "
        "upload that.",
        Code.UNSUPPORTED_TYPE: "This kind of file cannot be read. Upload a PDF, a PowerPoint deck "
        "(PPTX), or plain text, Markdown or HTML.",
        Code.EMPTY_FILE: "The file is empty. Check that it was exported in full and upload it "
        "again.",
        Code.DAMAGED: "The file is damaged. Open it in the program that made it, save a new copy "
        "and upload that.",
        Code.TOO_LARGE: "The file holds more than can be read. Split it or compress its pictures, "
        "then upload it again.",
        Code.TOO_MANY_PAGES: "The file has more pages than can be read. Split it into parts.",
        Code.TIME_LIMIT: "Reading the file took too long. Save it anew, or as PDF, and upload "
        "that.",
        Code.MEMORY_LIMIT: "Reading the file needs too much memory. Save it anew, or as PDF, and "
        "upload that.",
        Code.CONVERTER_MISSING: "Only LibreOffice reads this format, and the service has none. "
        "Save the file as PPTX or PDF and upload that, or have LibreOffice Impress installed "
        "(Debian: apt-get install libreoffice-impress) and the file read again.",
        Code.PARSER_CRASHED: "The file cannot be read: the reader stopped on it. Save it anew, or "
        "as PDF, and upload that.",
        Code.UNREADABLE_FILE: "The original is not readable in the file store. Tell whoever runs "
        "the service, or upload the file again.",
    }
)
AWAY = (
    "Something of the service was away while the file was read. Have it read again; the file "
    "itself is safe."
)
TRIED_AGAIN = "Something of the service was away; the file is read again in a moment."


def documented() -> str:
    """Give every code that a reading may end with and what it means, as Markdown."""
    told = {code: f"{message}" for code, message in _REFUSALS.items()}
    others = {
        "cancelled": "Somebody cancelled it, or its material was deleted or given a newer file.",
        "internal_error": "The service failed on the file by a fault of its own.",
    }
    return "\n".join(f"- `{code}`: {message}" for code, message in (told | others).items())


def fault(job_id: int) -> str:
    """Give the sentences for a job that ended by a mistake in the service."""
    return (
        "The service failed on this file by a fault of its own. Tell whoever runs it to look for "
        f"job {job_id} in its log; the file itself is safe, and can be read again afterwards."
    )


def refusal(code: str | None) -> str:
    """Give the sentences for a file that was refused."""
    return _REFUSALS.get(code or "", "The file could not be read. Save it anew and upload that.")


def partial(code: str | None, places: str) -> str:
    """Give the sentences for a file of which only a part was read; `places` names what was not."""
    what = f"Not read in full: {places}." if places else "Not everything in it could be read."
    return f"{what} {_REFUSALS.get(code or '', '')}".strip()
