"""Which tenant a host name means, and the origin under which a tenant is reached."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

from tenants.configuration import leased_version
from tenants.context import all_tenants_scope
from tenants.models import Domain

DEFAULT_TENANT = "default"
ADMIN_TENANT = "admin"

TENANT_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,19}[a-z0-9])?")

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


def _host_of(url: str) -> str:
    return urlsplit(url).hostname or "localhost"


def _host_name(host: str) -> str:
    return re.sub(r":\d+$", "", host.lower()).rstrip(".")


@lru_cache(maxsize=1024)
def _find_by_name(name: str, base_url: str, default_hosts: tuple[str, ...]) -> str | None:
    """The tenant a name means by its form alone; it may not exist."""
    base = _host_of(base_url)
    if name == base or name in default_hosts or (base in _LOOPBACK and name in _LOOPBACK):
        return DEFAULT_TENANT
    label, dot, rest = name.partition(".")
    if dot and rest == base and TENANT_ID.fullmatch(label):
        return label
    return None


def _find_by_domain(name: str) -> str | None:
    with all_tenants_scope():
        return (
            Domain.all_tenants.filter(domain=name, status=Domain.Status.ACTIVE)
            .values_list("tenant_id", flat=True)
            .first()
        )


def find_tenant(host: str) -> tuple[str, int] | None:
    """Return `(tenant id, configuration version)` of the tenant reached at `host`, `None` for an unknown one.

    At most one statement for a host of the installation, two for a custom domain.
    """
    name = _host_name(host)
    tenant_id = _find_by_name(name, settings.BASE_URL, tuple(settings.DEFAULT_TENANT_HOSTS)) or _find_by_domain(name)
    if tenant_id is None:
        return None
    version = leased_version(tenant_id)
    return None if version is None else (tenant_id, version)


def origin_of_request(request: HttpRequest) -> str:
    """Return scheme, host and port the request came to: the base of the issuer its tokens carry."""
    return f"{request.scheme}://{request.get_host()}"


def origin_of_tenant(tenant_id: str) -> str:
    """Return the tenant's origin under the installation's own host, for links made outside of a request."""
    if tenant_id == DEFAULT_TENANT:
        return str(settings.BASE_URL)
    parts = urlsplit(settings.BASE_URL)
    return parts._replace(netloc=f"{tenant_id}.{parts.netloc}").geturl()


def _with_port(host: str, origin: str) -> str:
    port = urlsplit(origin).port
    return f"{host}:{port}" if port else host


def origins_of_tenant(tenant_id: str) -> list[str]:
    """Return every origin of a tenant: its own first, then further hosts, then its active custom domains over https."""
    with all_tenants_scope():
        domains = list(
            Domain.all_tenants.filter(tenant_id=tenant_id, status=Domain.Status.ACTIVE)
            .order_by("created_at")
            .values_list("domain", flat=True)
        )
    own = origin_of_tenant(tenant_id)
    hosts = settings.DEFAULT_TENANT_HOSTS if tenant_id == DEFAULT_TENANT else []
    further = [urlsplit(own)._replace(netloc=_with_port(host, own)).geturl() for host in hosts]
    return [own, *further, *(f"https://{domain}" for domain in domains)]


def issuer_of(origin: str) -> str:
    """Return the issuer identifier of an origin (OpenID Connect Discovery 1.0 section 3)."""
    return f"{origin}/oidc"
