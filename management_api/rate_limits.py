"""How many requests a client, and all clients of a tenant, may make: the settings', or the tenant's own limits.

A caller learns what is left by `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers).
"""

from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerMinute

from common.quotas import Quota, spend
from common.shapes import Integer, Members
from management_api.auth import Principal
from tenants.configuration import cached
from tenants.context import current_tenant_id
from tenants.rate_limits import TooManyRequestsError, configured_limit
from tenants.services.settings import Setting, get_setting

_PER_MINUTE = Integer(minimum=1, maximum=1_000_000, nullable=True)

# Requests in a minute; `null` is no limit, an absent member the installation's. The operator sets it, never the tenant:
# `manage.py limit_management_api`.
API_LIMITS_SETTING = Setting(
    key="managementApiLimits", shape=Members({"perClient": _PER_MINUTE, "perTenant": _PER_MINUTE}), default={}
)


@dataclass(frozen=True, slots=True)
class _Limits:
    """The limits in force by the name of their policy, and how a caller is told of them."""

    items: tuple[tuple[str, RateLimitItem], ...]
    policies: str


def _limit(own: dict[str, int | None], member: str, setting: str) -> RateLimitItem | None:
    if member not in own:
        return configured_limit(setting)
    return RateLimitItemPerMinute(amount) if (amount := own[member]) else None


def _load() -> _Limits:
    own = get_setting(API_LIMITS_SETTING)
    found = {
        "client": _limit(own, "perClient", "MANAGEMENT_LIMIT_PER_CLIENT"),
        "tenant": _limit(own, "perTenant", "MANAGEMENT_LIMIT_PER_TENANT"),
    }
    items = tuple((name, limit) for name, limit in found.items() if limit is not None)
    return _Limits(items, ", ".join(f'"{name}";q={limit.amount};w={limit.get_expiry()}' for name, limit in items))


def count_request(principal: Principal) -> dict[str, str]:
    """Count a request of the current tenant's API and return the headers that tell what is left.

    Raises `TooManyRequestsError`. What one client is refused does not use up the tenant's limit. No statement.
    """
    limits = cached("management_api", "limits", _load)
    if not limits.items:
        return {}
    quotas: list[tuple[str, Quota]] = []
    for name, limit in limits.items:
        key = (principal.kind, principal.id) if name == "client" else ()
        quota = spend(limit, "management", current_tenant_id(), *key)
        if quota.is_exceeded:
            raise _refusal(name, quota, limits.policies)
        quotas.append((name, quota))
    return _headers(*min(quotas, key=lambda told: told[1].remaining), limits.policies)


def _headers(name: str, quota: Quota, policies: str) -> dict[str, str]:
    return {"RateLimit-Policy": policies, "RateLimit": f'"{name}";r={max(0, quota.remaining)};t={quota.reset}'}


def _refusal(name: str, quota: Quota, policies: str) -> TooManyRequestsError:
    error = TooManyRequestsError(quota.reset)
    error.headers = {**error.headers, **_headers(name, quota, policies)}
    return error
