"""The first lines of code of an application of each type, with its own addresses in them."""

from access.management import management_api_indicator
from oidc.models import Application
from oidc.models.application import ApplicationType
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
scopes        openid profile offline_access"""
_MACHINE = """curl -u "{app_id}:$APP_SECRET" {issuer}/token \\
  -d grant_type=client_credentials \\
  -d resource={management_api} -d scope=all"""

_GUIDES = {
    ApplicationType.TRADITIONAL: _WEB,
    ApplicationType.SPA: _SPA,
    ApplicationType.NATIVE: _NATIVE,
    ApplicationType.MACHINE_TO_MACHINE: _MACHINE,
}


def guide_of(application: Application) -> str:
    """Return code to begin with; empty for a type that cannot be created in the console."""
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
