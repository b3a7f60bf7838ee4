"""The quick start of an application: what to register, and code that runs as it is pasted into an empty folder."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.management import MANAGEMENT_SCOPE, management_api_indicator
from applications.models import Application
from applications.models.application import ApplicationType
from tenants.context import current_tenant_id
from tenants.hosts import issuer_of, origin_of_tenant

_LOOPBACK = ("http://localhost", "http://127.0.0.1", "http://[::1]")


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, and what to paste: into the file of that name, or else into a terminal."""

    text: str | Promise
    code: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something that the application must have before the code works, and whether it has."""

    name: str | Promise
    value: str
    is_met: bool


@dataclass(frozen=True, slots=True)
class QuickStart:
    """What the page shows, in this order."""

    requirements: list[Requirement]
    steps: list[Step]
    note: str | Promise


def quick_start_of(application: Application) -> QuickStart | None:
    """Return the quick start for the application's type; `None` for a type without one."""
    if application.type == ApplicationType.NATIVE and application.custom_client_metadata.get("isDeviceFlow"):
        return _device(application)
    make = _BY_TYPE.get(ApplicationType(application.type))
    return make(application) if make else None


def _code(application: Application, name: str, address: str = "", after_sign_out: str = "") -> str:
    tenant_id = current_tenant_id()
    endpoint = origin_of_tenant(tenant_id)
    parts = urlsplit(address)
    values = {
        "endpoint": endpoint,
        "issuer": issuer_of(endpoint),
        "has_https": endpoint.startswith("https://"),
        "app_id": application.id,
        "address": address,
        "after_sign_out": after_sign_out,
        "origin": f"{parts.scheme}://{parts.netloc}",
        "hostname": parts.hostname,
        "port": parts.port or 80,
        "management_api": management_api_indicator(tenant_id),
        "scope": MANAGEMENT_SCOPE,
    }
    return render_to_string(f"console/quick_starts/{name}", values).strip()


def _local_address(application: Application, default: str) -> str:
    """The first redirect URI on this machine, which a quick start can answer at, else `default`."""
    local = (uri for uri in application.redirect_uri_list if uri.startswith(_LOOPBACK) and "*" not in uri)
    return next(local, default)


def _after_sign_out(application: Application) -> list[str]:
    return list(application.oidc_client_metadata.get("postLogoutRedirectUris", []))


def _addresses(application: Application, redirect_uri: str, after_sign_out: str = "") -> list[Requirement]:
    registered = _after_sign_out(application)
    wanted = [Requirement(_("Redirect URI"), redirect_uri, redirect_uri in application.redirect_uri_list)]
    if after_sign_out:
        wanted.append(Requirement(_("Post sign-out redirect URI"), after_sign_out, after_sign_out in registered))
    return wanted


def _traditional(application: Application) -> QuickStart:
    origin = "/".join(_local_address(application, "http://localhost:3000").split("/")[:3])
    # Where @logto/express expects the answer.
    redirect_uri = f"{origin}/logto/sign-in-callback"
    return QuickStart(
        _addresses(application, redirect_uri, origin),
        [
            Step(_("Install, in an empty folder"), "npm install @logto/express express express-session"),
            Step(_("Save as app.mjs"), _code(application, "traditional.mjs", redirect_uri), "app.mjs"),
            Step(_("Take the app secret shown above"), "export APP_SECRET='paste it here'"),
            Step(_("Run, and open %s") % origin, "node app.mjs"),
        ],
        _(
            "The SDK asks for offline_access with prompt=consent, which gives a refresh token. A library that cannot "
            "needs “Always issue a refresh token”, in the tab Tokens."
        ),
    )


def _single_page(application: Application) -> QuickStart:
    redirect_uri = _local_address(application, "http://localhost:5173/callback")
    parts = urlsplit(redirect_uri)
    origin = f"{parts.scheme}://{parts.netloc}"
    after_sign_out = origin if origin in _after_sign_out(application) else f"{origin}/"
    code = _code(application, "single_page.html", redirect_uri, after_sign_out)
    return QuickStart(
        _addresses(application, redirect_uri, after_sign_out),
        [
            Step(_("Install, in an empty folder"), "npm install @logto/browser vite"),
            Step(_("Save as index.html"), code, "index.html"),
            Step(
                _("Run, and open %s") % origin,
                f"npx vite --host {parts.hostname} --port {parts.port or 80} --strictPort",
            ),
        ],
        _(
            "The SDK asks for offline_access with prompt=consent, which gives a refresh token. A library that cannot "
            "needs “Always issue a refresh token”, in the tab Tokens."
        ),
    )


def _native(application: Application) -> QuickStart:
    redirect_uri = _local_address(application, "http://127.0.0.1:4180/callback")
    return QuickStart(
        _addresses(application, redirect_uri),
        [
            Step(_("Install, in an empty folder"), "npm install openid-client"),
            Step(_("Save as app.mjs"), _code(application, "native.mjs", redirect_uri), "app.mjs"),
            Step(_("Run, and open the address that it prints"), "node app.mjs"),
        ],
        _(
            "Any OpenID Connect client with PKCE works, such as AppAuth on a phone. For a refresh token, ask for the "
            "scope offline_access with prompt=consent; nothing else gives a native app one."
        ),
    )


def _device(application: Application) -> QuickStart:
    return QuickStart(
        [],
        [
            Step(_("Install, in an empty folder"), "npm install openid-client"),
            Step(_("Save as app.mjs"), _code(application, "device.mjs"), "app.mjs"),
            Step(_("Run, and do what it says"), "node app.mjs"),
        ],
        _("There is no redirect URI. The scope offline_access gives a refresh token without a prompt."),
    )


def _machine(application: Application) -> QuickStart:
    granting = application.roles.filter(
        scopes__name=MANAGEMENT_SCOPE, scopes__resource__indicator=management_api_indicator(current_tenant_id())
    )
    return QuickStart(
        [Requirement(_("Role with the permission"), MANAGEMENT_SCOPE, granting.exists())],
        [
            Step(_("Take the app secret shown above"), "export APP_SECRET='paste it here'"),
            Step(_("Get a token and list the users"), _code(application, "machine.sh")),
        ],
        _("Without a role that grants them, permissions are left out of the token. There is no refresh token here."),
    )


_BY_TYPE: dict[str, Callable[[Application], QuickStart]] = {
    ApplicationType.TRADITIONAL: _traditional,
    ApplicationType.SPA: _single_page,
    ApplicationType.NATIVE: _native,
    ApplicationType.MACHINE_TO_MACHINE: _machine,
}
