"""Which email domains a connector may claim."""

import pytest

from common.errors import AppError
from connectors.enterprise.domains import MAX_DOMAINS, checked_domains


def refusal(*domains: str) -> tuple[str, int, list[str]]:
    with pytest.raises(AppError) as failure:
        checked_domains(domains)
    error = failure.value
    return error.code, error.status, [entry["domain"] for entry in error.data or []]


def test_domains_are_kept_as_dns_sees_them_in_their_order() -> None:
    given = ["Initech.COM", "a.example.", "bücher.example"]
    assert checked_domains(given) == ["initech.com", "a.example", "xn--bcher-kva.example"]
    assert checked_domains([]) == []


@pytest.mark.parametrize("domain", ["gmail.com", "GMAIL.com", "gmail.com.", "outlook.com", "qq.com", "protonmail.com"])
def test_nobody_claims_a_public_email_provider(domain: str) -> None:
    assert refusal("initech.com", domain)[:2] == ("single_sign_on.forbidden_domains", 422)


def test_the_refusal_names_the_domains() -> None:
    assert refusal("yahoo.com", "initech.com", "aol.com")[2] == ["yahoo.com", "aol.com"]


@pytest.mark.parametrize("twin", ["initech.com", "INITECH.com", "initech.com."])
def test_a_domain_is_named_once(twin: str) -> None:
    assert refusal("initech.com", twin) == ("single_sign_on.duplicated_domains", 422, ["initech.com"])


@pytest.mark.parametrize(
    "domain",
    ["", " ", "initech", "@initech.com", "peter@initech.com", "https://initech.com", "*.initech.com", "10.0.0.1"]
    + ["a" * 64 + ".com", "a." * 80 + "com", "initech..com", "-initech.com", "ini tech.com", "initech.com\x00"],
)
def test_what_is_no_domain_of_an_address_is_refused(domain: str) -> None:
    assert refusal(domain)[:2] == ("single_sign_on.invalid_domain_format", 422)


def test_there_is_a_limit() -> None:
    assert len(checked_domains(f"d{number}.example" for number in range(MAX_DOMAINS))) == MAX_DOMAINS
    assert refusal(*(f"d{number}.example" for number in range(MAX_DOMAINS + 1)))[0] == "entity.value_too_long"
