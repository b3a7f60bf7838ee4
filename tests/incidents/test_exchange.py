"""One token turned into a better one: known incidents of token exchange and of signed requests."""

from typing import Any

import jwt
import pytest
from django.test import Client

from access.models import Resource, TokenHeaderType
from access.services.resources import update_resource
from applications.models import Application
from applications.services.applications import create_application
from common.actors import SYSTEM
from identity.models import User
from identity.services.users import delete_user, set_user_suspended
from oidc.keys.signing import sign_jwt
from tests.oidc.tokens.exchanging import (
    ACCESS_TOKEN,
    IMPERSONATION,
    JWT,
    PERSONAL,
    exchange,
    make_exchanger,
    personal_token,
    subject_token,
)
from tests.oidc.tokens.parties import API, CHALLENGE, REDIRECT_URI, Party
from tests.oidc.tokens.proofs import Key, assertion_of, key_set

ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"


def refused(answer: Any) -> bool:
    return bool((answer.status_code, answer.json()["error"]) == (400, "invalid_grant"))


@pytest.fixture
def exchanger(alice: User) -> Party:
    """The tenant's own application that may exchange tokens."""
    return make_exchanger()


def test_a_third_partys_token_is_upgraded_by_the_tenants_own_application(
    exchanger: Party, spa: Party, alice: User, api: Resource
) -> None:
    """What a user let a third party's application have, no more, must not become all that the user may do."""
    tokens = spa.sign_in(alice, resources={API: "read:things"})
    for_api = spa.refresh(tokens["refresh_token"], resource=API).json()["access_token"]
    assert exchange(exchanger, tokens["access_token"]).status_code == 200
    Application.objects.filter(id=spa.id).update(is_third_party=True)
    for token in (tokens["access_token"], for_api):
        assert refused(exchange(exchanger, token, resource=API, scope="read:things write:things"))
        assert refused(exchange(exchanger, subject_token(alice), actor_token=token, actor_token_type=ACCESS_TOKEN)), (
            "nor does it act for somebody"
        )


def test_a_token_of_the_general_type_is_upgraded(exchanger: Party, spa: Party, alice: User, api: Resource) -> None:
    """`typ: JWT`, which an API may have its tokens say, opens no second way: every rule of `at+jwt` holds.

    Whose application it is, the key it is bound to, and that the API wants this type still.
    """
    update_resource(api, access_token_header_type=TokenHeaderType.JWT, actor=SYSTEM)
    token = spa.token_for(alice, API)
    assert exchange(exchanger, token, JWT, resource=API).status_code == 200
    claims = jwt.decode(token, options={"verify_signature": False})
    bound = sign_jwt({**claims, "cnf": {"jkt": "a key that is not proven"}}, typ="JWT")
    for kind in (JWT, ACCESS_TOKEN):
        assert refused(exchange(exchanger, bound, kind, resource=API))
    Application.objects.filter(id=spa.id).update(is_third_party=True)
    assert refused(exchange(exchanger, token, JWT, resource=API))
    Application.objects.filter(id=spa.id).update(is_third_party=False)
    update_resource(api, access_token_header_type=TokenHeaderType.AT_JWT, actor=SYSTEM)
    for kind in (JWT, ACCESS_TOKEN):
        assert refused(exchange(exchanger, token, kind, resource=API))


def test_a_third_party_exchanges_nothing(spa: Party, alice: User) -> None:
    third_party = make_exchanger(is_third_party=True)
    answer = exchange(third_party, spa.sign_in(alice)["access_token"])
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("kind", [ACCESS_TOKEN, ID_TOKEN, JWT, IMPERSONATION, PERSONAL])
def test_an_id_token_is_exchanged_for_access(exchanger: Party, spa: Party, alice: User, kind: str) -> None:
    """It says who somebody is to one application, and every front end has one."""
    assert refused(exchange(exchanger, spa.sign_in(alice)["id_token"], kind))


@pytest.mark.parametrize("kind", [ACCESS_TOKEN, JWT, IMPERSONATION, PERSONAL])
def test_a_refresh_token_is_exchanged_for_access(exchanger: Party, spa: Party, alice: User, kind: str) -> None:
    assert refused(exchange(exchanger, spa.sign_in(alice)["refresh_token"], kind))


@pytest.mark.parametrize("end", ["suspended", "deleted"])
def test_a_user_who_is_out_is_minted_tokens(exchanger: Party, spa: Party, alice: User, api: Resource, end: str) -> None:
    tokens = spa.sign_in(alice, resources={API: "read:things"})
    for_api = spa.refresh(tokens["refresh_token"], resource=API).json()["access_token"]
    held = {subject_token(alice): IMPERSONATION, personal_token(alice): PERSONAL, for_api: ACCESS_TOKEN}
    if end == "suspended":
        set_user_suspended(alice, suspended=True, actor=SYSTEM)
    else:
        delete_user(alice, actor=SYSTEM)
    for token, kind in held.items():
        assert refused(exchange(exchanger, token, kind, resource=API, scope="read:things"))


def test_a_machines_token_stands_for_nobody(exchanger: Party, machine: Party, api: Resource) -> None:
    assert refused(exchange(exchanger, machine.credentials(resource=API).json()["access_token"]))


def test_what_a_client_signed_for_one_purpose_serves_another(client: Client, alice: User) -> None:
    """One key signs assertions, proofs and requests: none of them passes for one of the others."""
    key = Key()
    signing = create_application(
        name="Bank",
        type="Traditional",
        oidc_client_metadata={"redirectUris": [REDIRECT_URI], "postLogoutRedirectUris": []},
        custom_client_metadata={"tokenEndpointAuthMethod": "private_key_jwt", "jwks": key_set(key)},
        actor=SYSTEM,
    )
    parameters = {
        "client_id": signing.id,
        "redirect_uri": REDIRECT_URI,
        "response_type": "code",
        "scope": "openid",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    request = key.request_object(signing.id, parameters)
    assertion = key.assertion(signing.id, **parameters)
    body = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": signing.id}
    assert client.post("/oidc/token", {**body, **assertion_of(request)}).json()["error"] == "invalid_client"
    assert client.post("/oidc/token", {**body, **assertion_of(assertion)}).json()["error"] == "invalid_grant"
    for text in (assertion, key.proof("GET", "http://localhost:8000/oidc/auth", **parameters)):
        answer = client.get("/oidc/auth", {"client_id": signing.id, "request": text})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request_object")
    answer = client.get("/oidc/auth", {"client_id": signing.id, "request": request})
    assert answer.status_code == 303


def test_a_signed_request_is_sent_as_somebody_elses(client: Client, alice: User) -> None:
    """Two applications with one key, as of one vendor: what one signed is not the other's request."""
    key = Key()
    one, two = (
        create_application(
            name=name,
            type="SPA",
            oidc_client_metadata={"redirectUris": [REDIRECT_URI], "postLogoutRedirectUris": []},
            custom_client_metadata={"jwks": key_set(key)},
            actor=SYSTEM,
        )
        for name in ("One", "Two")
    )
    parameters = {"client_id": one.id, "redirect_uri": REDIRECT_URI, "response_type": "code", "scope": "openid"}
    answer = client.get("/oidc/auth", {"client_id": two.id, "request": key.request_object(one.id, parameters)})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request_object")
