"""Configuration of an OAuth 2.0 provider that is described by hand."""

from common.rest.fields import Choice, Flag, Text
from connectors.kinds.configs import Config
from connectors.kinds.oauth_configs import EndpointField
from connectors.kinds.oidc.config import EndpointsConfig


class PlaceField(Text):
    """The name of a member or of an attribute."""

    def __init__(self) -> None:
        super().__init__(required=False, min_length=1, max_length=256)


class ProfileMap(Config):
    """Where the provider's answer has what of the user; a dot leads to a member's member."""

    id = PlaceField()
    email = PlaceField()
    phone = PlaceField()
    name = PlaceField()
    avatar = PlaceField()


class OAuth2Config(EndpointsConfig):
    """An OAuth 2.0 provider. `tokenEndpointResponseType` is the contract's; both forms are read."""

    userInfoEndpoint = EndpointField()
    tokenEndpointResponseType = Choice(choices=["query-string", "json"], required=False)
    profileMap = ProfileMap(required=False)
    trustUnverifiedEmail = Flag(required=False)
