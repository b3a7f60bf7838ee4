"""How often unauthenticated callers may make the tenant write rows: a limit per address, and one per tenant.

Counted are requests of callers who have proved nothing, each `Kind` by itself (`common.rates`). An address that has
used its limit up does not use up its tenant's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from limits import RateLimitItem, parse

from common import quotas, rates
from common.errors import AppError
from common.networks import network_of
from common.request_context import request_origin
from tenants.context import current_tenant_id


class Kind(StrEnum):
    """What an unauthenticated caller makes the tenant write."""

    SIGN_IN = "sign-in"  # an authorization request that waits for its user
    INTERACTION = "interaction"  # a journey through the sign-in pages, begun or started over
    STEP = "step"  # the audit entry of a step of such a journey
    CAPTCHA = "captcha"  # the token of a captcha, which is verified and noted
    CHALLENGE = "challenge"  # the beginning of a proof of work: writes nothing, but computes
    PUSHED_REQUEST = "pushed-request"
    DEVICE = "device"
    API_TOKEN = "api-token"  # a call of an API without a token, or with one that is refused
    REFUSAL = "refusal"  # an audit entry about a client or a token that was refused


class TooManyRequestsError(AppError):
    """`request.rate_limited`; says when to come again (RFC 6585 section 4)."""

    def __init__(self, retry_after: int, *, code: str = "request.rate_limited") -> None:
        super().__init__(code)
        self.headers = {"Retry-After": str(retry_after)}


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits in force, `None` for one that is switched off."""

    per_address: RateLimitItem | None
    per_tenant: RateLimitItem | None


def _parsed(name: str) -> RateLimitItem | None:
    value = getattr(settings, name)
    try:
        return parse(value) if value else None
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be like 600/minute, or empty, not {value!r}") from error


@cache
def configured_limits() -> Limits:
    """Return the limits of the settings; raises `ImproperlyConfigured`."""
    return Limits(_parsed("ANONYMOUS_LIMIT_PER_ADDRESS"), _parsed("ANONYMOUS_LIMIT_PER_TENANT"))


@cache
def configured_limit(name: str) -> RateLimitItem | None:
    """Return the limit of a setting, `None` for one that is switched off; raises `ImproperlyConfigured`."""
    return _parsed(name)


def forget() -> None:
    """Begin again, with the settings as they are now."""
    configured_limits.cache_clear()
    configured_limit.cache_clear()
    rates.forget()
    quotas.forget()


def throttle(kind: Kind) -> None:
    """Count a request that writes a row for somebody who has proved nothing; raises `TooManyRequestsError`.

    Outside of a request nothing is counted.
    """
    address = request_origin().ip
    if not address:
        return
    limits, tenant_id = configured_limits(), current_tenant_id()
    for limit, key in ((limits.per_address, network_of(address)), (limits.per_tenant, "")):
        if limit is not None and (wait := rates.hit(limit, kind, tenant_id, key)):
            raise TooManyRequestsError(wait)


def count_request(setting: str, *caller: str) -> None:
    """Count a request of the current tenant's under a setting's generous limit; raises `TooManyRequestsError`.

    Costs no statement, and a round trip to Redis near the limit alone (`common.quotas`).
    """
    limit = configured_limit(setting)
    if limit is None:
        return
    quota = quotas.spend(limit, setting, current_tenant_id(), *caller)
    if quota.is_exceeded:
        raise TooManyRequestsError(quota.reset)


def count_address(setting: str) -> None:
    """Count a request by the network that it comes from, as `count_request` does; none outside of a request."""
    if network := network_of(request_origin().ip):
        count_request(setting, network)


def find_wait(setting: str, *key: str) -> int:
    """Count something of the current tenant under a setting's limit; 0 within it, else the seconds to wait."""
    limit = configured_limit(setting)
    return 0 if limit is None else rates.hit(limit, setting, current_tenant_id(), *key)


@contextmanager
def throttle_guesses() -> Iterator[None]:
    """Run the block, which verifies a first factor, and count its failures against the caller's network.

    A network that has guessed wrong too often, whomever it guessed at, gets `TooManyRequestsError`, for a right answer
    too: before the block, so that nothing is hashed for it, and after it, for whoever came meanwhile.
    """
    network = network_of(request_origin().ip)
    limit = configured_limit("GUESS_LIMIT_PER_ADDRESS") if network else None
    if limit is None:
        yield
        return
    key = ("guess", current_tenant_id(), network)
    if wait := rates.find_wait(limit, *key):
        raise TooManyRequestsError(wait)
    try:
        yield
    except TooManyRequestsError:
        raise
    except AppError as error:
        if error.status < 500 and (wait := rates.hit(limit, *key)):
            raise TooManyRequestsError(wait) from error
        raise
    if wait := rates.find_wait(limit, *key):
        raise TooManyRequestsError(wait)


@contextmanager
def throttle_refusals(kind: Kind) -> Iterator[None]:
    """Count the refusals of the block, and nothing else; raises `TooManyRequestsError` for one too many."""
    try:
        yield
    except AppError:
        throttle(kind)
        raise
