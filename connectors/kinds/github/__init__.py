"""GitHub."""

from collections.abc import Mapping
from typing import Any

from common.errors import AppError
from connectors.factories import SocialFactory, register
from connectors.kinds.guides import read_guide
from connectors.kinds.oauth_configs import ClientConfig, client_items
from connectors.oauth.calls import get_json, get_object
from connectors.oauth.client import TokenAnswer
from connectors.oauth.connector import Config, RefreshingConnector
from connectors.oauth.discovery import AuthorizationServer
from connectors.oauth.profiles import identifier, text
from connectors.provider_sign_in import ProviderUser, SignInRequest

_USER = "https://api.github.com/user"
_EMAILS = "https://api.github.com/user/emails?per_page=100"
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


class GitHubConnector(RefreshingConnector):
    """https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps"""

    default_scope = "read:user user:email"
    endpoints = AuthorizationServer(
        authorization_endpoint="https://github.com/login/oauth/authorize",
        token_endpoint="https://github.com/login/oauth/access_token",
    )

    def parameters(self, config: Config, request: SignInRequest) -> dict[str, str]:
        return {"login": request.login_hint}

    def identify(self, config: Config, answer: TokenAnswer, session: Config) -> ProviderUser:
        token = answer.tokens.access_token
        account = get_object(_USER, access_token=token, headers=_HEADERS)
        return ProviderUser(
            id=identifier(account.get("id")),
            email=self._find_email(token),
            name=text(account.get("name")) or text(account.get("login")),
            avatar=text(account.get("avatar_url")),
            raw_data=account,
        )

    def _find_email(self, token: str) -> str | None:
        """The primary address, if it is verified; none if the scopes or the app's permissions do not let us see it."""
        try:
            rows = get_json(_EMAILS, access_token=token, headers=_HEADERS)
        except AppError as error:
            if error.code == "connector.timed_out":
                raise
            return None
        found = (row for row in rows if isinstance(row, Mapping)) if isinstance(rows, list) else iter(())
        return next((text(row.get("email")) for row in found if _is_primary(row)), None)


def _is_primary(row: Mapping[str, Any]) -> bool:
    return row.get("primary") is True and row.get("verified") is True


register(
    SocialFactory(
        id="github-universal",
        target="github",
        name="GitHub",
        description="Sign in with a GitHub account.",
        connector=GitHubConnector(),
        config=ClientConfig,
        is_token_storage_supported=True,
        logo="connectors/logos/github.svg",
        logo_dark="connectors/logos/github-dark.svg",
        readme=read_guide(__file__),
        form_items=client_items(GitHubConnector.default_scope),
    )
)
