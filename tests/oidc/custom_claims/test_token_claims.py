"""Custom claims in the tokens of every grant."""

from typing import Any
from unittest.mock import patch

import pytest

from access.models import Resource
from applications.models import ApplicationRole
from common.actors import SYSTEM
from events.models import AuditLog
from identity.models import Factor, User
from oidc.custom_claims.configuration import TokenKind
from oidc.custom_claims.service import delete_custom_claims, try_custom_claims
from oidc.keys.signing import verify_jwt
from oidc.models import AuthorizationCode, RefreshToken, Session
from organizations.models import Organization
from tenants.context import enter_tenant
from tenants.models import TenantSetting
from tests.oidc.custom_claims.scripts import install, script
from tests.oidc.tokens.parties import API, ISSUER, ORGANIZATIONS, Party, authorize, make_role

pytestmark = pytest.mark.django_db

MACHINE = TokenKind.CLIENT_CREDENTIALS
FORGERY = """
return { jti: 'j', sub: 's', iat: 1, exp: 9999999999, scope: 'all', client_id: 'c', iss: 'i', aud: 'a',
         cnf: { jkt: 'k' }, active: false, token_type: 'x', mine: 1 };
"""


def tokens(party: Party, user: User, **refresh: Any) -> dict[str, Any]:
    """Sign in with `offline_access`, then refresh for what is asked for."""
    first = party.sign_in(
        user, scope=f"openid offline_access {ORGANIZATIONS} read:things", resources={API: "read:things"}
    )
    answer = party.refresh(first["refresh_token"], **refresh)
    assert answer.status_code == 200, answer.content
    return answer.json()


def failures() -> list[dict[str, Any]]:
    return list(AuditLog.objects.filter(key__startswith="JwtCustomizer.").values_list("payload", flat=True))


@pytest.fixture
def reader(machine: Party, api: Resource) -> Party:
    role = make_role("machine reader", api, "read:things", type="MachineToMachine")
    ApplicationRole.objects.create(application=machine.application, role=role)
    return machine


def test_a_users_jwt_begins_with_them(spa: Party, alice: User) -> None:
    install("return { plan: 'gold', nested: { list: [1, null, true] } };")
    claims = spa.claims(tokens(spa, alice, resource=API)["access_token"], API)
    assert list(claims) == ["plan", "nested", "jti", "sub", "iat", "exp", "scope", "client_id", "iss", "aud"]
    assert (claims["plan"], claims["nested"]) == ("gold", {"list": [1, None, True]})


def test_an_opaque_token_shows_them_in_introspection(traditional: Party, alice: User) -> None:
    install("return { plan: 'gold' };")
    body = traditional.sign_in(alice)
    assert traditional.introspect(body["access_token"])["plan"] == "gold"
    refreshed = traditional.refresh(body["refresh_token"]).json()
    assert traditional.introspect(refreshed["access_token"])["plan"] == "gold"


def test_id_tokens_and_userinfo_have_none(spa: Party, alice: User) -> None:
    install("return { plan: 'gold' };")
    body = spa.sign_in(alice)
    assert "plan" not in spa.claims(body["id_token"], spa.id)
    assert "plan" not in spa.userinfo(body["access_token"]).json()


def test_a_machines_token_has_its_own_script(reader: Party) -> None:
    install("return { kind: 'user' };")
    assert "kind" not in reader.claims(reader.credentials(resource=API).json()["access_token"], API)
    install("return { kind: token.kind };", kind=MACHINE)
    assert reader.claims(reader.credentials(resource=API).json()["access_token"], API)["kind"] == "ClientCredentials"


def test_protected_claims_cannot_be_forged(reader: Party, spa: Party, traditional: Party, alice: User) -> None:
    for kind in TokenKind:
        install(FORGERY, kind=kind)
    machines = reader.claims(reader.credentials(resource=API).json()["access_token"], API)
    assert "scope" not in machines
    users = spa.claims(tokens(spa, alice, resource=API)["access_token"], API)
    assert (users["sub"], users["scope"]) == (alice.id, "read:things")
    for claims in (machines, users):
        assert claims["mine"] == 1
        assert "cnf" not in claims
        assert claims["jti"] != "j"
        assert (claims["iss"], claims["aud"]) == (ISSUER, API)
        assert claims["exp"] - claims["iat"] == 1800
    opaque = traditional.sign_in(alice, scope="openid")
    described = traditional.introspect(opaque["access_token"])
    assert (described["active"], described["sub"], described["scope"]) == (True, alice.id, "openid")
    assert (described["client_id"], described["token_type"], described["iss"]) == (traditional.id, "Bearer", ISSUER)
    assert not {"cnf", "aud", "jti"} & set(described)


def test_the_organization_may_be_overridden(spa: Party, alice: User, wayne: Organization) -> None:
    token = tokens(spa, alice, resource=API, organization_id=wayne.id)["access_token"]
    assert spa.claims(token, API)["organization_id"] == wayne.id
    install("return { organization_id: 'other' };")
    token = tokens(spa, alice, resource=API, organization_id=wayne.id)["access_token"]
    assert spa.claims(token, API)["organization_id"] == "other"


def test_what_a_script_is_told_about_a_user(spa: Party, alice: User, wayne: Organization, api: Resource) -> None:
    Session.objects.all().delete()
    install("return { seen: { token, context, environmentVariables } };", environmentVariables={"KEY": "secret"})
    alice.custom_data = {"plan": "gold"}
    alice.save()
    token = tokens(spa, alice, resource=API, organization_id=wayne.id)["access_token"]
    claims = spa.claims(token, API)
    seen = claims["seen"]
    assert seen["environmentVariables"] == {"KEY": "secret"}
    session = Session.objects.get()
    about = seen["token"]
    assert about.pop("jti") == claims["jti"]
    assert about.pop("grantId")
    assert about.pop("sid")
    assert about == {
        "kind": "AccessToken",
        "accountId": alice.id,
        "clientId": spa.id,
        "aud": API,
        "scope": claims["scope"],
        "gty": "refresh_token",
        "expiresWithSession": False,
        "sessionUid": session.id,
    }
    context = seen["context"]
    assert set(context) == {"user", "application", "organization"}
    assert context["organization"] == {
        "id": wayne.id, "name": "Wayne", "description": "Enterprises", "customData": {}
    }  # fmt: skip
    application = context["application"]
    assert (application["id"], application["type"], application["isThirdParty"]) == (spa.id, "SPA", False)
    assert not any("secret" in name.lower() for name in application)
    user = context["user"]
    assert set(user) == {
        "id", "username", "primaryEmail", "primaryPhone", "name", "avatar", "customData", "identities", "profile",
        "lastSignInAt", "createdAt", "updatedAt", "isSuspended", "hasPassword", "ssoIdentities", "applicationId",
        "cimdClientId", "mfaVerificationFactors", "roles", "organizations", "organizationRoles",
    }  # fmt: skip
    assert (user["username"], user["hasPassword"], user["customData"]) == ("alice", True, {"plan": "gold"})
    assert user["mfaVerificationFactors"] == []
    (role,) = user["roles"]
    (scope,) = role["scopes"]
    assert (role["name"], scope["name"], scope["resourceId"]) == ("reader", "read:things", api.id)
    assert scope["resource"] == {
        "tenantId": "default", "id": api.id, "name": API, "indicator": API, "isDefault": False, "accessTokenTtl": 1800,
        "accessTokenHeaderType": "at+jwt",
    }  # fmt: skip
    assert user["organizations"] == [{"id": wayne.id, "name": "Wayne", "description": "Enterprises"}]
    assert [(row["organizationId"], row["roleName"]) for row in user["organizationRoles"]] == [(wayne.id, "Admin")]


def test_which_factors_the_user_has_set_up(spa: Party, alice: User, bob: User) -> None:
    """By their types, each once; an email address or a number is none that was set up."""
    install("return { seen: context.user.mfaVerificationFactors };")
    for user, kind in ((alice, "WebAuthn"), (alice, "WebAuthn"), (alice, "BackupCode"), (bob, "Totp")):
        Factor.objects.create(user=user, type=kind)
    code = authorize(alice, spa.application, scope="read:things", resources={API: "read:things"})
    assert spa.claims(spa.redeem(code, resource=API).json()["access_token"], API)["seen"] == ["BackupCode", "WebAuthn"]


def test_how_the_user_signed_in(spa: Party, alice: User) -> None:
    install("return { seen: context.interaction };")
    code = authorize(alice, spa.application, scope="read:things", resources={API: "read:things"})
    submission = {
        "login": {"accountId": alice.id},
        "interactionEvent": "SignIn",
        "userId": alice.id,
        "verificationRecords": [{"id": "1", "type": "Password"}],
        "signInContext": {"country": "NL"},
    }
    Session.objects.update(last_submission=submission)
    token = spa.redeem(code, resource=API).json()["access_token"]
    del submission["login"]
    assert spa.claims(token, API)["seen"] == submission


def test_what_a_script_is_told_about_a_machine(reader: Party) -> None:
    install("return { seen: { token, context, environmentVariables } };", kind=MACHINE)
    claims = reader.claims(reader.credentials(resource=API, scope="read:things").json()["access_token"], API)
    seen = claims["seen"]
    assert seen["token"] == {
        "kind": "ClientCredentials", "jti": claims["jti"], "clientId": reader.id, "aud": API, "scope": "read:things"
    }  # fmt: skip
    assert set(seen["context"]) == {"application"}
    assert seen["environmentVariables"] == {}


@pytest.mark.parametrize("blocks", [False, True])
def test_a_denial_gives_no_token(reader: Party, spa: Party, alice: User, blocks: bool) -> None:
    for kind in TokenKind:
        install("api.denyAccess('Only in office hours');", kind=kind, blockIssuanceOnError=blocks)
    answer = reader.credentials(resource=API)
    assert answer.status_code == 400
    assert answer.json()["error"] == "access_denied"
    assert answer.json()["error_description"] == "Only in office hours"
    assert answer.json()["code"] == "oidc.access_denied"
    code = authorize(alice, spa.application)
    denied = spa.redeem(code)
    assert (denied.status_code, denied.json()["error"]) == (400, "access_denied")
    assert "access_token" not in denied.json()
    assert AuthorizationCode.objects.get().consumed_at is None
    assert not RefreshToken.objects.exists()
    assert not failures()


def test_a_failure_does_not_stop_the_token(reader: Party) -> None:
    install("throw new RangeError('out of bounds');", kind=MACHINE)
    answer = reader.credentials(resource=API)
    assert answer.status_code == 200
    assert list(reader.claims(answer.json()["access_token"], API))[0] == "jti"
    (payload,) = failures()
    assert payload["key"] == "JwtCustomizer.ClientCredentials"
    assert (payload["result"], payload["error"]) == ("Error", "RangeError: out of bounds")
    assert (payload["applicationId"], payload["isIssuanceBlocked"]) == (reader.id, False)


def test_a_failure_blocks_where_the_tenant_says_so(spa: Party, alice: User) -> None:
    first = spa.sign_in(alice)
    install("throw new RangeError('out of bounds');", blockIssuanceOnError=True)
    answer = spa.refresh(first["refresh_token"])
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"
    assert answer.json()["error_description"] == "out of bounds"
    (payload,) = failures()
    assert (payload["key"], payload["userId"]) == ("JwtCustomizer.AccessToken", alice.id)
    assert payload["isIssuanceBlocked"] is True
    delete_custom_claims(TokenKind.ACCESS_TOKEN, actor=SYSTEM)
    assert spa.refresh(first["refresh_token"]).status_code == 200


def test_an_endless_script_does_not_stop_the_server(reader: Party, impatient: None) -> None:
    install("while (true);", kind=MACHINE)
    assert reader.credentials(resource=API).status_code == 200
    assert "time" in failures()[0]["error"]
    install("return Array(2 ** 31).join('');", kind=MACHINE, blockIssuanceOnError=True)
    assert reader.credentials(resource=API).status_code == 400
    install("return { a: 1 };", kind=MACHINE)
    assert reader.claims(reader.credentials(resource=API).json()["access_token"], API)["a"] == 1


def test_nothing_is_left_for_another_tenants_script(reader: Party, acme_machine: Party) -> None:
    install(
        "globalThis.stolen = environmentVariables.KEY; Object.prototype.stolen = environmentVariables.KEY; return {};",
        kind=MACHINE,
        environmentVariables={"KEY": "a secret of default"},
    )
    reader.credentials(resource=API)
    with enter_tenant("acme"):
        install("return { seen: [typeof stolen, typeof ({}).stolen, environmentVariables.KEY ?? null] };", kind=MACHINE)
    answer = acme_machine.credentials(resource="https://acme.logto.app/api")
    with enter_tenant("acme"):
        signed = verify_jwt(answer.json()["access_token"])
    assert signed is not None
    assert signed.claims["seen"] == ["undefined", "undefined", None]


def test_another_tenants_script_does_not_run_here(reader: Party, acme_machine: Party) -> None:
    with enter_tenant("acme"):
        install("return { mallory: 1 };", kind=MACHINE)
    assert "mallory" not in reader.claims(reader.credentials(resource=API).json()["access_token"], API)


def test_environment_variables_are_sealed(tenant: object) -> None:
    install("return {};", environmentVariables={"KEY": "a-very-secret-value"})
    stored = str(TenantSetting.objects.get(key="jwt.accessToken").value)
    assert "a-very-secret-value" not in stored
    assert "KEY" not in stored


def test_without_a_script_nothing_runs(reader: Party, django_assert_num_queries: Any) -> None:
    reader.credentials(resource=API)
    with patch("oidc.token.custom_claims.run_script") as run_script, django_assert_num_queries(2):
        assert reader.credentials(resource=API).status_code == 200
    run_script.assert_not_called()


def test_a_machines_script_costs_no_statement(reader: Party, django_assert_num_queries: Any) -> None:
    install("return { a: 1 };", kind=MACHINE)
    reader.credentials(resource=API)
    with django_assert_num_queries(2):
        assert reader.credentials(resource=API).status_code == 200


def test_a_changed_script_runs_at_once(reader: Party) -> None:
    for version in (1, 2):
        install(f"return {{ version: {version} }};", kind=MACHINE)
        token = reader.credentials(resource=API).json()["access_token"]
        assert reader.claims(token, API)["version"] == version


def test_a_script_reaches_nothing_through_the_test_of_another(tenant: object) -> None:
    install("return {};", environmentVariables={"KEY": "kept"})
    trial = {"script": script("return { seen: environmentVariables };"), "token": {}, "context": {"user": {}}}
    seen = try_custom_claims(TokenKind.ACCESS_TOKEN, trial)
    assert seen == {"seen": {}}
