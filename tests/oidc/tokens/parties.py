"""People, applications and APIs that meet at the provider, and a client that speaks to its machine endpoints."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import jwt
from django.test import Client

from access.models import Resource, Role, RoleScope, Scope
from applications.models import Application, ApplicationSecret
from common.clock import now
from common.crypto import sha256_hex
from common.ids import new_id, new_secret
from identity.models import User, UserRole
from oidc.authorization.codes import issue_code
from oidc.models import Grant, Session, SessionAuthorization
from organizations.models import (
    MemberRole,
    Organization,
    OrganizationMember,
    OrganizationRole,
    OrganizationRoleResourceScope,
    OrganizationRoleScope,
    OrganizationScope,
)
from tests.racing import race
from tests.responses import ClientResponse

ISSUER = "http://localhost:8000/oidc"
API = "https://api.example.com"
OTHER_API = "https://other.example.com"
ORGANIZATIONS_RESOURCE = "urn:logto:resource:organizations"
ORGANIZATIONS = "urn:logto:scope:organizations"
REDIRECT_URI = "https://app.example.com/callback"
VERIFIER = "a-code-verifier-of-more-than-forty-three-characters"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SECRET = "the-secret-of-this-application-01"

EVERYTHING = (
    "openid offline_access profile email phone roles custom_data identities "
    "urn:logto:scope:organizations urn:logto:scope:organization_roles"
)


def make_application(type: str, *, redirect_uris: list[str] | None = None, **fields: Any) -> Application:
    """An application with one redirect URI, and with `SECRET` if it can keep one."""
    uris = [REDIRECT_URI] if redirect_uris is None else redirect_uris
    metadata = {
        "redirectUris": [] if type == "MachineToMachine" else uris,
        "postLogoutRedirectUris": [],
        **fields.pop("oidc", {}),
    }
    application = Application.objects.create(name=type, type=type, oidc_client_metadata=metadata, **fields)
    if application.is_confidential:
        add_secret(application, SECRET)
    return application


def add_secret(application: Application, value: str, *, name: str = "Default secret", **fields: Any) -> None:
    ApplicationSecret.objects.create(
        application=application, name=name, sealed_value=b"sealed", value_sha256=sha256_hex(value), **fields
    )


def make_api(indicator: str, *scopes: str, **fields: Any) -> Resource:
    resource = Resource.objects.create(name=indicator, indicator=indicator, **fields)
    for name in scopes:
        Scope.objects.create(resource=resource, name=name)
    return resource


def make_role(name: str, resource: Resource, *scopes: str, type: str = "User") -> Role:
    role = Role.objects.create(name=name, description=name, type=type)
    for scope in Scope.objects.filter(resource=resource, name__in=scopes):
        RoleScope.objects.create(role=role, scope=scope)
    return role


def give_role(user: User, role: Role) -> None:
    UserRole.objects.create(user=user, role=role)


def make_organization_role(name: str, *scopes: str, api: dict[Resource, list[str]] | None = None) -> OrganizationRole:
    role = OrganizationRole.objects.create(name=name)
    for scope in scopes:
        OrganizationRoleScope.objects.create(role=role, scope=OrganizationScope.objects.get_or_create(name=scope)[0])
    for resource, names in (api or {}).items():
        for found in Scope.objects.filter(resource=resource, name__in=names):
            OrganizationRoleResourceScope.objects.create(role=role, scope=found)
    return role


def join(organization: Organization, user: User, *roles: OrganizationRole) -> OrganizationMember:
    member = OrganizationMember.objects.create(organization=organization, user=user)
    for role in roles:
        MemberRole.objects.create(member=member, role=role)
    return member


def authorize(
    user: User,
    application: Application,
    *,
    scope: str = EVERYTHING,
    resources: dict[str, str] | None = None,
    challenge: str = CHALLENGE,
    **fields: Any,
) -> str:
    """What the authorization endpoint does when the user has agreed: a session, a grant, and the code."""
    granted = {indicator: names.split() for indicator, names in (resources or {}).items()}
    session = Session.objects.create(
        user=user,
        cookie_sha256=sha256_hex(new_secret()),
        authenticated_at=now(),
        client_id=application.id,
        expires_at=now() + timedelta(days=14),
    )
    grant = Grant.objects.create(
        user=user,
        application=application,
        scopes=scope.split(),
        resource_scopes=granted,
        expires_at=now() + timedelta(days=180),
    )
    authorization = SessionAuthorization.objects.create(
        session=session, application=application, grant=grant, persists_logout="offline_access" in scope
    )
    return issue_code(
        authorization,
        session=session,
        redirect_uri=fields.pop("redirect_uri", REDIRECT_URI),
        scopes=list(dict.fromkeys([*scope.split(), *(name for names in granted.values() for name in names)])),
        resources=list(granted),
        code_challenge=challenge,
        code_challenge_method="S256" if challenge else "",
        **fields,
    )


def basic(client_id: str, secret: str = SECRET) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def header(token: str) -> dict[str, Any]:
    return jwt.get_unverified_header(token)


@dataclass
class Party:
    """An application's code: it knows its id and secret and calls the provider."""

    application: Application
    browser: Client = field(default_factory=lambda: Client(HTTP_HOST="localhost:8000"))

    @property
    def id(self) -> str:
        return self.application.id

    def post(self, path: str, **parameters: Any) -> ClientResponse:
        """POST a form as this client: by Basic if it has a secret, by its id alone if not."""
        headers = parameters.pop("headers", {})
        if self.application.is_confidential:
            headers = {"Authorization": basic(self.id), **headers}
        else:
            parameters = {"client_id": self.id, **parameters}
        return self.browser.post(
            f"/oidc/{path}",
            {name: value for name, value in parameters.items() if value is not None},
            headers=headers,
            content_type="application/json",
        )

    def redeem(self, code: str, **parameters: Any) -> ClientResponse:
        proof = {"redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER}
        return self.post("token", grant_type="authorization_code", code=code, **(proof | parameters))

    def refresh(self, refresh_token: str, **parameters: Any) -> ClientResponse:
        return self.post("token", grant_type="refresh_token", refresh_token=refresh_token, **parameters)

    def credentials(self, **parameters: Any) -> ClientResponse:
        return self.post("token", grant_type="client_credentials", **parameters)

    def introspect(self, token: str) -> dict[str, Any]:
        answer = self.post("token/introspection", token=token)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def sign_in(self, user: User, **authorization: Any) -> dict[str, Any]:
        """The tokens of a fresh sign-in."""
        answer = self.redeem(authorize(user, self.application, **authorization))
        assert answer.status_code == 200, answer.content
        return answer.json()

    def token_for(self, user: User, indicator: str) -> str:
        """A user's access token for an API."""
        tokens = self.sign_in(user, resources={indicator: "read:things"})
        return str(self.refresh(tokens["refresh_token"], resource=indicator).json()["access_token"])

    def claims(self, token: str, audience: str) -> dict[str, Any]:
        """Verify a JWT as a resource server does: signature by the published keys, issuer, audience, expiry."""
        keys = self.browser.get("/oidc/jwks").json()["keys"]
        key = next(jwt.PyJWK.from_dict(key) for key in keys if key["kid"] == header(token)["kid"])
        return jwt.decode(token, key, algorithms=[key.algorithm_name], audience=audience, issuer=ISSUER)

    def userinfo(self, token: str) -> ClientResponse:
        return self.browser.get("/oidc/me", headers={"Authorization": f"Bearer {token}"})


def unknown_value() -> str:
    return new_id() + new_id()


def race_parties(application: Application, call: Callable[[Party], Any], times: int = 6) -> list[Any]:
    """The answers to the same request, sent by so many clients at the same moment."""
    return race([lambda: call(Party(application))] * times, tenant_id=None)
