"""Configuration of an OAuth 2.0 provider that is described by hand."""

from common.rest.fields import Choice, Flag, Text
from connectors.kinds.configs import Config
from connectors.kinds.oauth_configs import EndpointField
from connectors.kinds.oidc.config import EndpointsConfig


class ProfileMap(Config):
    """Where the provider's answer has what of the user; a dot leads to a member's member."""

    id = Text(required=False, min_length=1, max_length=256)
    email = Text(required=False, min_length=1, max_length=256)
    phone = Text(required=False, min_length=1, max_length=256)
    name = Text(required=False, min_length=1, max_length=256)
    avatar = Text(required=False, min_length=1, max_length=256)


class OAuth2Config(EndpointsConfig):
    """An OAuth 2.0 provider. `tokenEndpointResponseType` is the contract's; both forms are read."""

    userInfoEndpoint = EndpointField()
    tokenEndpointResponseType = Choice(choices=["query-string", "json"], required=False)
    profileMap = ProfileMap(required=False)
    trustUnverifiedEmail = Flag(required=False)
