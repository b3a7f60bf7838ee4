"""What each event tells: every event of the contract happens once, and its payload is looked at whole."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from common import request_context
from common.actors import SYSTEM, Actor
from common.errors import AppError
from events.webhooks.models import Delivery, Hook
from events.webhooks.names import EVENTS, Kind
from events.webhooks.payloads import MAX_BYTES, body_for
from events.webhooks.services import create_hook
from identity.models import User
from identity.services.send_limits import MAX_SENDS, SendAction, counted_send
from identity.services.sentinel import DEFAULT_POLICY, SentinelAction, SentinelPolicy, guard
from identity.services.trusted_devices import create_trusted_device, delete_trusted_device
from identity.services.users import update_user
from oidc.models import Grant
from oidc.sessions.grants import enforce_grant_limit
from organizations.services.organizations import create_organization
from tenants.context import enter_tenant
from tests.experience.adaptive.test_baseline import adaptive as adaptive
from tests.experience.adaptive.test_sign_in import NEW_YORK_HEADERS, submitted
from tests.experience.adaptive.test_sign_in import another as another
from tests.experience.adaptive.test_sign_in import at_home as at_home
from tests.experience.conftest import NEW_PASSWORD, Browser
from tests.experience.conftest import application as application
from tests.experience.conftest import browser as browser
from tests.experience.conftest import connectors as connectors
from tests.experience.conftest import every_method as every_method
from tests.experience.conftest import outbox as outbox
from tests.experience.conftest import settings_of as settings_of
from tests.experience.second_factors.conftest import noon as noon
from tests.experience.second_factors.conftest import totp_secret as totp_secret
from tests.management_api.conftest import api_client, make_backend

AGENT = "Mozilla/5.0"
INFO = [
    "id", "username", "primaryEmail", "primaryPhone", "name", "avatar", "customData", "identities", "lastSignInAt",
    "createdAt", "updatedAt", "profile", "applicationId", "cimdClientId", "isSuspended",
]  # fmt: skip
USER = [*INFO, "hasPassword"]
ROLE = ["tenantId", "id", "name", "description", "type", "isDefault"]
SCOPE = ["tenantId", "id", "resourceId", "name", "description", "createdAt"]
ORGANIZATION = [
    "tenantId", "id", "name", "description", "customData", "isMfaRequired", "isTrustedDeviceAllowed", "color",
    "branding", "customCss", "createdAt",
]  # fmt: skip
ORGANIZATION_ROLE = ["tenantId", "id", "name", "description", "type"]
ORGANIZATION_SCOPE = ["tenantId", "id", "name", "description"]
DEVICE = ["id", "userAgent", "country", "city", "createdAt", "lastUsedAt", "expiresAt", "userId"]

CALL = ["event", "createdAt", "userAgent", "ip", "application"]
ROUTE = ["path", "method", "status", "params", "matchedRoute"]
INTERACTION = [
    "event", "interactionEvent", "createdAt", "sessionId", "userAgent", "userId", "userIp", "user", "application",
]  # fmt: skip


class Scene:
    """A backend at the Management API, people, and browsers where they are asked for."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self.fixture = request.getfixturevalue
        self.api = api_client(make_backend())
        self.api.defaults["HTTP_USER_AGENT"] = AGENT
        self.answer: Any = None

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call the Management API, and remember the answer."""
        send = getattr(self.api, method)
        self.answer = send(f"/api{path}", body, content_type="application/json")
        assert self.answer.status_code < 300, self.answer.content
        return self.answer.json() if self.answer.content[:1] in (b"{", b"[") else None

    def make(self, path: str, **body: Any) -> str:
        return str(self.call("post", path, body)["id"])

    def scope(self) -> tuple[str, str]:
        resource = self.make("/resources", name="Orders", indicator="https://orders.example.com")
        return resource, self.make(f"/resources/{resource}/scopes", name="read:orders")

    @property
    def alice(self) -> User:
        return self.fixture("alice")

    @property
    def browser(self) -> Browser:
        browser: Browser = self.fixture("browser")
        browser.client.defaults["HTTP_USER_AGENT"] = AGENT
        return browser


def _register(scene: Scene) -> None:
    browser = scene.browser
    browser.start("Register")
    browser.post("/profile", {"type": "username", "value": "carol"})
    browser.post("/profile", {"type": "password", "value": "walnut tractor 51"})
    assert browser.identify() == (201, None)
    browser.finish(browser.submit())


def _sign_in(scene: Scene) -> None:
    browser = scene.browser
    assert scene.alice.username == "alice"
    browser.start()
    browser.identify(browser.give_password("username", "alice"))
    browser.finish(browser.submit())


def _trigger_adaptive_mfa(scene: Scene) -> None:
    scene.fixture("at_home")
    browser: Browser = scene.fixture("another")()
    browser.client.defaults["HTTP_USER_AGENT"] = AGENT
    assert submitted(browser, scene.alice, NEW_YORK_HEADERS)[0] == 403


def _reset_password(scene: Scene) -> None:
    browser, _methods, outbox = scene.browser, scene.fixture("every_method"), scene.fixture("outbox")
    assert scene.alice.primary_email
    browser.start("ForgotPassword")
    browser.identify(browser.prove("email", "alice@example.com", "ForgotPassword", outbox))
    browser.put("/profile/password", {"password": NEW_PASSWORD})
    assert browser.submit() == (204, None)


def _trust(scene: Scene) -> str:
    return create_trusted_device(scene.alice, days=7, agent="Firefox", country="DE", city="Berlin").device.id


def _lock_out(scene: Scene) -> None:
    policy = SentinelPolicy(max_attempts=1, lockout_minutes=DEFAULT_POLICY.lockout_minutes)
    with (
        pytest.raises(AppError),
        guard(SentinelAction.PASSWORD, "alice@example.com", policy, kind="email"),
    ):
        raise AppError("session.invalid_credentials")


def _send_too_much(scene: Scene) -> None:
    for _number in range(MAX_SENDS):
        with counted_send(SendAction.VERIFICATION_CODE, channel="email", recipient="alice@example.com"):
            pass
    with (
        pytest.raises(AppError),
        counted_send(SendAction.VERIFICATION_CODE, channel="email", recipient="alice@example.com"),
    ):
        pass


def _exceed_grants(scene: Scene) -> None:
    _sign_in(scene)
    first = Grant.objects.get()
    second = Grant.objects.get()
    second.pk = "another"
    second._state.adding = True
    second.save()
    enforce_grant_limit(first, limit=1)


@dataclass(frozen=True)
class Case:
    """How an event comes about, the members of its payload, those of its `data`, and its matched route."""

    happen: Callable[[Scene], Any]
    members: list[str]
    data: list[str] | None = None
    route: str = ""


def _scopes_of_role(scene: Scene) -> None:
    _resource, scope = scene.scope()
    scene.make("/roles", name="clerk", description="Clerk", scopeIds=[scope])


def _remove_scope_of_role(scene: Scene) -> None:
    scope = scene.make("/organization-scopes", name="read")
    role = scene.make("/organization-roles", name="clerk", organizationScopeIds=[scope])
    scene.call("delete", f"/organization-roles/{role}/scopes/{scope}")


CASES: dict[str, Case] = {
    "PostRegister": Case(_register, INTERACTION),
    "PostSignIn": Case(_sign_in, INTERACTION),
    "PostSignInAdaptiveMfaTriggered": Case(_trigger_adaptive_mfa, [*INTERACTION, "adaptiveMfaResult"]),
    "PostResetPassword": Case(_reset_password, INTERACTION),
    "User.Created": Case(lambda s: s.make("/users", username="bob"), [*CALL, *ROUTE, "data"], USER, "/users"),
    "User.Deleted": Case(
        lambda s: s.call("delete", f"/users/{s.alice.id}"), [*CALL, *ROUTE, "data"], INFO, "/users/:userId"
    ),
    "User.Data.Updated": Case(
        lambda s: s.call("patch", f"/users/{s.alice.id}", {"name": "Al"}),
        [*CALL, *ROUTE, "data"],
        USER,
        "/users/:userId",
    ),
    "User.SuspensionStatus.Updated": Case(
        lambda s: s.call("patch", f"/users/{s.alice.id}/is-suspended", {"isSuspended": True}),
        [*CALL, *ROUTE, "data"],
        USER,
        "/users/:userId/is-suspended",
    ),
    "TrustedDevice.Created": Case(_trust, ["event", "createdAt", "data"], DEVICE),
    "TrustedDevice.Deleted": Case(
        lambda s: delete_trusted_device(s.alice, device_id=_trust(s), actor=SYSTEM),
        ["event", "createdAt", "data"],
        DEVICE,
    ),
    "Role.Created": Case(
        lambda s: s.make("/roles", name="clerk", description="Clerk"), [*CALL, *ROUTE, "data"], ROLE, "/roles"
    ),
    "Role.Deleted": Case(
        lambda s: s.call("delete", f"/roles/{s.make('/roles', name='clerk', description='C')}"),
        [*CALL, *ROUTE],
        None,
        "/roles/:id",
    ),
    "Role.Data.Updated": Case(
        lambda s: s.call("patch", f"/roles/{s.make('/roles', name='clerk', description='C')}", {"name": "boss"}),
        [*CALL, *ROUTE, "data"],
        ROLE,
        "/roles/:id",
    ),
    "Role.Scopes.Updated": Case(_scopes_of_role, [*CALL, *ROUTE, "roleId", "data"], SCOPE, "/roles"),
    "Scope.Created": Case(lambda s: s.scope(), [*CALL, *ROUTE, "data"], SCOPE, "/resources/:resourceId/scopes"),
    "Scope.Deleted": Case(
        lambda s: s.call("delete", "/resources/{}/scopes/{}".format(*s.scope())),
        [*CALL, *ROUTE],
        None,
        "/resources/:resourceId/scopes/:scopeId",
    ),
    "Scope.Data.Updated": Case(
        lambda s: s.call("patch", "/resources/{}/scopes/{}".format(*s.scope()), {"name": "write:orders"}),
        [*CALL, *ROUTE, "data"],
        SCOPE,
        "/resources/:resourceId/scopes/:scopeId",
    ),
    "Organization.Created": Case(
        lambda s: s.make("/organizations", name="Acme"), [*CALL, *ROUTE, "data"], ORGANIZATION, "/organizations"
    ),
    "Organization.Deleted": Case(
        lambda s: s.call("delete", f"/organizations/{s.make('/organizations', name='Acme')}"),
        [*CALL, *ROUTE],
        None,
        "/organizations/:id",
    ),
    "Organization.Data.Updated": Case(
        lambda s: s.call("patch", f"/organizations/{s.make('/organizations', name='Acme')}", {"name": "Globex"}),
        [*CALL, *ROUTE, "data"],
        ORGANIZATION,
        "/organizations/:id",
    ),
    "Organization.Membership.Updated": Case(
        lambda s: s.call(
            "post", f"/organizations/{s.make('/organizations', name='Acme')}/users", {"userIds": [s.alice.id]}
        ),
        [*CALL, *ROUTE, "organizationId", "addedUserIds"],
        None,
        "/organizations/:id/users",
    ),
    "OrganizationRole.Created": Case(
        lambda s: s.make("/organization-roles", name="clerk"),
        [*CALL, *ROUTE, "data"],
        ORGANIZATION_ROLE,
        "/organization-roles",
    ),
    "OrganizationRole.Deleted": Case(
        lambda s: s.call("delete", f"/organization-roles/{s.make('/organization-roles', name='clerk')}"),
        [*CALL, *ROUTE],
        None,
        "/organization-roles/:id",
    ),
    "OrganizationRole.Data.Updated": Case(
        lambda s: s.call(
            "patch", f"/organization-roles/{s.make('/organization-roles', name='clerk')}", {"name": "boss"}
        ),
        [*CALL, *ROUTE, "data"],
        ORGANIZATION_ROLE,
        "/organization-roles/:id",
    ),
    "OrganizationRole.Scopes.Updated": Case(
        _remove_scope_of_role,
        [*CALL, *ROUTE, "organizationRoleId"],
        None,
        "/organization-roles/:id/scopes/:organizationScopeId",
    ),
    "OrganizationScope.Created": Case(
        lambda s: s.make("/organization-scopes", name="read"),
        [*CALL, *ROUTE, "data"],
        ORGANIZATION_SCOPE,
        "/organization-scopes",
    ),
    "OrganizationScope.Deleted": Case(
        lambda s: s.call("delete", f"/organization-scopes/{s.make('/organization-scopes', name='read')}"),
        [*CALL, *ROUTE],
        None,
        "/organization-scopes/:id",
    ),
    "OrganizationScope.Data.Updated": Case(
        lambda s: s.call("patch", f"/organization-scopes/{s.make('/organization-scopes', name='read')}", {"name": "w"}),
        [*CALL, *ROUTE, "data"],
        ORGANIZATION_SCOPE,
        "/organization-scopes/:id",
    ),
    "Identifier.Lockout": Case(_lock_out, ["event", "createdAt", "type", "value"]),
    "Message.RateLimited": Case(_send_too_much, ["event", "createdAt", "action", "recipient"]),
    "Grant.LimitExceeded": Case(
        _exceed_grants,
        [
            "event", "createdAt", "userAgent", "ip", "userId", "applicationId", "revokedGrantIds", "maxAllowedGrants",
            "preRevocationActiveGrantCount", "application",
        ],
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_request() -> None:
    """What an earlier request has left: outside of one there is none."""
    request_context._request.set(None)


@pytest.fixture
def scene(request: pytest.FixtureRequest, tenant: object) -> Scene:
    return Scene(request)


def hook_for(event: str) -> Hook:
    return create_hook(events=[event], config={"url": "http://127.0.0.1:9/"}, actor=SYSTEM)


def test_every_event_has_a_case() -> None:
    assert list(CASES) == list(EVENTS)


@pytest.mark.parametrize("event", CASES)
def test_payload(event: str, scene: Scene) -> None:
    case, hook = CASES[event], hook_for(event)
    case.happen(scene)
    told = json.loads(Delivery.objects.filter(hook=hook).latest("id").body)
    assert list(told) == [*case.members, "hookId"]
    assert (told["event"], told["hookId"]) == (event, hook.id)
    assert told["createdAt"].endswith("Z")
    data = told.get("data")
    row = data[0] if isinstance(data, list) else data
    assert (row and list(row)) == case.data
    if case.route:
        assert told["userAgent"] == AGENT
        assert (told["ip"], told["application"]["name"]) == ("127.0.0.1", "Backend")
        assert list(told["application"]) == ["id", "type", "name", "description"]
        assert told["matchedRoute"] == case.route
        assert told["path"] == scene.answer.wsgi_request.path.removeprefix("/api")
        assert told["method"] == scene.answer.wsgi_request.method
        assert told["status"] == scene.answer.status_code
        # The parameters of the route, put into it, are the path.
        filled = case.route
        for name, value in told["params"].items():
            filled = filled.replace(f":{name}", value)
        assert filled == told["path"]
    if EVENTS[event] is Kind.INTERACTION:
        assert list(told["user"]) == INFO
        assert told["userId"] == told["user"]["id"]
        assert told["userIp"] == "127.0.0.1"
        assert told["application"]["name"] == "Shop"


def test_data_is_what_the_api_answers(scene: Scene) -> None:
    hook_for("Organization.Created")
    answer = scene.call("post", "/organizations", {"name": "Acme", "customData": {"size": 1.5, "name": "Ünïque"}})
    told = json.loads(Delivery.objects.get().body)
    assert told["data"] == answer
    assert '"Ünïque"' in Delivery.objects.get().body


@pytest.mark.parametrize(
    ("part", "body"),
    [
        ("custom-data", {"customData": {"plan": "gold"}}),
        ("profile", {"profile": {"nickname": "al"}}),
        ("password", {"password": "walnut tractor 51"}),
    ],
)
def test_what_a_part_of_a_user_is_told_is_what_its_route_answers(scene: Scene, part: str, body: Any) -> None:
    """It was the whole user: a receiver that keeps `data` as the user's custom data kept a user in it."""
    hook_for("User.Data.Updated")
    answer = scene.call("patch", f"/users/{scene.alice.id}/{part}", body)
    assert json.loads(Delivery.objects.get().body)["data"] == answer


def test_decisions_of_a_user_come_with_what_everybody_knows_of_them(scene: Scene) -> None:
    hook_for("User.Data.Updated")
    body = {"mfa": {"skipped": True}}
    scene.call("patch", f"/users/{scene.alice.id}/logto-configs", body)
    assert list(json.loads(Delivery.objects.get().body)["data"]) == INFO


def test_accounts_that_the_management_api_links_are_nobodys_news(scene: Scene) -> None:
    """A receiver that linked an account because of the event was told of that, and linked it again, without end."""
    hook_for("User.Data.Updated")
    path = f"/users/{scene.alice.id}/identities/github"
    scene.call("put", path, {"userId": "42", "details": {"name": "Al"}})
    scene.call("delete", path)
    assert not Delivery.objects.exists()


def test_an_account_that_signs_up_tells_of_the_journey(scene: Scene) -> None:
    hook_for("User.Created")
    _register(scene)
    told = json.loads(Delivery.objects.get().body)
    journey = ["applicationId", "sessionId", "interactionEvent", "application"]
    assert list(told) == ["event", "createdAt", "userAgent", "ip", *journey, "data", "hookId"]
    assert (told["interactionEvent"], told["application"]["id"]) == ("Register", told["applicationId"])
    assert list(told["data"]) == INFO


def test_what_the_console_does_has_no_route(scene: Scene) -> None:
    hook_for("User.Data.Updated")
    update_user(scene.alice, name="Alice", actor=Actor.developer("carol"))
    assert list(json.loads(Delivery.objects.get().body)) == ["event", "createdAt", "data", "hookId"]


def test_the_old_single_event_counts_if_there_is_no_list(tenant: object) -> None:
    single = create_hook(event="Organization.Created", config={"url": "http://127.0.0.1:9/"}, actor=SYSTEM)
    both = create_hook(
        event="Organization.Created", events=["Role.Created"], config={"url": "http://127.0.0.1:9/"}, actor=SYSTEM
    )
    create_organization(name="Acme", actor=SYSTEM)
    assert list(Delivery.objects.values_list("hook_id", flat=True)) == [single.id]
    assert both.event == "Organization.Created"


def test_what_is_too_long_comes_without_data() -> None:
    body = body_for({"event": "User.Created", "data": {"name": "a" * MAX_BYTES}}, "hook")
    assert json.loads(body) == {"event": "User.Created", "isDataOmitted": True, "hookId": "hook"}


@pytest.mark.parametrize("name", ["mallory\\u0000", "mallory\x00", "mallory\\", "mallory\ud800"])
def test_no_text_reaches_beyond_its_own_member(name: str) -> None:
    r"""Mallory calls herself `mallory\u0000`, in six plain characters.

    When these were cut out of the JSON, its escaped backslash lost its second half: the name went on over its closing
    quote, and what she wrote into the next member was read as members of the signed payload.
    """
    data = {"name": name, "avatar": ',"isSuspended":true,"x":"'}
    body = body_for({"event": "User.Created", "data": data}, "hook")
    told = name.replace("\ud800", "?")
    assert json.loads(body) == {"event": "User.Created", "data": {**data, "name": told}, "hookId": "hook"}


def test_another_tenant_is_told_nothing(tenant: object) -> None:
    hook_for("Organization.Created")
    with enter_tenant("acme"):
        create_organization(name="Acme", actor=SYSTEM)
        assert not Delivery.objects.exists()
    assert not Delivery.objects.exists()
