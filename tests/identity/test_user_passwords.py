"""A password is checked in constant effort and kept in the current format."""

import hashlib
from contextlib import AbstractContextManager

import pytest

from common.actors import SYSTEM
from identity.models import User
from identity.passwords import HashedPassword, hashing
from identity.services import passwords
from identity.services.passwords import assert_not_same_password, verify_user_password
from identity.services.users import create_user, set_password
from tenants.models import Tenant
from tests.people import PASSWORD
from tests.racing import outcome

pytestmark = pytest.mark.django_db

MD5_OF_PASSWORD = HashedPassword("5f4dcc3b5aa765d61d8327deb882cf99", "MD5")


@pytest.fixture
def decoys(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one with every decoy."""
    run: list[int] = []
    monkeypatch.setattr(passwords, "run_decoy", lambda _password: run.append(1))
    monkeypatch.setattr(hashing, "run_decoy", lambda _password: run.append(1))
    return run


def test_the_right_password_and_no_other(alice: User, decoys: list[int]) -> None:
    assert verify_user_password(alice, PASSWORD)
    assert not verify_user_password(alice, "wrong horse")
    assert decoys == []


def test_nothing_to_check_costs_a_decoy(bob: User, decoys: list[int]) -> None:
    assert not verify_user_password(None, "password")
    assert not verify_user_password(bob, "password")
    assert len(decoys) == 2


def test_a_cheap_imported_format_costs_a_decoy_when_wrong(tenant: Tenant, decoys: list[int]) -> None:
    user = create_user(hashed_password=MD5_OF_PASSWORD, actor=SYSTEM)
    assert not verify_user_password(user, "wrong")
    assert len(decoys) == 1


@pytest.mark.parametrize("guess", ["wrong horse", "pa\u0308ss", "wrong\u00a0horse", "a" * 5000])
@pytest.mark.parametrize("stored", [None, MD5_OF_PASSWORD, "own"])
def test_a_wrong_guess_costs_as_much_whether_or_not_there_is_an_account(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, guess: str, stored: HashedPassword | str | None
) -> None:
    """A password that is not composed is tried in two forms; an unknown account once took half of the time."""
    hashed = hashing.hash_password(PASSWORD) if stored == "own" else stored
    user = create_user(hashed_password=hashed, actor=SYSTEM) if isinstance(hashed, HashedPassword) else None
    spent: list[str] = []
    slot = hashing._hashing_slot

    def counted() -> AbstractContextManager[None]:
        spent.append(guess)
        return slot()

    monkeypatch.setattr(hashing, "_hashing_slot", counted)
    assert not verify_user_password(None, guess)
    for_nobody = len(spent)
    assert not verify_user_password(user, guess)
    assert len(spent) == 2 * for_nobody > 0


def test_an_imported_password_is_stored_again_without_counting_as_changed(tenant: Tenant) -> None:
    user = create_user(hashed_password=MD5_OF_PASSWORD, actor=SYSTEM)
    changed_at = user.password_updated_at
    User.objects.filter(id=user.id).update(is_password_expired=True)
    assert verify_user_password(user, "password")
    user.refresh_from_db()
    assert user.password_encryption_method == "Argon2id"
    assert (user.password_updated_at, user.is_password_expired) == (changed_at, True)
    assert verify_user_password(user, "password")


def test_a_password_of_former_parameters_signs_in_and_is_stored_again(tenant: Tenant) -> None:
    """Hashes of t=2, m=19 MiB are in databases; the account's next sign-in brings them to the present parameters."""
    former = "$argon2id$v=19$m=19456,t=2,p=1$SnfBjxqUp5VRmfkZ5ToTzw$IehLsnJcxv6zqb4B8VonJ2i4XPBtZ2lPYOxy7SSSkoU"
    user = create_user(hashed_password=HashedPassword(former, "Argon2id"), actor=SYSTEM)
    assert not verify_user_password(user, "wrong horse")
    user.refresh_from_db()
    assert user.password_encrypted == former
    assert verify_user_password(user, "walnut tractor 51")
    user.refresh_from_db()
    assert not hashing.needs_rehash(user.password_encrypted or "", "Argon2id")
    assert verify_user_password(user, "walnut tractor 51")


def test_storing_again_does_not_undo_a_change_made_meanwhile(tenant: Tenant) -> None:
    stale = create_user(hashed_password=MD5_OF_PASSWORD, actor=SYSTEM)
    fresh = User.objects.get(id=stale.id)
    set_password(fresh, password="another secret", actor=SYSTEM)
    verify_user_password(stale, "password")
    stale.refresh_from_db()
    assert verify_user_password(stale, "another secret")
    assert not verify_user_password(stale, "password")


def test_a_new_password_must_differ(alice: User, bob: User, tenant: Tenant) -> None:
    imported = create_user(hashed_password=MD5_OF_PASSWORD, actor=SYSTEM)
    assert outcome(lambda: assert_not_same_password(alice, PASSWORD)) == "user.same_password"
    assert outcome(lambda: assert_not_same_password(alice, "another secret")) == "ok"
    assert outcome(lambda: assert_not_same_password(bob, "anything")) == "ok"
    assert outcome(lambda: assert_not_same_password(imported, "password")) == "ok"


@pytest.mark.parametrize(("chosen", "typed"), [("pässwört", "pa\u0308sswo\u0308rt"), ("pa\u0308ss", "päss")])
def test_a_password_is_accepted_in_either_form(tenant: Tenant, chosen: str, typed: str) -> None:
    """Set on one device, typed on another: composed and decomposed letters look alike, and were two passwords."""
    user = create_user(password=chosen, actor=SYSTEM)
    assert verify_user_password(user, typed)
    assert outcome(lambda: assert_not_same_password(user, typed)) == "user.same_password"


@pytest.mark.parametrize("method", ["MD5", "Argon2id"])
def test_an_imported_hash_of_a_decomposed_password_is_stored_again_in_the_prepared_form(
    tenant: Tenant, method: str
) -> None:
    typed = "pa\u0308ss"
    encrypted = (
        hashlib.md5(typed.encode(), usedforsecurity=False).hexdigest()
        if method == "MD5"
        else hashing._hasher().hash(typed.encode())
    )
    user = create_user(hashed_password=HashedPassword(encrypted, method), actor=SYSTEM)
    assert not verify_user_password(user, "päss")
    assert verify_user_password(user, typed)
    user.refresh_from_db()
    assert verify_user_password(user, "päss")
    assert verify_user_password(user, typed)
