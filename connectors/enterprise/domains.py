"""Which email domains an enterprise connector may claim."""

from collections.abc import Iterable

from common.domains import canonical_domain, is_host_name
from common.errors import AppError

MAX_DOMAINS = 200
_MAX_LENGTH = 128

# Where anybody can have an address: nobody's enterprise.
PUBLIC_DOMAINS = frozenset(
    {
        "126.com",
        "163.com",
        "aol.com",
        "gmail.com",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "mail.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "sina.com",
        "sohu.com",
        "yahoo.com",
        "yandex.com",
        "yandex.ru",
        "yanex.com",
        "ymail.com",
        "zoho.com",
    }
)


def checked_domains(domains: Iterable[str]) -> list[str]:
    """Return the domains as DNS sees them, in their order.

    Raises 422 `single_sign_on.invalid_domain_format`, `single_sign_on.forbidden_domains` for public mail providers,
    `single_sign_on.duplicated_domains`, each with `data` `[{domain}]`, and `entity.value_too_long` for too many.
    """
    given = list(domains)
    if len(given) > MAX_DOMAINS:
        raise AppError("entity.value_too_long")
    names = [canonical_domain(domain) for domain in given]
    _refuse("invalid_domain_format", [given[i] for i, name in enumerate(names) if not _is_domain(name)])
    _refuse("forbidden_domains", [name for name in names if name in PUBLIC_DOMAINS])
    _refuse("duplicated_domains", [name for name in names if names.count(name) > 1])
    return names


def _is_domain(name: str) -> bool:
    return len(name) <= _MAX_LENGTH and "." in name and is_host_name(name) and not name.rpartition(".")[2].isdecimal()


def _refuse(code: str, domains: list[str]) -> None:
    if domains:
        raise AppError(
            f"single_sign_on.{code}", data=[{"domain": domain[:_MAX_LENGTH]} for domain in dict.fromkeys(domains)]
        )
