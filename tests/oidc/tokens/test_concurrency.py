"""Two requests at the same moment: threads on PostgreSQL, each with a connection of its own."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from common.actors import SYSTEM
from identity.models import User
from identity.services.users import create_user
from oidc.models import AccessToken, AuthorizationCode, Grant, RefreshToken
from oidc.token import redemption, token_exchange
from oidc.token.issuing import issue_user_access_token, sign_id_token
from tenants.context import enter_tenant
from tenants.models import Tenant
from tenants.services.tenants import create_tenant
from tests.oidc.tokens.exchanging import (
    IMPERSONATION,
    PERSONAL,
    exchange,
    make_exchanger,
    personal_token,
    subject_token,
)
from tests.oidc.tokens.parties import Party, authorize, make_application, race_parties

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def committed(transactional_db: None) -> Iterator[Tenant]:
    tenant = create_tenant("default", name="Default")
    with enter_tenant("default"):
        yield tenant


@pytest.fixture
def spa(committed: Tenant) -> Party:
    return Party(make_application("SPA"))


@pytest.fixture
def alice(committed: Tenant) -> User:
    return create_user(username="alice", actor=SYSTEM)


def test_a_code_is_redeemed_once(spa: Party, alice: User) -> None:
    code = authorize(alice, spa.application)
    answers = race_parties(spa.application, lambda party: party.redeem(code))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: 5}
    assert {answer.json()["error"] for answer in answers if answer.status_code == 400} == {"invalid_grant"}
    assert Grant.objects.get().revoked_at is not None, "the code was used twice"
    assert not AuthorizationCode.objects.exists()


def test_refreshes_within_the_leeway_all_succeed(spa: Party, alice: User) -> None:
    token = spa.sign_in(alice)["refresh_token"]
    answers = race_parties(spa.application, lambda party: party.refresh(token))
    assert [answer.status_code for answer in answers] == [200] * 6
    children = {answer.json()["refresh_token"] for answer in answers}
    assert len(children) == 6
    assert RefreshToken.objects.filter(consumed_at=None).count() == 6
    assert Grant.objects.get().revoked_at is None
    for child in children:
        assert spa.refresh(child).status_code == 200


def test_a_subject_token_is_exchanged_once(committed: Tenant, alice: User) -> None:
    exchanger, token = make_exchanger(), subject_token(alice)
    call = partial(exchange, token=token, kind=IMPERSONATION, scope="openid")
    answers = race_parties(exchanger.application, call)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 400: 5}
    assert {answer.json()["error"] for answer in answers if answer.status_code == 400} == {"invalid_grant"}
    assert AccessToken.objects.count() == 1


def test_a_user_deleted_while_their_token_is_exchanged(
    committed: Tenant, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchanger, token = make_exchanger(), personal_token(alice)

    def delete_then_issue(exchange: Any, **options: Any) -> dict[str, Any]:
        User.objects.all().delete()
        return issue_user_access_token(exchange, **options)

    monkeypatch.setattr(token_exchange, "issue_user_access_token", delete_then_issue)
    answer = exchange(exchanger, token, PERSONAL, scope="openid")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert not AccessToken.objects.exists()


def test_a_revocation_wins_over_refreshes_beside_it(spa: Party, alice: User) -> None:
    token = spa.sign_in(alice)["refresh_token"]
    turn = iter(range(6))

    def call(party: Party) -> Any:
        if next(turn) % 2:
            return party.post("token/revocation", token=token)
        return party.refresh(token)

    answers = race_parties(spa.application, call)
    assert all(answer.status_code in (200, 400) for answer in answers)
    for answer in answers:
        if answer.content and "refresh_token" in answer.json():
            assert spa.refresh(answer.json()["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_user_deleted_meanwhile_is_no_failure_of_ours(
    spa: Party, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the checks and the commit the user goes; the references no longer hold."""
    code = authorize(alice, spa.application)

    def delete_then_sign(exchange: Any) -> dict[str, str]:
        signed = sign_id_token(exchange)
        User.objects.all().delete()
        return signed

    monkeypatch.setattr(redemption, "sign_id_token", delete_then_sign)
    answer = spa.redeem(code)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
