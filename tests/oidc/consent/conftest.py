"""A third party's application, its developers' settings, and people who decide what it gets."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from access.models import Resource, Scope
from applications.models import Application
from applications.services.applications import create_application
from applications.services.consent_configuration import allow_user_consent_scopes
from common.actors import SYSTEM
from identity.models import User
from organizations.models import Organization, OrganizationRole, OrganizationScope
from tenants.models import Tenant
from tests.oidc.authorization.browsing import SPA_REDIRECT, VERIFIER, Browser, answer_of
from tests.oidc.tokens.fixtures import *
from tests.oidc.tokens.parties import API, ORGANIZATIONS, ORGANIZATIONS_RESOURCE, Party, join

JSON = "application/json"
CONSENT = "/api/interaction/consent"


class Visit:
    """A user's browser at a third party's application, and the application's own calls."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.browser = Browser()
        self.party = Party(application)

    def ask(self, user: User | None = None, **changes: Any) -> Any:
        """Come from the application, sign in where asked to, and return the last answer."""
        answer = self.browser.authorize(self.application.id, **changes)
        if user is not None and answer["Location"].startswith("/sign-in"):
            answer = self.browser.sign_in(user)
        return answer

    @property
    def question(self) -> dict[str, Any]:
        answer = self.browser.client.get(CONSENT)
        assert answer.status_code == 200, answer.content
        body: dict[str, Any] = answer.json()
        return body

    def post(self, body: Any = None, **headers: str) -> Any:
        return self.browser.client.post(CONSENT, body or {}, content_type=JSON, headers=headers)

    def go_on(self, answer: Any) -> Any:
        assert answer.status_code == 200, answer.content
        return self.browser.client.get(urlsplit(answer.json()["redirectTo"]).path)

    def allow(self, *organizations: Organization) -> dict[str, str]:
        """Agree, follow the way back, and return what the application is told."""
        return answer_of(self.go_on(self.post({"organizationIds": [item.id for item in organizations]})))

    def redeem(self, code: str) -> dict[str, Any]:
        answer = self.party.redeem(code, redirect_uri=SPA_REDIRECT, code_verifier=VERIFIER)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def tokens(self, user: User, *organizations: Organization, **changes: Any) -> dict[str, Any]:
        """Sign in, agree, and redeem the code."""
        assert self.ask(user, **changes)["Location"] == f"/consent?app_id={self.application.id}"
        return self.redeem(self.allow(*organizations)["code"])


def scope_ids(*names: str) -> list[str]:
    return list(Scope.objects.filter(name__in=names).values_list("id", flat=True))


@pytest.fixture
def market(tenant: Tenant) -> Application:
    """Somebody else's application that may ask for the profile alone."""
    application = create_application(
        name="Market",
        type="SPA",
        is_third_party=True,
        oidc_client_metadata={"redirectUris": [SPA_REDIRECT], "postLogoutRedirectUris": []},
        actor=SYSTEM,
    )
    allow_user_consent_scopes(application, user_scopes=["profile"], actor=SYSTEM)
    return application


@pytest.fixture
def partner(market: Application, api: Resource, wayne: Organization, admin_role: OrganizationRole) -> Application:
    """The same, trusted with an API, with organizations and with the API within them."""
    allow_user_consent_scopes(
        market,
        user_scopes=["email", ORGANIZATIONS, "urn:logto:scope:organization_roles"],
        resource_scope_ids=scope_ids("read:things"),
        organization_resource_scope_ids=scope_ids("own:things"),
        organization_scope_ids=list(
            OrganizationScope.objects.filter(name="read:documents").values_list("id", flat=True)
        ),
        actor=SYSTEM,
    )
    return market


@pytest.fixture
def visit(market: Application) -> Visit:
    return Visit(market)


@pytest.fixture
def stark(alice: User, admin_role: OrganizationRole) -> Organization:
    """Alice's other organization."""
    organization = Organization.objects.create(name="Stark")
    join(organization, alice, admin_role)
    return organization


EVERYTHING: dict[str, Any] = {
    "scope": f"openid offline_access profile email {ORGANIZATIONS} urn:logto:scope:organization_roles"
    " read:things write:things own:things read:documents create:documents",
    "resource": [API, ORGANIZATIONS_RESOURCE],
}
