"""What the policy decides, and which policies are refused because they cannot be meant."""

from collections.abc import Callable
from typing import Any

import pytest

from common.actors import SYSTEM
from experience.restrictions import SignInRestrictedError, SignInRestrictions
from experience.services.settings import get_sign_in_experience, update_sign_in_experience
from tenants.context import enter_tenant
from tenants.models import Tenant
from tests.experience.conftest import refused

CONTRADICTS = "sign_in_experiences.sign_in_restriction_contradicts_itself"
LOCKS_OUT = "sign_in_experiences.sign_in_restriction_locks_out_everybody"


def reason(policy: dict[str, Any], **known: Any) -> str | None:
    """Why the policy refuses what is known of a sign-in, if it does."""
    restrictions = SignInRestrictions.from_settings(policy)
    try:
        if "email" in known:
            restrictions.assert_email_allowed(known["email"])
        else:
            restrictions.assert_place_allowed(ip=known.get("ip", "192.0.2.1"), country=known.get("country"))
    except SignInRestrictedError as error:
        return error.reason.value
    return None


@pytest.mark.parametrize(
    ("policy", "email", "is_refused"),
    [
        ({}, "mallory@evil.example", False),
        ({"emailAllowlist": ["@acme.example"]}, "alice@acme.example", False),
        ({"emailAllowlist": ["@acme.example"]}, "Alice@ACME.example", False),
        ({"emailAllowlist": ["@acme.example"]}, "alice@sub.acme.example", True),
        ({"emailAllowlist": ["@*.acme.example"]}, "alice@sub.acme.example", False),
        ({"emailAllowlist": ["@acme.example"]}, "alice@acme.example.evil.example", True),
        ({"emailAllowlist": ["@acme.example"]}, "acme.example@evil.example", True),
        ({"emailAllowlist": ["contractor-*@acme.example"]}, "contractor-7@acme.example", False),
        ({"emailAllowlist": ["contractor-*@acme.example"]}, "alice@acme.example", True),
        ({"emailBlocklist": ["mallory@acme.example"]}, "mallory@acme.example", True),
        ({"emailBlocklist": ["mallory@acme.example"]}, "alice@acme.example", False),
        # What is refused is refused, whatever allows it.
        (
            {"emailAllowlist": ["@acme.example"], "emailBlocklist": ["mallory@acme.example"]},
            "mallory@acme.example",
            True,
        ),
        ({"emailBlocklist": ["alice.b@gmail.com"]}, "a.lice.b@googlemail.com", True),
    ],
)
def test_addresses(policy: dict[str, Any], email: str, is_refused: bool) -> None:
    assert reason(policy, email=email) == ("email" if is_refused else None)


@pytest.mark.parametrize(
    ("policy", "ip", "is_refused"),
    [
        ({"ipAllowlist": ["192.0.2.0/24"]}, "192.0.2.77", False),
        ({"ipAllowlist": ["192.0.2.0/24"]}, "::ffff:192.0.2.77", False),
        ({"ipAllowlist": ["192.0.2.0/24"]}, "192.0.3.1", True),
        ({"ipAllowlist": ["192.0.2.0/24"]}, "2001:db8::1", True),
        ({"ipAllowlist": ["2001:db8::/32"]}, "2001:db8:5::1", False),
        ({"ipAllowlist": ["192.0.2.0/24"], "ipBlocklist": ["192.0.2.7"]}, "192.0.2.7", True),
        ({"ipBlocklist": ["192.0.2.7"]}, "192.0.2.8", False),
        # Nothing is known of an address that cannot be read.
        ({"ipAllowlist": ["0.0.0.0/0"]}, "unix:", True),
        ({"ipBlocklist": ["192.0.2.7"]}, "", False),
    ],
)
def test_networks(policy: dict[str, Any], ip: str, is_refused: bool) -> None:
    assert reason(policy, ip=ip) == ("ipAddress" if is_refused else None)


@pytest.mark.parametrize(
    ("policy", "country", "is_refused"),
    [
        ({"countryAllowlist": ["DE", "AT"]}, "AT", False),
        ({"countryAllowlist": ["DE", "AT"]}, "CH", True),
        ({"countryAllowlist": ["DE"]}, None, True),
        ({"countryAllowlist": ["DE"], "allowUnknownCountry": True}, None, False),
        ({"countryAllowlist": ["DE"], "allowUnknownCountry": True}, "CH", True),
        ({"countryBlocklist": ["RU"]}, "RU", True),
        ({"countryBlocklist": ["RU"]}, "DE", False),
        ({"countryBlocklist": ["RU"]}, None, False),
        ({"countryAllowlist": ["DE", "CH"], "countryBlocklist": ["CH"]}, "CH", True),
    ],
)
def test_countries(policy: dict[str, Any], country: str | None, is_refused: bool) -> None:
    assert reason(policy, country=country) == ("country" if is_refused else None)


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        ({"emailAllowlist": ["@acme.example"], "emailBlocklist": ["@acme.example"]}, CONTRADICTS),
        ({"ipAllowlist": ["192.0.2.1", "192.0.2.2"], "ipBlocklist": ["192.0.2.2/32"]}, CONTRADICTS),
        ({"countryAllowlist": ["de", "AT"], "countryBlocklist": ["DE"], "allowUnknownCountry": True}, CONTRADICTS),
        ({"emailAllowlist": ["@acme.example"], "emailBlocklist": ["@*.example"]}, LOCKS_OUT),
        ({"emailAllowlist": ["alice@acme.example"], "emailBlocklist": ["*@acme.example"]}, LOCKS_OUT),
        ({"ipAllowlist": ["192.0.2.0/25"], "ipBlocklist": ["192.0.2.0/24"]}, LOCKS_OUT),
        ({"ipBlocklist": ["0.0.0.0/0", "::/0"]}, LOCKS_OUT),
        # Nothing tells this installation where requests come from.
        ({"countryAllowlist": ["DE"]}, LOCKS_OUT),
        ({"emailAllowlist": ["acme.example"]}, "guard.invalid_input"),
        ({"ipAllowlist": ["192.0.2.300"]}, "guard.invalid_input"),
        ({"ipAllowlist": ["1" * 65]}, "guard.invalid_input"),
        ({"ipAllowlist": [1]}, "guard.invalid_input"),
        ({"countryBlocklist": ["UK"]}, "guard.invalid_input"),
        ({"countryBlocklist": ["DEU"]}, "guard.invalid_input"),
        ({"ipBlocklist": ["192.0.2.1"] * 1_001}, "guard.invalid_input"),
        ([], "guard.invalid_input"),
    ],
)
def test_policy_that_cannot_be_meant(tenant: Tenant, policy: Any, code: str) -> None:
    assert refused(signInRestrictionPolicy=policy).code == code


@pytest.mark.parametrize(
    "policy",
    [
        {"emailAllowlist": ["@acme.example", "@b.example"], "emailBlocklist": ["@b.example.org", "x@acme.example"]},
        {"ipBlocklist": ["0.0.0.0/0"]},
        {"countryAllowlist": ["DE"], "allowUnknownCountry": True},
        {"countryBlocklist": ["DE"]},
    ],
)
def test_policy_that_leaves_somebody(tenant: Tenant, settings_of: Callable[..., None], policy: dict[str, Any]) -> None:
    settings_of(signInRestrictionPolicy=policy)
    assert get_sign_in_experience().wire["signInRestrictionPolicy"] == policy


def test_policy_is_stored_in_one_spelling(tenant: Tenant, settings: Any) -> None:
    settings.TRUST_EDGE_HEADERS = True
    given = {
        "emailAllowlist": ["@acme.example", "@acme.example"],
        "ipAllowlist": ["192.0.2.77/24", "192.0.2.0/24", "2001:DB8::1/128"],
        "countryAllowlist": ["de", "DE"],
    }
    stored = update_sign_in_experience({"signInRestrictionPolicy": given}, actor=SYSTEM).wire["signInRestrictionPolicy"]
    assert stored == {
        "emailAllowlist": ["@acme.example"],
        "ipAllowlist": ["192.0.2.0/24", "2001:db8::1"],
        "countryAllowlist": ["DE"],
    }


def test_ipv4_networks_in_the_form_of_ipv6_are_kept_as_ipv4(tenant: Tenant) -> None:
    """Addresses are compared as IPv4, so that a blocklist as a firewall writes it for both families blocked nobody."""
    given = {"ipBlocklist": ["::ffff:192.0.2.0/120", "::ffff:198.51.100.7", "::/64"]}
    restrictions = update_sign_in_experience({"signInRestrictionPolicy": given}, actor=SYSTEM).restrictions
    assert [str(network) for network in restrictions.ip_blocklist] == ["192.0.2.0/24", "198.51.100.7/32", "::/64"]
    with pytest.raises(SignInRestrictedError):
        restrictions.assert_place_allowed(ip="192.0.2.77", country=None)


def test_console_tenant_has_no_restrictions(tenant: Tenant) -> None:
    """Whoever locked the developers out could not sign in to undo it."""
    with enter_tenant("admin"):
        policy = {"ipAllowlist": ["192.0.2.1"]}
        code = "sign_in_experiences.sign_in_restriction_not_for_console"
        assert refused(signInRestrictionPolicy=policy).code == code
        update_sign_in_experience({"signInRestrictionPolicy": {"ipAllowlist": []}}, actor=SYSTEM)
