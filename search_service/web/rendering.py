"""Turns a template and its values into an answer; knows what every page has around it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from litestar import MediaType, Request
from litestar.datastructures import Cookie
from litestar.response import Redirect, Response

from search_service.accounts import policy
from search_service.accounts.policy import Principal
from search_service.serving import csrf
from search_service.serving.authentication import caller_of, session_secret_of
from search_service.web.templating import environment

FLASH_COOKIE = "flash"
FLASH_LIFE_S = 60
# Pages show what one person may see; shared caches and the next user of a browser must not.
HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Cookie, HX-Request, HX-Target"}

WebRequest = Request[Any, Any, Any]
Page = Response[str]


class Flash(StrEnum):
    """What the next page says once; only these words, as a cookie can be written by anybody."""

    SAVED = "Saved."
    SIGNED_OUT = "You are signed out."
    SENT_TO_REVIEW = "Sent to review."
    PUBLISHED = "Published: everybody can find it now."
    ARCHIVED = "Archived: it is no longer found by sales."
    DRAFT = "It is a draft again."
    CORRECTED = "Corrected: search finds the page as it stands here."
    PAGE_HIDDEN = "Hidden: nobody finds this page any more. It stays in the file."
    PAGE_SHOWN = "Shown: the page is found again."
    UNDONE = "Undone."
    ACKNOWLEDGED = "Acknowledged, for this file."
    ACCEPTED = "Accepted: what was read counts as reviewed."
    NEWER_FILE = "The file is safe. It is the present version once it has been read."
    DELETED = "Deleted: nobody finds it any more. It can be restored for 30 days."
    RESTORED = "Restored: it is as it was."
    REPORTED = "Reported: its owner has it on the list."
    STILL_RIGHT = "Noted: its next review is in half a year."
    HANDED_OVER = "Handed over."
    RESOLVED = "Resolved."
    SAME_FILE = "This is the file of the newest version already."
    READING_AGAIN = "The file is being read again."
    CANCELLED = "Cancelled: nothing of that file was kept."
    PAUSED = "Paused: no further file is read until you let it go on."
    RESUMED = "The queue goes on."


@dataclass(frozen=True, slots=True)
class Shell:
    """What stands around a page: who is signed in, what they may do, what was just done."""

    name: str
    role: str
    signed_in: bool
    may_upload: bool
    csrf_token: str
    flash: str
    section: str


def page(
    request: WebRequest, template: str, section: str, status_code: int = 200, **values: Any
) -> Page:
    """Give a whole page; `section` is the entry of the navigation that it belongs to."""
    shell = shell_of(request, section)
    answer = _rendered(template, status_code, {"shell": shell, **values})
    if shell.flash:
        answer.delete_cookie(FLASH_COOKIE)
    return answer


def fragment(request: WebRequest, template: str, status_code: int = 200, **values: Any) -> Page:
    """Give a piece of a page for htmx."""
    return _rendered(template, status_code, {"shell": shell_of(request, ""), **values})


def piece(template: str, **values: Any) -> str:
    """Give the text of a piece of a page that shows nothing of who asks."""
    return environment().get_template(template).render(values)


def redirect(path: str, flash: Flash | None = None) -> Redirect:
    """Send the browser to a path of our own, by GET, with a word for the page there."""
    answer = Redirect(path, status_code=303)
    if flash is not None:
        answer.set_cookie(
            Cookie(
                key=FLASH_COOKIE,
                value=flash.name,
                max_age=FLASH_LIFE_S,
                httponly=True,
                samesite="lax",
            )
        )
    return answer


def shell_of(request: WebRequest, section: str) -> Shell:
    """Give what stands around a page, also where nobody is signed in."""
    principal = known_principal(request)
    secret = session_secret_of(request)
    flash = request.cookies.get(FLASH_COOKIE, "")
    return Shell(
        name=principal.full_name or principal.email,
        role=_role(principal),
        signed_in=principal is not policy.NOBODY,
        may_upload=policy.may_upload(principal),
        csrf_token=csrf.token_for(request, secret) if secret else "",
        flash=Flash[flash].value if flash in Flash.__members__ else "",
        section=section,
    )


def known_principal(request: WebRequest) -> Principal:
    """Give who was let in; NOBODY on a public page that did not ask `find_identity`."""
    try:
        return caller_of(request).principal
    except KeyError:
        return policy.NOBODY


def wants_fragment(request: WebRequest, target: str) -> bool:
    """Tell whether htmx asks for the piece that replaces the element `target`."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-History-Restore-Request") != "true"
        and headers.get("HX-Target") == target
    )


def _rendered(template: str, status_code: int, values: dict[str, Any]) -> Page:
    text = environment().get_template(template).render(values)
    return Response(text, media_type=MediaType.HTML, status_code=status_code, headers=HEADERS)


def _role(principal: Principal) -> str:
    if policy.is_admin(principal):
        return "Administrator"
    return {"pmm": "Product marketing", "sales": "Sales"}.get(principal.role or "", "")
