"""What a developer of an application takes from its page first: its secret, and code to begin with."""

from typing import Any

from django.utils.translation import gettext as _

from access.management import management_api_indicator
from applications.models import Application
from applications.models.application import ApplicationType
from console.admin.secrets import hidden_secret
from tenants.context import current_tenant_id
from tenants.hosts import issuer_of, origin_of_tenant

_WEB = """// npm install @logto/express express express-session
const config = {{
  endpoint: "{endpoint}",
  appId: "{app_id}",
  appSecret: process.env.APP_SECRET,
  baseUrl: "{origin}",
}};
app.use(handleAuthRoutes(config));
app.get("/", withLogto(config), (request, response) => response.json(request.user));"""
_SPA = """// npm install @logto/browser
import LogtoClient from "@logto/browser";

const client = new LogtoClient({{ endpoint: "{endpoint}", appId: "{app_id}" }});
await client.signIn("{redirect_uri}");
// on the page of the redirect URI
await client.handleSignInCallback(location.href);
console.log(await client.getIdTokenClaims());"""
_NATIVE = """# Any OpenID Connect client with PKCE, such as AppAuth
discovery     {issuer}/.well-known/openid-configuration
client id     {app_id}
redirect URI  {redirect_uri}
scopes        openid profile offline_access
prompt        consent, for a refresh token"""
_MACHINE = """curl -u "{app_id}:$APP_SECRET" {issuer}/token \\
  -d grant_type=client_credentials \\
  -d resource={management_api} -d scope=all"""

_GUIDES = {
    ApplicationType.TRADITIONAL: _WEB,
    ApplicationType.SPA: _SPA,
    ApplicationType.NATIVE: _NATIVE,
    ApplicationType.MACHINE_TO_MACHINE: _MACHINE,
}


def start_of(application: Application, *, may_reveal: bool) -> dict[str, Any]:
    """Return what `console/cards/application_start.html` shows; the secret for those who may see its value."""
    secrets = application.secrets.order_by("created_at")[:1] if may_reveal else []
    return {
        "secrets": [(_("App secret"), hidden_secret(secret)) for secret in secrets],
        "guide": _guide_of(application),
    }


def _guide_of(application: Application) -> str:
    guide = _GUIDES.get(ApplicationType(application.type))
    if guide is None:
        return ""
    tenant_id = current_tenant_id()
    endpoint = origin_of_tenant(tenant_id)
    uris = application.redirect_uri_list
    redirect_uri = uris[0] if uris else "https://app.example.com/callback"
    origin = "/".join(redirect_uri.split("/")[:3])
    return guide.format(
        endpoint=endpoint,
        issuer=issuer_of(endpoint),
        app_id=application.id,
        redirect_uri=redirect_uri,
        origin=origin,
        management_api=management_api_indicator(tenant_id),
    )
