"""RFC 9449 section 11.1, RFC 7523 section 3 and RFC 9126 section 4 under load: what is good once is good for one."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from common.actors import SYSTEM
from identity.models import User
from identity.services.users import create_user
from oidc.models import UsedProof
from tenants.context import enter_tenant
from tenants.models import Tenant
from tenants.services.tenants import create_tenant
from tests.oidc.authorization.browsing import Browser, answer_of
from tests.oidc.tokens.parties import (
    API,
    ISSUER,
    REDIRECT_URI,
    VERIFIER,
    Party,
    authorize,
    make_api,
    make_application,
    race_parties,
)
from tests.oidc.tokens.proofs import Key, assertion_of, key_set
from tests.spec.rfc9449_dpop.holder import Holder

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def committed(transactional_db: None) -> Iterator[Tenant]:
    tenant = create_tenant("default", name="Default")
    with enter_tenant("default"):
        yield tenant


@pytest.fixture
def alice(committed: Tenant) -> User:
    return create_user(username="alice", actor=SYSTEM)


def outcomes(call: Callable[[Party], Any], application: Any) -> Counter[tuple[int, str]]:
    answers = race_parties(application, call)
    return Counter((answer.status_code, answer.json().get("error", "")) for answer in answers)


def test_one_of_several_uses_of_a_dpop_proof(committed: Tenant) -> None:
    make_api(API)
    application = make_application("MachineToMachine", custom_client_metadata={"allowDpop": True})
    proof = {"DPoP": Key().proof("POST", f"{ISSUER}/token")}
    found = outcomes(lambda party: party.credentials(resource=API, headers=proof), application)
    assert found == {(200, ""): 1, (400, "invalid_dpop_proof"): 5}
    assert UsedProof.objects.count() == 1


def test_one_of_several_uses_at_a_resource(committed: Tenant, alice: User) -> None:
    holder = Holder(make_application("SPA", custom_client_metadata={"allowDpop": True}))
    token = holder.proven(
        grant_type="authorization_code",
        code=authorize(alice, holder.application),
        redirect_uri=REDIRECT_URI,
        code_verifier=VERIFIER,
    ).json()["access_token"]
    headers = {"Authorization": f"DPoP {token}", "DPoP": holder.key.proof("GET", f"{ISSUER}/me", token=token)}
    found = outcomes(lambda party: party.browser.get("/oidc/me", headers=headers), holder.application)
    assert found == {(200, ""): 1, (401, "invalid_dpop_proof"): 5}


def test_one_of_several_uses_of_a_client_assertion(committed: Tenant) -> None:
    make_api(API)
    metadata = {"tokenEndpointAuthMethod": "private_key_jwt", "jwks": key_set(Key())}
    application = make_application("MachineToMachine", custom_client_metadata=metadata)
    body = {**assertion_of(Key().assertion(application.id)), "grant_type": "client_credentials", "resource": API}
    found = outcomes(lambda party: party.browser.post("/oidc/token", body), application)
    assert found == {(200, ""): 1, (401, "invalid_client"): 5}


def test_one_of_several_uses_of_a_request_uri(committed: Tenant, alice: User) -> None:
    party = Party(make_application("SPA"))
    browsers = [Browser() for _ in range(6)]
    for browser in browsers:
        browser.signed_in(party.id, alice, redirect_uri=REDIRECT_URI, scope="openid")
    pushed = browsers[0].request_of(party.id, redirect_uri=REDIRECT_URI, scope="openid")
    query = {"client_id": party.id, "request_uri": party.post("request", **pushed).json()["request_uri"]}

    def come(_: Party) -> dict[str, str]:
        # Who comes after the code was issued finds no reference; who comes at the same time is refused at the end.
        answer = browsers.pop().client.get("/oidc/auth", query)
        return answer.json() if answer.status_code == 400 else answer_of(answer)

    answers = race_parties(party.application, come)
    assert Counter(answer.get("error", "code") for answer in answers) == {"code": 1, "invalid_request_uri": 5}
