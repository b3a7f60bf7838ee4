"""Signing in to an organization: who comes through, what the application is told, and that it is off by default."""

from typing import Any

import pytest

from applications.models import Application
from common.actors import SYSTEM
from identity.factor_types import FactorType
from identity.models import Factor, User
from oidc.admission.policies import ORGANIZATION_SIGN_IN_SETTING
from oidc.keys.signing import verify_jwt
from oidc.models import Grant
from organizations.models import Organization
from organizations.services.members import add_members, remove_member
from organizations.services.organizations import update_organization
from tenants.context import enter_tenant
from tenants.services.settings import set_setting
from tests.oidc.authorization.browsing import SPA_REDIRECT, VERIFIER, Browser, answer_of, query_of
from tests.oidc.authorization.fixtures import MakeApplication

pytestmark = pytest.mark.django_db

NOT_A_MEMBER = "user is not a member of the organization"
NO_FACTOR = "organization requires MFA but user has no MFA configured"


def switch(*, on: bool) -> None:
    set_setting(ORGANIZATION_SIGN_IN_SETTING, {"enabled": on}, actor=SYSTEM)


@pytest.fixture
def wayne(alice: User) -> Organization:
    """Alice's organization."""
    organization = Organization.objects.create(name="Wayne")
    add_members(organization, user_ids=[alice.id], actor=SYSTEM)
    return organization


@pytest.fixture
def _on(wayne: Organization) -> None:
    switch(on=True)


def naming(organization_id: str, way: str) -> dict[str, str]:
    """A request that names an organization by its parameter or by a scope."""
    if way == "parameter":
        return {"organization_id": organization_id}
    return {"scope": f"openid offline_access organization:{organization_id}"}


def tokens_of(browser: Browser, application: Application, answer: dict[str, str]) -> Any:
    body = {
        "grant_type": "authorization_code",
        "client_id": application.id,
        "code": answer["code"],
        "redirect_uri": SPA_REDIRECT,
        "code_verifier": VERIFIER,
    }
    return browser.client.post("/oidc/token", body)


def refreshed(browser: Browser, application: Application, token: str) -> Any:
    body = {"grant_type": "refresh_token", "client_id": application.id, "refresh_token": token}
    return browser.client.post("/oidc/token", body)


def organization_in(answer: Any) -> Any:
    assert answer.status_code == 200, answer.content
    signed = verify_jwt(answer.json()["id_token"])
    assert signed is not None
    return signed.claims.get("organization_id")


def denied(response: Any, description: str = NOT_A_MEMBER) -> bool:
    answer = answer_of(response)
    assert "code" not in answer
    assert answer["state"] == "opaque state"
    return (answer["error"], answer["error_description"]) == ("access_denied", description)


@pytest.mark.parametrize("way", ["parameter", "scope"])
@pytest.mark.usefixtures("_on")
class TestOn:
    def test_a_member_signs_in_and_the_id_token_says_where(
        self, browser: Browser, spa: Application, alice: User, wayne: Organization, way: str
    ) -> None:
        first = browser.authorize(spa.id, **naming(wayne.id, way))
        assert query_of(first)["organization_id"] == [wayne.id], "the page has the organization's look"
        tokens = tokens_of(browser, spa, answer_of(browser.sign_in(alice)))
        assert organization_in(tokens) == wayne.id
        assert organization_in(refreshed(browser, spa, tokens.json()["refresh_token"])) == wayne.id

    @pytest.mark.parametrize("whose", ["nobody's", "somebody else's", "another tenant's"])
    def test_anybody_else_is_refused_whether_there_is_one_or_not(
        self, browser: Browser, spa: Application, bob: User, wayne: Organization, mallory: User, way: str, whose: str
    ) -> None:
        with enter_tenant("acme"):
            theirs = Organization.objects.create(name="Acme")
            add_members(theirs, user_ids=[mallory.id], actor=SYSTEM)
        organization_id = {"somebody else's": wayne.id, "another tenant's": theirs.id}.get(whose, "nosuchthing0")
        assert denied(browser.signed_in(spa.id, bob, **naming(organization_id, way)))
        assert not Grant.objects.exists()

    def test_a_session_of_before_does_not_help(
        self, browser: Browser, spa: Application, bob: User, wayne: Organization, way: str
    ) -> None:
        assert "code" in answer_of(browser.signed_in(spa.id, bob))
        for prompt in ("consent", "none"):
            assert denied(browser.authorize(spa.id, **naming(wayne.id, way), prompt=prompt))
            assert "code" in answer_of(browser.authorize(spa.id, prompt=prompt))

    def test_a_required_second_factor(
        self,
        browser: Browser,
        spa: Application,
        alice: User,
        bob: User,
        wayne: Organization,
        way: str,
    ) -> None:
        update_organization(wayne, is_mfa_required=True, actor=SYSTEM)
        assert denied(browser.signed_in(spa.id, alice, **naming(wayne.id, way)), NO_FACTOR)
        assert denied(Browser().signed_in(spa.id, bob, **naming(wayne.id, way))), "a nonmember does not hear of it"
        Factor.objects.create(user=alice, type=FactorType.TOTP)
        assert "code" in answer_of(browser.authorize(spa.id, **naming(wayne.id, way)))

    def test_who_leaves_meanwhile_gets_no_tokens(
        self, browser: Browser, spa: Application, alice: User, wayne: Organization, way: str
    ) -> None:
        answer = answer_of(browser.signed_in(spa.id, alice, **naming(wayne.id, way)))
        again = answer_of(browser.authorize(spa.id, **naming(wayne.id, way)))
        token = tokens_of(browser, spa, answer).json()["refresh_token"]
        remove_member(wayne, user_id=alice.id, actor=SYSTEM)
        for refusal in (tokens_of(browser, spa, again), refreshed(browser, spa, token)):
            assert (refusal.status_code, refusal.json()["error"]) == (403, "access_denied")
            assert refusal.json()["error_description"] == NOT_A_MEMBER
        add_members(wayne, user_ids=[alice.id], actor=SYSTEM)
        assert organization_in(refreshed(browser, spa, token)) == wayne.id, "the refusal has not used it up"

    def test_switched_off_again_nothing_is_told_or_checked(
        self, browser: Browser, spa: Application, alice: User, wayne: Organization, way: str
    ) -> None:
        tokens = tokens_of(browser, spa, answer_of(browser.signed_in(spa.id, alice, **naming(wayne.id, way))))
        switch(on=False)
        remove_member(wayne, user_id=alice.id, actor=SYSTEM)
        assert organization_in(refreshed(browser, spa, tokens.json()["refresh_token"])) is None

    def test_pushed_it_is_the_same(
        self, browser: Browser, spa: Application, bob: User, wayne: Organization, way: str
    ) -> None:
        pushed = browser.client.post("/oidc/request", browser.request_of(spa.id, **naming(wayne.id, way)))
        assert pushed.status_code == 201, pushed.content
        browser.client.get("/oidc/auth", {"client_id": spa.id, "request_uri": pushed.json()["request_uri"]})
        assert denied(browser.sign_in(bob))


@pytest.mark.usefixtures("_on")
def test_one_organization_at_a_time(browser: Browser, spa: Application, wayne: Organization) -> None:
    other = "organization:nosuchthing0"
    for changes in (
        {"organization_id": wayne.id, "scope": f"openid {other}"},
        {"scope": f"openid {other} organization:{wayne.id}"},
    ):
        assert answer_of(browser.authorize(spa.id, **changes))["error"] == "invalid_request"
    both = {"organization_id": wayne.id, "scope": f"openid organization:{wayne.id}"}
    assert browser.authorize(spa.id, **both)["Location"].startswith("/sign-in")


@pytest.mark.usefixtures("_on")
@pytest.mark.parametrize(
    "name", ["organization:read", "organization:", "create:organization", "organization:NOSUCHTHING"]
)
def test_permissions_of_similar_names_stay_permissions(
    browser: Browser, spa: Application, bob: User, name: str
) -> None:
    assert "code" in answer_of(browser.signed_in(spa.id, bob, scope=f"openid {name}"))


@pytest.mark.usefixtures("_on")
def test_a_request_that_names_none_is_for_everybody(browser: Browser, spa: Application, bob: User) -> None:
    answer = answer_of(browser.signed_in(spa.id, bob))
    assert organization_in(tokens_of(browser, spa, answer)) is None


@pytest.mark.parametrize("way", ["parameter", "scope"])
def test_off_by_default(browser: Browser, spa: Application, bob: User, wayne: Organization, way: str) -> None:
    """Looks and offers follow the parameter, as ever; nobody is kept out, and nothing is told."""
    answer = answer_of(browser.signed_in(spa.id, bob, **naming(wayne.id, way)))
    assert organization_in(tokens_of(browser, spa, answer)) is None


def test_the_metadata_says_so(browser: Browser) -> None:
    """Where it is off, the list is as it was."""
    listed = []
    for on in (False, True, False):
        switch(on=on)
        document = browser.client.get("/oidc/.well-known/openid-configuration").json()
        listed.append("organization_id" in document["claims_supported"])
    assert listed == [False, True, False]


@pytest.mark.usefixtures("_on")
def test_native_applications_too(browser: Browser, make_application: MakeApplication, bob: User, wayne: Any) -> None:
    native = make_application("Native")
    assert denied(browser.signed_in(native.id, bob, organization_id=wayne.id))


def test_statements(
    browser: Browser, spa: Application, alice: User, wayne: Organization, django_assert_num_queries: Any
) -> None:
    """One, for the membership; none for requests without an organization, and none if it is off."""
    counts = []
    for on in (False, True):
        switch(on=on)
        browser.signed_in(spa.id, alice, organization_id=wayne.id, scope="openid", prompt="login")
        silent = {"scope": "openid", "prompt": "none"}
        for changes in (silent, {**silent, "organization_id": wayne.id}):
            browser.authorize(spa.id, **changes)
            with django_assert_num_queries(12, exact=False) as found:
                assert "code" in answer_of(browser.authorize(spa.id, **changes))
            counts.append(len(found))
    without_off, with_off, without_on, with_on = counts
    assert without_off == with_off == without_on == with_on - 1
