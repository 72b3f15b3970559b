from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from meguri.access.authentication import PASSWORD_CACHE_SECONDS, Authenticator, SignInLimits
from meguri.access.credentials import HOME_TOKEN, hash_secret
from meguri.access.limits import RateLimit
from meguri.access.model import Member, Principal
from meguri.access.service import SESSION_DAYS, Access
from meguri.core.errors import AlreadyExists, Conflict, Forbidden, Invalid, LimitExceeded, NotFound, Unauthenticated
from meguri.core.ids import new_id
from meguri.testing.ledger import Ledger, SettableClock

PASSWORD = "correct horse battery"
HERE: dict[str, str] = {"user_agent": "a browser", "address": "10.0.0.7"}


class Now:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def access(ledger: Ledger) -> Access:
    made = Access(ledger.db, ledger.events, ledger.projects, ledger.clock, new_id)
    made.prepare()
    with ledger.db.write() as tx:
        for name in ("bikes", "taxis"):
            ledger.projects.ensure(tx, name)
    return made


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def authenticator(access: Access, now: Now) -> Authenticator:
    return Authenticator(
        access, "the home's token", attempts=SignInLimits(RateLimit("attempts", 0.1, 3, now), RateLimit("attempts", 0.1, 5, now)), now=now
    )


def bearer(secret: str) -> str:
    return f"Bearer {secret}"


def basic(user: str, password: str) -> str:
    import base64

    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def who(authenticator: Authenticator, authorization: str) -> Principal:
    return authenticator.authenticate(authorization, "10.0.0.7")


def history(ledger: Ledger) -> list[tuple[str, str, str]]:
    with ledger.db.read() as tx:
        return [(event.kind, event.subject, event.actor) for event in ledger.events.list(tx) if event.kind != "project.created"]


def test_every_home_has_its_admin_whom_nobody_can_remove(access: Access) -> None:
    access.prepare()
    assert [(each.name, each.is_admin, each.has_password) for each in access.list_users()] == [("admin", True, False)]
    for change in (
        lambda: access.delete_user("admin"),
        lambda: access.set_disabled("admin", disabled=True),
        lambda: access.set_admin("admin", is_admin=False),
    ):
        with pytest.raises(Conflict):
            change()


def test_the_home_token_is_the_admins(authenticator: Authenticator) -> None:
    assert authenticator.find("Bearer the home's token") == HOME_TOKEN
    assert who(authenticator, "bearer  the home's token ") == HOME_TOKEN
    for wrong in ("Bearer the home's toke", "Bearer", "", "Basic ???", "Negotiate abc", "Bearer ses_nope", "Bearer meguri_nope"):
        with pytest.raises(Unauthenticated):
            who(authenticator, wrong)


def test_a_session_lasts_until_it_ends_or_expires(access: Access, authenticator: Authenticator, clock: SettableClock, now: Now) -> None:
    code = access.create_login_code("admin")
    opened = access.sign_in_with_code(code.code, **HERE)
    principal = who(authenticator, bearer(opened.secret))
    assert (principal.kind, principal.user, principal.is_admin, principal.actor) == ("session", "admin", True, "user:admin")
    assert [(each.user_agent, each.address, each.is_current) for each in access.list_sessions(principal)] == [
        ("a browser", "10.0.0.7", True)
    ]
    clock.advance(SESSION_DAYS * 86_400)
    with pytest.raises(Unauthenticated):
        who(authenticator, bearer(opened.secret))
    assert access.list_sessions(principal) == []


def test_an_ended_session_is_refused_at_once(access: Access, authenticator: Authenticator) -> None:
    opened = access.sign_in_with_code(access.create_login_code("admin").code, **HERE)
    principal = who(authenticator, bearer(opened.secret))
    access.end_session(principal, principal.id)
    assert authenticator.find(bearer(opened.secret)) is None
    with pytest.raises(Unauthenticated):
        who(authenticator, bearer(opened.secret))
    with pytest.raises(NotFound):
        access.end_session(principal, principal.id)


def test_a_session_of_another_user_cannot_be_ended(access: Access, authenticator: Authenticator) -> None:
    access.add_user("kim", password=PASSWORD)
    theirs = access.sign_in_with_code(access.create_login_code("admin").code, **HERE)
    kim = who(authenticator, basic("kim", PASSWORD))
    with pytest.raises(NotFound):
        access.end_session(kim, theirs.session.id)


def test_a_code_signs_in_once_and_only_for_minutes(access: Access, clock: SettableClock) -> None:
    code, late = access.create_login_code("admin"), access.create_login_code("admin")
    access.sign_in_with_code(code.code, **HERE)
    clock.advance(11 * 60)
    for refused in (code.code, late.code, "guess"):
        with pytest.raises(Unauthenticated):
            access.sign_in_with_code(refused, **HERE)


def test_no_secret_and_no_password_is_in_the_database(access: Access, ledger: Ledger, tmp_path: Any) -> None:
    access.add_user("kim", password=PASSWORD)
    made = access.create_token(HOME_TOKEN, "kim", "ci", ["write"])
    code = access.create_login_code("kim")
    opened = access.sign_in_with_password("kim", PASSWORD, **HERE)
    if ledger.db.dialect == "sqlite":
        content = b"".join(file.read_bytes() for file in tmp_path.glob("test.db*"))
        assert hash_secret(made.secret).encode() in content
        assert [each for each in (PASSWORD, made.secret, code.code, opened.secret) if each.encode() in content] == []


def test_roles_reach_the_principal_with_the_next_request(access: Access, authenticator: Authenticator) -> None:
    access.add_user("kim", password=PASSWORD)
    assert who(authenticator, basic("kim", PASSWORD)).roles == {}
    access.set_role("bikes", "kim", "editor")
    assert who(authenticator, basic("kim", PASSWORD)).roles == {"bikes": "editor"}
    assert access.list_members("bikes") == [Member("kim", "editor")]
    access.set_role("bikes", "kim", None)
    assert who(authenticator, basic("kim", PASSWORD)).roles == {}
    with pytest.raises(NotFound):
        access.set_role("nope", "kim", "viewer")
    with pytest.raises(Invalid):
        access.set_role("bikes", "kim", "root")


def test_a_right_password_is_remembered_for_a_minute(
    access: Access, authenticator: Authenticator, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    access.add_user("kim", password=PASSWORD)
    who(authenticator, basic("kim", PASSWORD))
    assert authenticator.find(basic("kim", PASSWORD)) is not None
    assert authenticator.find(basic("kim", "another password")) is None
    now.seconds += PASSWORD_CACHE_SECONDS + 1
    assert authenticator.find(basic("kim", PASSWORD)) is None
    assert PASSWORD not in repr(vars(authenticator))


def test_a_changed_password_ends_the_sessions_and_the_former_password(access: Access, authenticator: Authenticator) -> None:
    access.add_user("kim", password=PASSWORD)
    opened = access.sign_in_with_password("kim", PASSWORD, **HERE)
    other = access.sign_in_with_password("kim", PASSWORD, **HERE)
    kim = who(authenticator, bearer(opened.secret))
    with pytest.raises(Forbidden, match="current password is wrong"):
        access.change_password(kim, "a wrong password", "another long password")
    access.change_password(kim, PASSWORD, "another long password")
    assert who(authenticator, bearer(opened.secret)).user == "kim"
    for refused in (bearer(other.secret), basic("kim", PASSWORD)):
        with pytest.raises(Unauthenticated):
            who(authenticator, refused)


def fail(authenticator: Authenticator, name: str, address: str) -> None:
    with pytest.raises(Unauthenticated):
        authenticator.authenticate(basic(name, "a wrong password"), address)


def test_failed_attempts_to_sign_in_are_limited(access: Access, authenticator: Authenticator, now: Now) -> None:
    for name in ("kim", "lee"):
        access.add_user(name, password=PASSWORD)
    for _ in range(3):
        fail(authenticator, "kim", "10.0.0.7")
    for name in ("kim", "lee"):  # from this address, whichever user
        with pytest.raises(LimitExceeded):
            who(authenticator, basic(name, "a wrong password"))
    now.seconds += 10
    assert who(authenticator, basic("kim", PASSWORD)).user == "kim"


def test_a_success_does_not_allow_more_guesses_from_its_address(access: Access, authenticator: Authenticator) -> None:
    access.add_user("own", password=PASSWORD)
    for number in range(3):
        fail(authenticator, "kim", "10.0.0.7")
        access.generation += 1  # forget the password that was right
        if number < 2:
            who(authenticator, basic("own", PASSWORD))
    with pytest.raises(LimitExceeded):
        who(authenticator, basic("kim", "a wrong password"))


def test_guesses_elsewhere_do_not_keep_a_user_out(access: Access, authenticator: Authenticator) -> None:
    access.add_user("kim", password=PASSWORD)
    for _ in range(3):
        fail(authenticator, "kim", "192.0.2.1")
    assert who(authenticator, basic("kim", PASSWORD)).user == "kim"
    access.generation += 1
    for address in ("192.0.2.2", "192.0.2.3"):
        fail(authenticator, "kim", address)
    with pytest.raises(LimitExceeded):  # from everywhere together
        authenticator.authenticate(basic("kim", "a wrong password"), "192.0.2.4")


def test_the_addresses_of_one_ipv6_network_count_as_one(authenticator: Authenticator) -> None:
    for number, name in enumerate(("a", "b", "c")):
        fail(authenticator, name, f"2001:db8::{number}")
    with pytest.raises(LimitExceeded):
        authenticator.authenticate(basic("d", PASSWORD), "2001:db8::ffff:0:0:1")
    fail(authenticator, "d", "2001:db8:0:1::1")
    fail(authenticator, "e", "::ffff:192.0.2.1")
    fail(authenticator, "f", "::ffff:192.0.2.2")


def test_a_disabled_or_deleted_user_is_refused_with_all_tokens_and_sessions(access: Access, authenticator: Authenticator) -> None:
    access.add_user("kim", password=PASSWORD)
    token = access.create_token(HOME_TOKEN, "kim", "ci", ["write"])
    session = access.sign_in_with_password("kim", PASSWORD, **HERE)
    credentials = (bearer(token.secret), bearer(session.secret), basic("kim", PASSWORD))
    for each in credentials[:2]:
        who(authenticator, each)
    access.set_disabled("kim", disabled=True)
    for each in credentials:
        with pytest.raises(Unauthenticated):
            who(authenticator, each)
    with pytest.raises(Conflict):
        access.create_login_code("kim")
    access.set_disabled("kim", disabled=False)
    assert who(authenticator, bearer(token.secret)).user == "kim"
    access.delete_user("kim")
    with pytest.raises(Unauthenticated):
        who(authenticator, bearer(token.secret))
    assert access.list_tokens() == []


def test_a_token_acts_with_its_scopes_its_projects_and_its_users_roles(access: Access, authenticator: Authenticator) -> None:
    access.add_user("kim")
    access.set_role("bikes", "kim", "editor")
    access.set_role("taxis", "kim", "viewer")
    made = access.create_token(HOME_TOKEN, "kim", "ci", ["write"], projects=["bikes"])
    ci = who(authenticator, bearer(made.secret))
    assert made.secret.startswith(made.token.hint) and made.secret.startswith("meguri_")
    assert (ci.may("runs:write", "bikes"), ci.may("deployments:operate", "bikes"), ci.may_see("taxis")) == (True, False, False)
    assert ci.actor == "token:kim/ci"


def test_a_token_expires_and_shows_its_last_use_once_a_minute(
    access: Access, authenticator: Authenticator, clock: SettableClock, now: Now
) -> None:
    start = clock()
    made = access.create_token(HOME_TOKEN, "admin", "ci", ["read"], expires_at=clock() + timedelta(hours=1))
    for seconds in (0, 30, 59):
        clock.set(start + timedelta(seconds=seconds))
        now.seconds += 20  # what was remembered has run out
        who(authenticator, bearer(made.secret))
        assert access.list_tokens("admin")[0].last_used_at == start
    clock.set(start + timedelta(seconds=61))
    now.seconds += 20
    who(authenticator, bearer(made.secret))
    assert access.list_tokens("admin")[0].last_used_at == clock()
    clock.set(start + timedelta(hours=1))
    with pytest.raises(Unauthenticated):
        who(authenticator, bearer(made.secret))


def test_rotation_replaces_the_secret_at_once_or_after_an_overlap(
    access: Access, authenticator: Authenticator, clock: SettableClock, now: Now
) -> None:
    first = access.create_token(HOME_TOKEN, "admin", "ci", ["read"])
    second = access.rotate_token(HOME_TOKEN, first.token.id, overlap_seconds=60)
    for each in (first, second):
        assert who(authenticator, bearer(each.secret)).id == first.token.id
    clock.advance(60)
    with pytest.raises(Unauthenticated):
        who(authenticator, bearer(first.secret))
    third = access.rotate_token(HOME_TOKEN, first.token.id)
    for gone in (first, second):
        with pytest.raises(Unauthenticated):
            who(authenticator, bearer(gone.secret))
    assert who(authenticator, bearer(third.secret)).name == "ci"
    access.revoke_token(HOME_TOKEN, first.token.id)
    with pytest.raises(Unauthenticated):
        who(authenticator, bearer(third.secret))


def test_a_user_manages_the_own_tokens_alone(access: Access, authenticator: Authenticator) -> None:
    access.add_user("kim", password=PASSWORD)
    access.set_role("bikes", "kim", "viewer")
    kim = who(authenticator, basic("kim", PASSWORD))
    theirs = access.create_token(HOME_TOKEN, "admin", "ci", ["read"])
    with pytest.raises(Forbidden):
        access.create_token(kim, "admin", "mine", ["admin"])
    for change in (lambda: access.rotate_token(kim, theirs.token.id), lambda: access.revoke_token(kim, theirs.token.id)):
        with pytest.raises(NotFound):
            change()
    with pytest.raises(NotFound):
        access.create_token(kim, "kim", "ci", ["read"], projects=["taxis"])
    access.create_token(kim, "kim", "ci", ["read"], projects=["bikes"])
    with pytest.raises(AlreadyExists):
        access.create_token(kim, "kim", "ci", ["read"])


def test_a_token_made_with_a_limited_token_is_limited_too(access: Access, authenticator: Authenticator) -> None:
    made = access.create_token(HOME_TOKEN, "admin", "ci", ["admin"], projects=["bikes"])
    limited = who(authenticator, bearer(made.secret))
    assert access.create_token(limited, "admin", "next", ["read"]).token.projects == ("bikes",)
    with pytest.raises(NotFound):
        access.create_token(limited, "admin", "more", ["read"], projects=["taxis"])


def test_the_tokens_of_a_project_are_those_with_the_permission(access: Access, ledger: Ledger, clock: SettableClock) -> None:
    access.add_user("kim")
    access.set_role("bikes", "kim", "editor")
    access.set_role("taxis", "kim", "viewer")
    predicts = access.create_token(HOME_TOKEN, "kim", "client", ["predict"], expires_at=clock() + timedelta(hours=1))
    reader = access.create_token(HOME_TOKEN, "kim", "reader", ["read"])
    rotated = access.rotate_token(HOME_TOKEN, predicts.token.id, overlap_seconds=60)

    def allowed(project: str) -> dict[str, Any]:
        with ledger.db.read() as tx:
            found = access.tokens_by_project(tx, reading="endpoints:read", using="endpoints:predict")[project]
        return {each.hash: (each.until, each.may_use) for each in found}

    reads = hash_secret(reader.secret)
    assert allowed("bikes") == {
        hash_secret(rotated.secret): (clock() + timedelta(hours=1), True),
        hash_secret(predicts.secret): (clock() + timedelta(seconds=60), True),
        reads: (None, False),
    }
    assert allowed("taxis") == {reads: (None, False)}
    clock.advance(60)
    assert set(allowed("bikes")) == {hash_secret(rotated.secret), reads}
    access.set_disabled("kim", disabled=True)
    assert allowed("bikes") == {}


def test_every_change_is_an_event_with_its_actor(access: Access, ledger: Ledger) -> None:
    access.add_user("kim", password=PASSWORD)
    access.set_role("bikes", "kim", "viewer")
    made = access.create_token(HOME_TOKEN, "kim", "ci", ["read"])
    access.rotate_token(HOME_TOKEN, made.token.id)
    access.revoke_token(HOME_TOKEN, made.token.id)
    access.set_admin("kim", is_admin=True)
    opened = access.sign_in_with_password("kim", PASSWORD, **HERE)
    with pytest.raises(Unauthenticated):
        access.sign_in_with_password("kim", "a wrong password", **HERE)
    access.end_any_session(opened.session.id)
    access.set_password("kim", "another long password")
    access.create_login_code("kim")
    access.set_disabled("kim", disabled=True)
    access.set_disabled("kim", disabled=False)
    access.delete_user("kim")
    token = made.token.id
    assert history(ledger) == [
        ("user.created", "kim", "system"),
        ("role.changed", "kim", "system"),
        ("token.created", token, "system"),
        ("token.rotated", token, "system"),
        ("token.revoked", token, "system"),
        ("user.changed", "kim", "system"),
        ("session.started", "kim", "user:kim"),
        ("sign_in.failed", "kim", "anonymous"),
        ("session.ended", "kim", "system"),
        ("user.password_changed", "kim", "system"),
        ("login_code.created", "kim", "system"),
        ("user.disabled", "kim", "system"),
        ("user.enabled", "kim", "system"),
        ("user.deleted", "kim", "system"),
    ]


def test_a_job_acts_as_the_one_who_asked_for_it(ledger: Ledger) -> None:
    from meguri.core.actor import acting_as, current_actor

    actors: list[str] = []
    ledger.jobs.register("look", lambda _context, _payload: actors.append(current_actor()))
    ledger.jobs.launch()
    with acting_as("user:kim"), ledger.db.write() as tx:
        ledger.jobs.enqueue(tx, "look", "look:1", project="bikes", payload={})
    with ledger.db.write() as tx:
        ledger.jobs.enqueue(tx, "look", "look:2", project="taxis", payload={})
    while ledger.jobs.start_queued():
        pass
    assert actors == ["user:kim", "system"]
    with ledger.db.read() as tx:
        assert [job.actor for project in ("bikes", "taxis") for job in ledger.jobs.list(tx, project)] == ["user:kim", "system"]


def test_a_limited_token_does_not_reach_a_token_that_allows_more(
    access: Access, authenticator: Authenticator, clock: SettableClock
) -> None:
    access.add_user("kim")
    for project in ("bikes", "taxis"):
        access.set_role(project, "kim", "admin")
    later = clock() + timedelta(hours=2)
    others = {
        "all": access.create_token(HOME_TOKEN, "kim", "all", ["admin"]),
        "taxis": access.create_token(HOME_TOKEN, "kim", "taxis", ["read"], projects=["taxis"]),
        "later": access.create_token(HOME_TOKEN, "kim", "later", ["read"], projects=["bikes"], expires_at=later),
    }
    soon = clock() + timedelta(hours=1)
    made = access.create_token(HOME_TOKEN, "kim", "limited", ["admin"], projects=["bikes"], expires_at=soon)
    limited = who(authenticator, bearer(made.secret))
    for each in others.values():
        for change in (access.rotate_token, access.revoke_token):
            with pytest.raises(NotFound):
                change(limited, each.token.id)
    own = access.create_token(limited, "kim", "next", ["read"], expires_at=later)
    assert own.token.expires_at == soon, "no later than the token that made it"
    assert [each.name for each in access.list_own_tokens(limited)] == ["limited", "next"]
    access.rotate_token(limited, own.token.id)
    access.revoke_token(limited, own.token.id)
    full = who(authenticator, bearer(others["all"].secret))
    assert [each.name for each in access.list_own_tokens(full)] == ["all", "later", "limited", "taxis"]


def test_a_token_with_fewer_scopes_lists_itself_alone(access: Access, authenticator: Authenticator) -> None:
    access.create_token(HOME_TOKEN, "admin", "one", ["predict"])
    made = access.create_token(HOME_TOKEN, "admin", "other", ["predict"])
    assert [each.name for each in access.list_own_tokens(who(authenticator, bearer(made.secret)))] == ["other"]


@pytest.mark.parametrize("minutes", [0, -1, 1_441, float("nan"), float("inf"), 1e300])
def test_a_code_is_for_a_day_at_most(access: Access, minutes: float) -> None:
    with pytest.raises(Invalid, match="minutes"):
        access.create_login_code("admin", minutes=minutes)


def test_tokens_outlive_a_password_unless_asked(access: Access, authenticator: Authenticator) -> None:
    access.add_user("kim", password=PASSWORD)
    other = access.create_token(HOME_TOKEN, "admin", "other", ["read"])
    made = access.create_token(HOME_TOKEN, "kim", "ci", ["read"])
    assert access.set_password("kim", "another long password") == 1
    assert who(authenticator, bearer(made.secret)).user == "kim"
    kim = who(authenticator, basic("kim", "another long password"))
    assert access.change_password(kim, "another long password", PASSWORD, revoke_tokens=True) == 0
    with pytest.raises(Unauthenticated):
        who(authenticator, bearer(made.secret))
    assert who(authenticator, bearer(other.secret)).user == "admin"
