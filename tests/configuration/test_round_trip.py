"""What is exported and applied to another tenant is exported there as the same text, of every kind."""

import pytest

from common.actors import SYSTEM, Actor
from configuration.document import read_document
from configuration.plans import Plan
from configuration.registry import ALL_KINDS
from configuration.secrets import Reference, resolver_of
from configuration.services import apply_configuration, export_text, plan_configuration
from connectors.models import SsoSigningKey
from events.models import AuditLog
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.configuration.whole import SECRETS, WHOLE

CAROL = Actor.developer("carol")


EMPTY = """version: 1
prune: true
emailConnector: null
smsConnector: null
captcha: null
signInExperience:
  forgotPasswordMethods: []
  passwordExpiration: {enabled: false}
  signIn:
    methods: [{identifier: username, password: true, verificationCode: false, isPasswordPrimary: true}]
  signUp: {identifiers: [username], password: true, verify: false}
  languageInfo: {autoDetect: true, fallbackLanguage: en}"""


def secret_of_any_name(reference: Reference) -> str:
    """An environment in which every variable is set."""
    return f"https://{reference.name.lower()}.example" if "URL" in reference.name else f"value-of-{reference.name}"


def apply(text: str, *, prune: bool = False) -> Plan:
    return apply_configuration(text, prune=prune, resolve=resolver_of(SECRETS), actor=CAROL)


@pytest.fixture
def exported(tenant: Tenant) -> str:
    """Tenant `default` with everything in it, as a file."""
    apply(WHOLE)
    return export_text(with_organizations=True)


@pytest.mark.parametrize("kind", ALL_KINDS, ids=lambda kind: kind.section)
def test_the_whole_configuration_says_something_of_every_kind(kind: object) -> None:
    content = read_document(WHOLE).content
    assert content[kind.section], "add it to tests/configuration/whole.py"  # type: ignore[attr-defined]  # a kind has one


def test_export_apply_to_an_empty_tenant_export_is_the_same_text(exported: str) -> None:
    with enter_tenant("acme"):
        apply_configuration(exported, resolve=secret_of_any_name, actor=SYSTEM)
        assert export_text(with_organizations=True) == exported


def test_a_second_apply_changes_nothing(exported: str) -> None:
    entries = AuditLog.objects.count()
    assert plan_configuration(WHOLE, resolve=resolver_of(SECRETS), actor=CAROL).steps == []
    assert apply(WHOLE).steps == []
    assert apply(exported, prune=True).steps == []
    assert AuditLog.objects.count() == entries


def test_no_secret_is_exported_or_planned_in_clear(exported: str) -> None:
    with enter_tenant("acme"):
        plan = plan_configuration(WHOLE, resolve=resolver_of(SECRETS), actor=SYSTEM)
    for secret in SECRETS.values():
        assert secret not in exported
        assert secret not in str(plan.as_json())
    assert "${env:CONNECTOR_GOOGLE_UNIVERSAL_CLIENTSECRET}" in exported


def test_a_plan_leaves_nothing_behind(tenant: Tenant) -> None:
    before, entries = export_text(with_organizations=True), AuditLog.objects.count()
    plan = plan_configuration(WHOLE, resolve=resolver_of(SECRETS), actor=CAROL)
    assert plan.summary["create"] > 15
    assert export_text(with_organizations=True) == before
    assert AuditLog.objects.count() == entries


def test_a_connector_that_signs_gets_a_key_of_its_own(exported: str) -> None:
    assert SsoSigningKey.objects.filter(connector__connector_name="Initech", active=True).exists()


def test_an_empty_file_with_prune_takes_everything_away_but_what_is_protected(exported: str) -> None:
    lists = [kind.section for kind in ALL_KINDS if not kind.options.is_single]
    apply("\n".join([EMPTY, *(f"{name}: []" for name in lists)]))
    content = read_document(export_text(with_organizations=True)).content
    left = {name: content[name] for name in lists if content[name]}
    assert [role["name"] for role in left.pop("roles")] == ["Logto Management API access"]
    assert left == {}
    assert content["emailConnector"] is content["smsConnector"] is content["captcha"] is None
