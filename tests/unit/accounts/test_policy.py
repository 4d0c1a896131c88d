"""Who may change what: every role, owner and scope, against rules written down independently."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.accounts import policy
from search_service.accounts.policy import Principal
from search_service.db.enums import MaterialStatus, Role
from search_service.errors import ConflictError, ForbiddenError

ME, OTHER = 7, 8
WRITE_ONLY = frozenset({"materials:write"})
ALL_SCOPES = frozenset(policy.SCOPES)


def person(role: Role | None, scopes: frozenset[str] | None = None) -> Principal:
    return Principal(ME, "me@example.com", "Me", role, is_superuser=False, scopes=scopes)


PRINCIPALS = st.builds(
    Principal,
    user_id=st.sampled_from([None, ME, OTHER]),
    email=st.just(""),
    full_name=st.just(""),
    role=st.sampled_from([None, *Role]),
    is_superuser=st.booleans(),
    scopes=st.none() | st.frozensets(st.sampled_from(policy.SCOPES)),
)


@pytest.mark.parametrize("owner", [ME, OTHER, None])
@pytest.mark.parametrize("role", [None, *Role])
def test_only_owning_pmms_and_administrators_edit_and_delete(
    role: Role | None, owner: int | None
) -> None:
    allowed = role == Role.ADMIN or (role == Role.PMM and owner == ME)

    assert policy.may_edit(person(role), owner) == allowed
    assert policy.may_delete(person(role), owner) == allowed


def test_an_ownerless_material_is_not_owned_by_somebody_without_an_account() -> None:
    assert not policy.may_edit(replace(person(Role.PMM), user_id=None), None)


@pytest.mark.parametrize(("old", "new"), [*product([None, *MaterialStatus], MaterialStatus)])
def test_the_steps_between_statuses(old: MaterialStatus | None, new: MaterialStatus) -> None:
    steps = {
        ("DRAFT", "REVIEW"),
        ("REVIEW", "DRAFT"),
        ("REVIEW", "PUBLISHED"),
        ("PUBLISHED", "REVIEW"),
        ("PUBLISHED", "ARCHIVED"),
        ("ARCHIVED", "DRAFT"),
    }
    exists = (old or "DRAFT", new) in steps

    assert policy.may_transition(person(Role.PMM), ME, old, new) == exists
    assert policy.may_transition(person(Role.ADMIN), None, old, new) == exists
    assert not policy.may_transition(person(Role.PMM), OTHER, old, new)
    assert not policy.may_transition(person(Role.SALES), ME, old, new)


def test_a_missing_step_says_which_steps_there_are() -> None:
    with pytest.raises(ConflictError, match=r"DRAFT cannot become ARCHIVED.*REVIEW") as caught:
        policy.require_transition(person(Role.PMM), ME, None, MaterialStatus.ARCHIVED)

    assert caught.value.details == {"status": "DRAFT", "allowed": ["REVIEW"]}


def test_the_wrong_person_is_refused_before_the_step_is_discussed() -> None:
    with pytest.raises(ForbiddenError):
        policy.require_transition(person(Role.SALES), ME, None, MaterialStatus.ARCHIVED)


@pytest.mark.parametrize("role", [None, *Role])
def test_what_each_role_may_do_beside_materials(role: Role | None) -> None:
    someone = person(role)

    assert policy.may_upload(someone) == (role in {Role.PMM, Role.ADMIN})
    assert policy.may_manage_vocabulary(someone) == (role in {Role.PMM, Role.ADMIN})
    assert policy.may_see_analytics(someone) == (role in {Role.PMM, Role.ADMIN})
    assert policy.may_see_tuning(someone) == (role in {Role.PMM, Role.ADMIN})
    assert policy.may_tune_search(someone) == (role in {Role.PMM, Role.ADMIN})
    assert policy.may_manage_users(someone) == (role == Role.ADMIN)
    assert policy.may_see_audit(someone) == (role == Role.ADMIN)


@given(PRINCIPALS, st.sampled_from([None, ME, OTHER]))
def test_a_key_never_does_more_than_its_user(principal: Principal, owner: int | None) -> None:
    user = replace(principal, scopes=None)

    for may in (
        policy.may_upload,
        policy.may_see_analytics,
        policy.may_see_tuning,
        policy.may_tune_search,
        policy.may_manage_users,
        policy.may_see_audit,
    ):
        assert may(user) or not may(principal)
    assert policy.may_edit(user, owner) or not policy.may_edit(principal, owner)
    assert policy.may_manage_keys(user, ME) or not policy.may_manage_keys(principal, ME)
    assert policy.grantable_scopes(principal, user) <= policy.grantable_scopes(user, user)
    if principal.scopes is not None:
        assert policy.grantable_scopes(principal, user) <= principal.scopes


@given(PRINCIPALS)
def test_each_requirement_refuses_exactly_what_may_not_be(principal: Principal) -> None:
    pairs = (
        (policy.may_upload, policy.require_upload),
        (policy.may_manage_vocabulary, policy.require_manage_vocabulary),
        (policy.may_see_analytics, policy.require_see_analytics),
        (policy.may_see_tuning, policy.require_see_tuning),
        (policy.may_tune_search, policy.require_tune_search),
        (policy.may_manage_users, policy.require_manage_users),
        (policy.may_see_audit, policy.require_see_audit),
    )
    for may, require in pairs:
        if may(principal):
            require(principal)
        else:
            with pytest.raises(ForbiddenError):
                require(principal)


def test_a_key_without_the_scope_is_told_its_name() -> None:
    with pytest.raises(ForbiddenError, match="`materials:write`"):
        policy.require_edit(person(Role.ADMIN, frozenset({"search"})), ME)
    policy.require_edit(person(Role.ADMIN, WRITE_ONLY), ME)


def test_no_key_makes_keys_but_an_administrators() -> None:
    assert policy.may_manage_keys(person(Role.SALES), ME)
    assert not policy.may_manage_keys(person(Role.SALES), OTHER)
    assert not policy.may_manage_keys(person(Role.PMM, ALL_SCOPES), ME)
    assert policy.may_manage_keys(person(Role.ADMIN, ALL_SCOPES), OTHER)


def test_a_key_gets_no_scope_that_its_user_could_not_use() -> None:
    granted = {
        role: policy.grantable_scopes(policy.LOCAL_ADMINISTRATOR, person(role))
        for role in (None, *Role)
    }

    assert granted[None] == frozenset()
    assert granted[Role.SALES] == {"search", "materials:read"}
    assert granted[Role.PMM] == {"search", "materials:read", "materials:write"}
    assert granted[Role.ADMIN] == ALL_SCOPES


def test_no_key_can_pass_for_the_guest() -> None:
    assert not (policy.CUSTOMER_FACING_GUEST.scopes or frozenset()) <= ALL_SCOPES
    assert policy.is_guest(policy.CUSTOMER_FACING_GUEST)
    assert not policy.is_guest(policy.NOBODY)


def test_a_row_alias_cannot_carry_sql() -> None:
    with pytest.raises(ValueError, match="alias"):
        policy.visible_sql("m; DROP TABLE users")
