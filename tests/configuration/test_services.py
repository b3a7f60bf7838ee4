"""What a file means: names, renames, what stays, what is deleted, and what is refused with its line."""

from collections.abc import Sequence
from typing import Any

import pytest

from access.models import Resource, Role, Scope
from access.services.roles import create_role
from applications.models import Application, ApplicationSecret
from applications.services.applications import create_application
from common.actors import SYSTEM, Actor
from common.errors import AppError
from configuration.plans import Plan
from configuration.rendering import render_plan
from configuration.secrets import resolver_of
from configuration.services import apply_configuration, export_text, plan_configuration
from connectors.models import Connector
from connectors.selectors import config_of
from events.models import AuditLog
from tenants.context import enter_tenant
from tenants.models import Tenant

CAROL = Actor.developer("carol")

pytestmark = pytest.mark.usefixtures("tenant")


def apply(text: str, *, secrets: dict[str, str] | None = None, **options: Any) -> Plan:
    return apply_configuration(f"version: 1\n{text}", resolve=resolver_of(secrets or {}), actor=CAROL, **options)


def plan(text: str, *, secrets: dict[str, str] | None = None, prune: bool = False) -> Plan:
    return plan_configuration(f"version: 1\n{text}", resolve=resolver_of(secrets or {}), prune=prune, actor=CAROL)


def issues(text: str, **options: Any) -> list[tuple[str, int | None]]:
    """The places that a file is refused for. `text` begins on line 2."""
    with pytest.raises(AppError) as refused:
        plan(text, **options)
    assert refused.value.code == "configuration.invalid_file"
    return [(issue["path"], issue["line"]) for issue in refused.value.data["issues"]]


def told(found: Plan) -> Sequence[tuple[str, str, str]]:
    return [(step.action.value, step.section, step.identity) for step in found.steps]


def application(name: str = "Shop") -> Application:
    return create_application(name=name, type="SPA", actor=SYSTEM)


def test_absent_members_and_sections_stay() -> None:
    shop = application()
    apply("applications:\n  - {name: Shop, description: Sells}")
    apply("applications:\n  - {name: Shop, customData: {a: 1}}")
    shop.refresh_from_db()
    assert (shop.description, shop.custom_data, shop.type) == ("Sells", {"a": 1}, "SPA")
    assert apply("applications:\n  - {name: Shop, description: null}").steps[0].differences[0].path == "description"


def test_a_renamed_thing_is_the_same_thing() -> None:
    shop = application()
    text = "applications:\n  - {name: Store, renamedFrom: Shop}"
    assert [difference.as_json() for difference in plan(text).steps[0].differences] == [
        {"path": "name", "before": "Shop", "after": "Store"}
    ]
    apply(text)
    assert Application.objects.get(id=shop.id).name == "Store"
    assert apply(text).steps == []
    apply("applications:\n  - {name: Shop, type: SPA}")
    assert Application.objects.count() == 2


def test_an_ambiguous_name_is_refused_and_an_id_tells_which() -> None:
    first, second = application(), application()
    assert issues("applications:\n  - name: Shop") == [("applications[0]", 3)]
    apply(f"applications:\n  - {{name: Store, id: {first.id}}}")
    assert set(Application.objects.values_list("id", "name")) == {(first.id, "Store"), (second.id, "Shop")}


def test_an_id_is_the_client_id_in_every_environment() -> None:
    apply("applications:\n  - {name: Shop, id: shop-of-orchard, type: Traditional}")
    assert ApplicationSecret.objects.filter(application_id="shop-of-orchard").exists()
    text = export_text(with_ids=True)
    with enter_tenant("acme"):
        apply_configuration(text, resolve=resolver_of({}), actor=SYSTEM)
        assert Application.objects.get().id == "shop-of-orchard"
    assert issues("applications:\n  - {name: Shop, id: another}") == [("applications[0]", 3)]


def test_things_of_one_name_are_exported_with_their_ids() -> None:
    rows = [application(), application()]
    text = export_text()
    with enter_tenant("acme"):
        apply_configuration(text, resolve=resolver_of({}), actor=SYSTEM)
        assert set(Application.objects.values_list("id", flat=True)) == {row.id for row in rows}
        assert export_text() == text


def test_nothing_is_deleted_without_prune() -> None:
    create_role(name="Old", description="Old", actor=SYSTEM)
    kept = plan("roles: []")
    assert kept.steps == []
    assert "Old" in kept.notes[0]
    assert told(plan("roles: []", prune=True)) == [("delete", "roles", "Old")]
    assert told(plan("roles: []\nresources: []\nprune: [resources]")) == []
    apply("roles: []\nprune: [roles]")
    assert not Role.objects.filter(name="Old").exists()


def test_permissions_of_an_api_go_with_prune_alone() -> None:
    apply("resources:\n  - {indicator: 'https://a.example', name: A, permissions: [{name: x}, {name: y}]}")
    text = "resources:\n  - {indicator: 'https://a.example', permissions: [{name: x}]}"
    assert apply(text).steps == []
    step = apply(text, prune=True).steps[0]
    assert [difference.path for difference in step.differences] == ["permissions[y].name", "permissions[y].description"]
    assert list(Scope.objects.filter(resource__name="A").values_list("name", flat=True)) == ["x"]


def test_what_is_protected_is_never_deleted() -> None:
    before = set(Role.objects.values_list("name", flat=True)), Resource.objects.count()
    apply("roles: []\nresources: []\napplications: []\nprune: true")
    assert (set(Role.objects.values_list("name", flat=True)), Resource.objects.count()) == before
    assert Application.with_hidden.filter(id="demo-app").exists()


def test_all_or_nothing() -> None:
    text = "roles:\n  - {name: New, description: New}\n  - {name: '#internal:x', description: No}"
    with pytest.raises(AppError) as refused:
        apply(text)
    assert [(issue["path"], issue["line"]) for issue in refused.value.data["issues"]] == [("roles[1]", 4)]
    assert not Role.objects.filter(name="New").exists()
    assert not AuditLog.objects.filter(key="Role.Created").exists()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("rols: []", ("rols", 2)),
        ("roles: {}", ("roles", 2)),
        ("prune: [roles]", ("prune", 2)),
        ("prune: [[roles]]", ("prune", 2)),
        ("prune: [{a: b}]", ("prune", 2)),
        ("applications:\n  - {name: A, type: SPA, id: 'https://a.example'}", ("applications[0].id", 3)),
        ("applications:\n  - name: A\n    oidcClientMetadata:\n      redirectUri: x", None),
        ("applications:\n  - name: A\n    tipe: SPA", ("applications[0].tipe", 4)),
        ("applications:\n  - {name: A, type: Protected}", ("applications[0].type", 3)),
        ("roles:\n  - name: A\n    permissions: {'https://x.example': [y]}", None),
        ("signInExperience:\n  color:\n    primaryColor: red", None),
        ("roles:\n  - {name: A, description: A}\n  - {name: A, description: B}", ("roles[1]", 4)),
        ("captcha:\n  type: Turnstile\n  config:\n    secretKey: plain", ("captcha.config.secretKey", 5)),
        ("roles:\n  - name: A\n    description: '${env:SECRET_KEY}'", ("roles[0].description", 4)),
        ("phrases:\n  - languageTag: xx-YY-zz\n    translation: {}", None),
    ],
)
def test_what_is_refused_says_where(text: str, place: tuple[str, int] | None) -> None:
    found = issues(text)
    assert found
    if place is not None:
        assert found[0] == place
    assert all(line for _path, line in found)


def test_a_service_refuses_with_the_line_of_the_value() -> None:
    text = (
        "applications:\n  - name: A\n    type: SPA\n    oidcClientMetadata:\n      redirectUris:\n"
        "        - https://a.example/callback\n        - 'javascript:alert(1)'\n      postLogoutRedirectUris: []\n"
    )
    assert issues(text) == [("applications[0].oidcClientMetadata.redirectUris[1]", 8)]


SMTP = """emailConnector:
  connector: simple-mail-transfer-protocol
  config:
    host: smtp.example.com
    port: 587
    fromEmail: a@example.com
    auth: {user: orchard, pass: "${env:PASSWORD}"}
"""


def test_a_secret_is_needed_for_something_new_and_stays_if_it_is_not_given() -> None:
    assert issues(SMTP) == [("emailConnector.config.auth.pass", 8)]
    apply(SMTP, secrets={"PASSWORD": "first"})
    kept = apply(SMTP.replace("587", "2525"))
    assert [difference.path for difference in kept.steps[0].differences] == ["config.port"]
    assert "${env:PASSWORD}" in kept.notes[0]
    changed = apply(SMTP.replace("587", "2525"), secrets={"PASSWORD": "second"})
    assert [difference.as_json() for difference in changed.steps[0].differences] == [
        {"path": "config.auth.pass", "before": "********", "after": "********"}
    ]
    assert config_of(Connector.objects.get())["auth"]["pass"] == "second"


def test_headers_and_addresses_that_may_hold_secrets_are_references() -> None:
    """A key in a header of every message, or in an address, was exported in clear."""
    headers = SMTP + '    customHeaders: {X-Api-Key: "${env:HEADER}"}\n'
    assert issues(headers.replace("${env:HEADER}", "k3y"), secrets={"PASSWORD": "first"}) == [
        ("emailConnector.config.customHeaders.X-Api-Key", 9)
    ]
    apply(headers, secrets={"PASSWORD": "first", "HEADER": "k3y"})
    assert config_of(Connector.objects.get())["customHeaders"] == {"X-Api-Key": "k3y"}
    exported = export_text()
    assert "k3y" not in exported
    assert "CUSTOMHEADERS_X_API_KEY}" in exported
    assert apply_configuration(exported, resolve=resolver_of({}), actor=CAROL).steps == []
    address = "https://functions.example.com/mail?code=k3y"
    apply(f"emailConnector:\n  connector: http-email\n  config: {{endpoint: '{address}'}}\n")
    assert config_of(Connector.objects.get())["endpoint"] == address
    exported = export_text()
    assert "k3y" not in exported
    assert apply_configuration(exported, resolve=resolver_of({}), actor=CAROL).steps == []


def test_another_kind_of_connector_takes_the_place_of_the_one_there_is() -> None:
    apply(SMTP, secrets={"PASSWORD": "first"})
    other = "emailConnector:\n  connector: sendgrid-email-service\n  config:\n"
    other += "    apiKey: '${env:KEY}'\n    fromEmail: a@a.example\n"
    found = apply(other, secrets={"KEY": "key"})
    assert told(found) == [("change", "emailConnector", "emailConnector")]
    assert Connector.objects.get().factory_id == "sendgrid-email-service"


def test_a_plan_shows_what_follows_from_a_change() -> None:
    apply("resources:\n  - {indicator: 'https://a.example', isDefault: true}")
    found = plan("resources:\n  - {indicator: 'https://b.example', isDefault: true}")
    assert told(found) == [("change", "resources", "https://a.example"), ("create", "resources", "https://b.example")]


def test_one_resource_of_a_file_is_the_default() -> None:
    """A file with two defaults was accepted: each apply moved the flag to the other one and told two changes."""
    row = "  - {indicator: 'https://%s.example', isDefault: %s}\n"
    given = "resources:\n" + row % ("a", "true") + row % ("b", "false") + row % ("c", "true") + row % ("d", "true")
    with pytest.raises(AppError) as refused:
        plan(given)
    assert [(issue["path"], issue["line"], issue["code"]) for issue in refused.value.data["issues"]] == [
        ("resources[2]", 5, "invalid"),
        ("resources[3]", 6, "invalid"),
    ]
    for name in ("a", "b"):
        moved = "resources:\n" + "".join(row % (each, "true" if each == name else "false") for each in "ab")
        apply(moved)
        assert Resource.objects.get(is_default=True).indicator == f"https://{name}.example"
        assert apply(moved).steps == []


def test_several_roles_are_defaults() -> None:
    """Every new user is given all of them: the flag of roles is not exclusive."""
    text = "roles:\n  - {name: A, isDefault: true}\n  - {name: B, isDefault: true}"
    apply(text)
    assert Role.objects.filter(is_default=True).count() == 2
    assert apply(text).steps == []


def test_deletions_come_last_and_backwards() -> None:
    apply(
        "resources:\n  - {indicator: 'https://a.example', permissions: [{name: x}]}\n"
        "roles:\n  - {name: A, permissions: {'https://a.example': [x]}}"
    )
    found = apply("resources:\n  - {indicator: 'https://b.example'}\nroles: []\nprune: true")
    assert told(found) == [
        ("create", "resources", "https://b.example"),
        ("delete", "roles", "A"),
        ("delete", "resources", "https://a.example"),
    ]


def test_the_order_of_profile_fields_is_the_files() -> None:
    field = "{name: %s, type: Text, label: X, required: false}"
    apply(f"profileFields:\n  - {field % 'first'}\n  - {field % 'second'}")
    turned = f"profileFields:\n  - {field % 'second'}\n  - {field % 'first'}"
    assert told(apply(turned)) == [("change", "profileFields", "profileFields")]
    assert apply(turned).steps == []


def test_the_tenant_must_be_what_was_planned_for() -> None:
    version = plan("roles:\n  - {name: A}").version
    create_role(name="B", description="B", actor=SYSTEM)
    with pytest.raises(AppError, match="configuration.tenant_changed"):
        apply("roles:\n  - {name: A}", version=version)
    apply("roles:\n  - {name: A}", version=plan("roles:\n  - {name: A}").version)


def test_one_event_says_that_a_file_was_applied() -> None:
    apply("roles:\n  - {name: A}")
    entry = AuditLog.objects.get(key="Tenant.Configuration.Applied")
    assert entry.payload["subject"] == {"type": "Tenant", "id": "default", "name": "Default"}
    assert entry.payload["changed"] == ["create roles: A"]
    assert AuditLog.objects.filter(key="Role.Created").count() == 1


def test_tenant_admin_keeps_what_is_the_installations() -> None:
    with enter_tenant("admin"):
        assert "applications" not in export_text()
        with pytest.raises(AppError) as refused:
            plan("applications: []")
        assert refused.value.data["issues"][0]["path"] == "applications"


def test_a_plan_reads_like_a_diff() -> None:
    apply('customClaims:\n  - {token: access-token, script: "a\\nb\\n"}\nroles:\n  - {name: A, description: B}')
    found = plan(
        'customClaims:\n  - {token: access-token, script: "a\\nc\\n"}\n'
        "roles:\n  - {name: A, description: C}\n  - {name: D}\nprune: true"
    )
    assert render_plan(found).splitlines()[:8] == [
        "~ roles: A",
        '~   description: "B" → "C"',
        "+ roles: D",
        '+   name: "D"',
        '+   description: "D"',
        '+   type: "User"',
        "+   isDefault: false",
        "~ customClaims: access-token",
    ]
    assert "-     b\n+     c\n" in render_plan(found)
    assert render_plan(found).endswith(f"Plan: 1 to create, 2 to change, 0 to delete.\nVersion: {found.version}\n")
    assert render_plan(found, in_color=True).startswith("\x1b[33m~ roles: A\x1b[0m\n")


def test_the_rows_of_another_tenant_are_no_names_here(tenants: dict[str, Tenant]) -> None:
    with enter_tenant("acme"):
        create_role(name="Theirs", description="Theirs", actor=SYSTEM)
    text = "applications:\n  - {name: A, type: SPA, accessControl: {roles: [Theirs]}}"
    assert issues(text)[0][1] == 3


@pytest.mark.parametrize(
    ("held", "other", "path"),
    [
        (
            "emailConnector:\n  connector: sendgrid-email-service\n  config: {apiKey: '${env:KEY}', fromEmail: a@b.ex}",
            "emailConnector:\n  connector: smtp2go-email-service\n  config: {apiKey: '${env:KEY}', sender: a@b.ex}",
            "emailConnector.config.apiKey",
        ),
        (
            "captcha:\n  type: Turnstile\n  config: {siteKey: site, secretKey: '${env:KEY}'}",
            "captcha:\n  type: RecaptchaEnterprise\n  config: {siteKey: site, secretKey: '${env:KEY}', projectId: a}",
            "captcha.config.secretKey",
        ),
    ],
)
def test_a_secret_stays_with_the_provider_that_it_is_of(held: str, other: str, path: str) -> None:
    """A secret that was not given stayed by its place in the file: another provider was sent the first one's."""
    apply(held, secrets={"KEY": "first-key"})
    assert plan(held).steps == []
    assert issues(other) == [(path, 4)]
    assert len(apply(other, secrets={"KEY": "second-key"}).steps) == 1
