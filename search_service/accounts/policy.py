"""Who may see, change and publish what: pure rules and the one SQL fragment that states them.

It knows no table and no request. `visible_to` is the rule; every statement that reads materials,
passages or counts of them includes `visible_sql`, bound with `visible_binds`.
"""

from dataclasses import dataclass

from sqlalchemy import TextClause, text

from search_service.db.enums import MaterialAudience, MaterialStatus, Role
from search_service.errors import ConflictError, ForbiddenError

SEARCH = "search"
READ = "materials:read"
WRITE = "materials:write"
ADMIN = "admin"
SCOPES = (SEARCH, READ, WRITE, ADMIN)
_GUEST = "guest"  # marks CUSTOMER_FACING_GUEST; not in SCOPES, so that no key can hold it

TRANSITIONS: dict[MaterialStatus, frozenset[MaterialStatus]] = {
    MaterialStatus.DRAFT: frozenset({MaterialStatus.REVIEW}),
    MaterialStatus.REVIEW: frozenset({MaterialStatus.DRAFT, MaterialStatus.PUBLISHED}),
    MaterialStatus.PUBLISHED: frozenset({MaterialStatus.REVIEW, MaterialStatus.ARCHIVED}),
    MaterialStatus.ARCHIVED: frozenset({MaterialStatus.DRAFT}),
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks; `scopes` is None for a person's own session, else the scopes of an API key.

    `role` is None when the column holds NULL or a word that is no Role: least privilege.
    """

    user_id: int | None
    email: str
    full_name: str
    role: Role | None
    is_superuser: bool
    scopes: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Visibility:
    """The rows that may be seen: all, or those of a status and an audience, or an owner's."""

    see_all: bool
    statuses: tuple[str, ...]
    audiences: tuple[str, ...]
    owner_id: int | None


NOBODY = Principal(None, "", "", None, is_superuser=False, scopes=frozenset())
# A chat user without an account, for whom a plugin asks; nothing gives this principal out yet.
CUSTOMER_FACING_GUEST = Principal(
    None, "", "Guest", None, is_superuser=False, scopes=frozenset({SEARCH, _GUEST})
)
# For whom judged queries are searched: a rep, who sees what is published and nothing else.
ANY_REP = Principal(None, "", "Any rep", Role.SALES, is_superuser=False, scopes=frozenset({SEARCH}))
# Whoever runs the command line already holds the database and the files.
LOCAL_ADMINISTRATOR = Principal(
    None, "", "Local administrator", Role.ADMIN, is_superuser=True, scopes=None
)

_ALL_AUDIENCES = tuple(audience.value for audience in MaterialAudience)
_TO_CUSTOMERS = (MaterialAudience.CUSTOMER_FACING.value, MaterialAudience.BOTH.value)
_PUBLISHED = (MaterialStatus.PUBLISHED.value,)
_PAST_DRAFT = tuple(status.value for status in MaterialStatus if status != MaterialStatus.DRAFT)
_NOTHING = Visibility(see_all=False, statuses=(), audiences=(), owner_id=None)
_EVERYTHING = Visibility(see_all=True, statuses=(), audiences=(), owner_id=None)


def visible_to(principal: Principal) -> Visibility:
    """Say which materials exist for the principal; the default is none."""
    if not (has_scope(principal, SEARCH) or has_scope(principal, READ)):
        return _NOTHING
    if is_admin(principal):
        return _EVERYTHING
    if principal.role == Role.PMM:
        return _rows(_PAST_DRAFT, _ALL_AUDIENCES, principal.user_id)
    if principal.role == Role.SALES:
        return _rows(_PUBLISHED, _ALL_AUDIENCES)
    if is_guest(principal):
        return _rows(_PUBLISHED, _TO_CUSTOMERS)
    return _NOTHING


def _rows(
    statuses: tuple[str, ...], audiences: tuple[str, ...], owner_id: int | None = None
) -> Visibility:
    return Visibility(see_all=False, statuses=statuses, audiences=audiences, owner_id=owner_id)


def visible_sql(row: str) -> str:
    """Give the condition for the row alias `row`, which has status, audience and owner_id.

    Its parameters are those of `visible_binds`. A NULL status equals no status and so counts as
    a draft; a NULL owner equals nobody. The arrays are cast, not the columns, so that the cast is
    done once and not for each row.
    """
    if not row.isidentifier():
        raise ValueError(f"{row!r} is no row alias")
    return (
        "(CAST(:see_all AS boolean)"
        f" OR ({row}.status = ANY(CAST(:statuses AS materialstatus[]))"
        f" AND {row}.audience = ANY(CAST(:audiences AS materialaudience[])))"
        f" OR {row}.owner_id = CAST(:owner_id AS integer))"
    )


def visible_binds(principal: Principal) -> dict[str, object]:
    """Give the parameters of `visible_sql`."""
    visibility = visible_to(principal)
    return {
        "see_all": visibility.see_all,
        "statuses": list(visibility.statuses),
        "audiences": list(visibility.audiences),
        "owner_id": visibility.owner_id,
    }


def visible(row: str, principal: Principal) -> TextClause:
    """Give the same condition with its values, for composed SQLAlchemy Core statements."""
    return text(visible_sql(row)).bindparams(**visible_binds(principal))


def is_admin(principal: Principal) -> bool:
    """Tell whether the person is an administrator; says nothing of a key's scopes."""
    return principal.is_superuser or principal.role == Role.ADMIN


def is_guest(principal: Principal) -> bool:
    """Tell whether this is a person without an account, who sees no notes or hidden slides."""
    return principal.user_id is None and _GUEST in (principal.scopes or ())


def has_scope(principal: Principal, scope: str) -> bool:
    return principal.scopes is None or scope in principal.scopes


def may_edit(principal: Principal, owner_id: int | None) -> bool:
    """Tell whether the principal may change a material of this owner."""
    if not has_scope(principal, WRITE):
        return False
    if is_admin(principal):
        return True
    owns = owner_id is not None and owner_id == principal.user_id
    return principal.role == Role.PMM and owns


def may_delete(principal: Principal, owner_id: int | None) -> bool:
    return may_edit(principal, owner_id)


def may_transition(
    principal: Principal, owner_id: int | None, old: MaterialStatus | None, new: MaterialStatus
) -> bool:
    """Tell whether the principal may take a material from `old` (None: a draft) to `new`."""
    return may_edit(principal, owner_id) and new in transitions_from(old)


def may_upload(principal: Principal) -> bool:
    return has_scope(principal, WRITE) and _is_pmm_or_admin(principal)


def may_see_queue(principal: Principal) -> bool:
    return has_scope(principal, READ) and _is_pmm_or_admin(principal)


def may_control_queue(principal: Principal, *, everybody: bool) -> bool:
    """Tell whether the principal may stop the queue for what they asked for, or for all."""
    allowed = is_admin(principal) if everybody else _is_pmm_or_admin(principal)
    return has_scope(principal, WRITE) and allowed


def may_manage_vocabulary(principal: Principal) -> bool:
    """Tell whether the principal may change personas and segments."""
    return has_scope(principal, WRITE) and _is_pmm_or_admin(principal)


def may_see_analytics(principal: Principal) -> bool:
    """Tell whether the principal may read what was searched for, summed up over everybody."""
    return has_scope(principal, READ) and _is_pmm_or_admin(principal)


def may_see_tuning(principal: Principal) -> bool:
    """Tell whether the principal may read synonyms, pins, judgements and ranking weights."""
    return has_scope(principal, READ) and _is_pmm_or_admin(principal)


def may_tune_search(principal: Principal) -> bool:
    return has_scope(principal, WRITE) and _is_pmm_or_admin(principal)


def may_manage_users(principal: Principal) -> bool:
    return has_scope(principal, ADMIN) and is_admin(principal)


def may_manage_keys(principal: Principal, user_id: int) -> bool:
    """Tell whether the principal may make and end API keys of this user; no key makes its like."""
    own_session = principal.scopes is None and principal.user_id == user_id
    return own_session or may_manage_users(principal)


def grantable_scopes(granter: Principal, owner: Principal) -> frozenset[str]:
    """Give the scopes that `granter` may put on a key of `owner`: what both could use."""
    if is_admin(owner):
        usable = frozenset(SCOPES)
    elif owner.role == Role.PMM:
        usable = frozenset({SEARCH, READ, WRITE})
    elif owner.role == Role.SALES:
        usable = frozenset({SEARCH, READ})
    else:
        usable = frozenset()
    return usable if granter.scopes is None else usable & granter.scopes


def may_see_audit(principal: Principal) -> bool:
    return has_scope(principal, ADMIN) and is_admin(principal)


def transitions_from(status: MaterialStatus | None) -> frozenset[MaterialStatus]:
    """Give the statuses that may follow; NULL counts as a draft."""
    return TRANSITIONS[status or MaterialStatus.DRAFT]


def require_scope(principal: Principal, scope: str) -> None:
    if not has_scope(principal, scope):
        raise ForbiddenError(
            f"This API key does not have the scope `{scope}`; use a key that has it, or sign in.",
            scope=scope,
        )


def require_edit(principal: Principal, owner_id: int | None) -> None:
    require_scope(principal, WRITE)
    _require(
        may_edit(principal, owner_id),
        "Only the owner, as a product marketing manager, or an administrator may change this "
        "material; ask one of them.",
    )


def require_delete(principal: Principal, owner_id: int | None) -> None:
    require_scope(principal, WRITE)
    _require(
        may_delete(principal, owner_id),
        "Only the owner, as a product marketing manager, or an administrator may delete this "
        "material; ask one of them.",
    )


def require_transition(
    principal: Principal, owner_id: int | None, old: MaterialStatus | None, new: MaterialStatus
) -> None:
    """Raise ForbiddenError for the wrong person, ConflictError for a step that does not exist."""
    require_edit(principal, owner_id)
    if new not in transitions_from(old):
        now = old or MaterialStatus.DRAFT
        steps = sorted(transitions_from(old))
        raise ConflictError(
            f"A material in {now} cannot become {new}; from there it can go to "
            f"{' or '.join(steps)}.",
            status=now.value,
            allowed=[step.value for step in steps],
        )


def require_report(principal: Principal) -> None:
    """Raise ForbiddenError for whom nobody could ask back."""
    require_scope(principal, READ)
    _require(
        principal.user_id is not None,
        "Only a person with an account may report a material; sign in, then report it.",
    )


def require_upload(principal: Principal) -> None:
    require_scope(principal, WRITE)
    _require(
        may_upload(principal),
        "Only product marketing managers and administrators may upload; ask an administrator "
        "for the role `pmm`.",
    )


def require_see_queue(principal: Principal) -> None:
    require_scope(principal, READ)
    _require(
        may_see_queue(principal),
        "Only product marketing managers and administrators may see the queue of files; ask one of "
        "them.",
    )


def require_control_queue(principal: Principal, *, everybody: bool) -> None:
    require_scope(principal, WRITE)
    _require(
        may_control_queue(principal, everybody=everybody),
        "Only administrators may stop the queue for everybody, and product marketing managers for "
        "their own files; ask one of them.",
    )


def require_manage_vocabulary(principal: Principal) -> None:
    require_scope(principal, WRITE)
    _require(
        may_manage_vocabulary(principal),
        "Only product marketing managers and administrators may change personas and segments; ask "
        "one of them.",
    )


def require_see_analytics(principal: Principal) -> None:
    require_scope(principal, READ)
    _require(
        may_see_analytics(principal),
        "Only product marketing managers and administrators may see what is searched for; ask one "
        "of them.",
    )


def require_see_tuning(principal: Principal) -> None:
    require_scope(principal, READ)
    _require(
        may_see_tuning(principal),
        "Only product marketing managers and administrators may read how search is tuned; ask one "
        "of them.",
    )


def require_tune_search(principal: Principal) -> None:
    require_scope(principal, WRITE)
    _require(
        may_tune_search(principal),
        "Only product marketing managers and administrators may tune search; ask one of them.",
    )


def require_manage_users(principal: Principal) -> None:
    require_scope(principal, ADMIN)
    _require(
        may_manage_users(principal), "Only administrators may manage accounts; ask one of them."
    )


def require_manage_keys(principal: Principal, user_id: int) -> None:
    _require(
        may_manage_keys(principal, user_id),
        "Only the person, signed in, or an administrator may make and end these API keys; ask "
        "one of them.",
    )


def require_see_audit(principal: Principal) -> None:
    require_scope(principal, ADMIN)
    _require(
        may_see_audit(principal), "Only administrators may read the audit log; ask one of them."
    )


def _is_pmm_or_admin(principal: Principal) -> bool:
    return is_admin(principal) or principal.role == Role.PMM


def _require(allowed: bool, refusal: str) -> None:  # noqa: FBT001 - the answer of a may_ function
    if not allowed:
        raise ForbiddenError(refusal)
