"""Which tenant a host name means, and the origin under which a tenant is reached."""

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.request import host_validation_re

from tenants.configuration import leased_version
from tenants.context import all_tenants_scope
from tenants.models import Domain

DEFAULT_TENANT = "default"
ADMIN_TENANT = "admin"

TENANT_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,19}[a-z0-9])?")

_PORT = re.compile(r":\d+\Z")
_IMPLIED_PORTS = {"http": ":80", "https": ":443"}
# Where a request keeps its configured origin: no header comes by such a name.
_ORIGIN = "gatehouse.origin"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Site(NamedTuple):
    """What a host means: the tenant, and the one spelling of the origin that it is reached at."""

    tenant_id: str
    origin: str


class _Base(NamedTuple):
    """The parts of `BASE_URL`; `port` with its colon, or empty."""

    scheme: str
    name: str
    port: str


@lru_cache(maxsize=8)
def _parse_base(url: str) -> _Base:
    parts = urlsplit(url)
    return _Base(parts.scheme, parts.hostname or "localhost", f":{parts.port}" if parts.port else "")


def _host_name(host: str) -> str:
    return _PORT.sub("", host.lower()).removesuffix(".")


def _find_by_name(name: str) -> Site | None:
    """What a name means by its form alone; the tenant may not exist."""
    base = _parse_base(settings.BASE_URL)
    if tenant_id := settings.TENANT_HOSTS.get(name):
        return Site(tenant_id, f"{base.scheme}://{name}{base.port}")
    is_loopback = base.name in _LOOPBACK and name in _LOOPBACK
    if name == base.name or is_loopback or name in settings.DEFAULT_TENANT_HOSTS:
        return Site(DEFAULT_TENANT, f"{base.scheme}://{name}{base.port}")
    tenant_id, dot, rest = name.partition(".")
    if not dot or rest != base.name or not TENANT_ID.fullmatch(tenant_id):
        return None
    return Site(tenant_id, origin_of_tenant(tenant_id))


def _find_by_domain(host: str) -> Site | None:
    """What a custom domain means; raises `DisallowedHost` for what is no host (RFC 9112 section 3.2)."""
    if not host_validation_re.match(host.lower()):
        raise DisallowedHost("not a host")
    name = _host_name(host)
    with all_tenants_scope():
        tenant_id = (
            Domain.all_tenants.filter(domain=name, status=Domain.Status.ACTIVE)
            .values_list("tenant_id", flat=True)
            .first()
        )
    return None if tenant_id is None else Site(tenant_id, f"https://{name}")


def find_site(host: str) -> tuple[Site, int] | None:
    """Return what a host means, in whatever spelling, and the configuration version of its tenant.

    The port is the configured one's, whatever the host says. `None` for an unknown host. At most one statement for a
    host of the installation, two for a custom domain; raises `DisallowedHost` for what is no host.
    """
    site = _find_by_name(_host_name(host)) or _find_by_domain(host)
    if site is None:
        return None
    version = leased_version(site.tenant_id)
    return None if version is None else (site, version)


def is_name_of(host: str, origin: str) -> bool:
    """Whether a host is an origin's by name, whatever its port; a name with a dot at its end is another to browsers."""
    return _PORT.sub("", host.lower()) == _PORT.sub("", origin.partition("://")[2])


def take_configured_origin(request: HttpRequest, origin: str) -> None:
    """Let a request say the configured origin wherever it says the origin that it was sent to, in another spelling.

    A proxy may have taken the port away, or added one; a browser may be at another port than `BASE_URL` has. Its
    `Origin` is compared with where the request was sent, so another port's pages stay another origin.
    """
    meta = request.META
    meta[_ORIGIN] = origin
    scheme, _, host = origin.partition("://")
    asked_scheme, asked_host = meta["wsgi.url_scheme"], meta.get("HTTP_HOST", "")
    if (asked_scheme, asked_host) == (scheme, host):
        return
    sent_from = meta.get("HTTP_ORIGIN")
    if sent_from is not None and sent_from == _spell_as_browsers_do(asked_scheme, asked_host):
        meta["HTTP_ORIGIN"] = origin
    meta["wsgi.url_scheme"], meta["HTTP_HOST"] = scheme, host


def _spell_as_browsers_do(scheme: str, host: str) -> str:
    return f"{scheme}://{host.lower().removesuffix(_IMPLIED_PORTS.get(scheme, ''))}"


def origin_of_request(request: HttpRequest) -> str:
    """Return the configured origin that the request came to: the base of the issuer its tokens carry."""
    return request.META.get(_ORIGIN) or f"{request.scheme}://{request.get_host()}"


def host_name_of_request(request: HttpRequest) -> str:
    """Return the name of the host that the request came to, without a port: what passkeys and apps know a tenant by."""
    return urlsplit(origin_of_request(request)).hostname or ""


def own_host_names() -> list[str]:
    """Return the names that the installation itself is reached at; its tenants are below the first."""
    return [_parse_base(settings.BASE_URL).name, *settings.DEFAULT_TENANT_HOSTS, *settings.TENANT_HOSTS]


def origin_of_tenant(tenant_id: str) -> str:
    """Return the tenant's origin under the installation's own host, for links made outside of a request."""
    if tenant_id == DEFAULT_TENANT:
        return str(settings.BASE_URL)
    base = _parse_base(settings.BASE_URL)
    return f"{base.scheme}://{tenant_id}.{base.name}{base.port}"


def origins_of_tenant(tenant_id: str) -> list[str]:
    """Return every origin of a tenant: its own first, then further hosts, then its active custom domains over https."""
    with all_tenants_scope():
        domains = list(
            Domain.all_tenants.filter(tenant_id=tenant_id, status=Domain.Status.ACTIVE)
            .order_by("created_at")
            .values_list("domain", flat=True)
        )
    hosts = list(settings.DEFAULT_TENANT_HOSTS) if tenant_id == DEFAULT_TENANT else []
    hosts += [host for host, tenant in settings.TENANT_HOSTS.items() if tenant == tenant_id]
    base = _parse_base(settings.BASE_URL)
    further = [f"{base.scheme}://{host}{base.port}" for host in hosts]
    return [origin_of_tenant(tenant_id), *further, *(f"https://{domain}" for domain in domains)]


def issuer_of(origin: str) -> str:
    """Return the issuer identifier of an origin (OpenID Connect Discovery 1.0 section 3)."""
    return f"{origin}/oidc"
