"""An application's metadata, declared once: every member with its shape and bounds.

What they may say together are rules: see `redirect_uri_registration`, `backchannel_logout_uri` and
`client_security_registration` for those. The names are the wire's.
"""

from applications.client_security import ID_TOKEN_ALGORITHMS, PRIVATE_KEY_JWT, PROFILES
from common.shapes import AnyObject, Choice, Flag, Integer, Items, Members, Text
from common.web_addresses import MAX_ADDRESS_LENGTH

_ADDRESS = Text(min_length=1, max_length=MAX_ADDRESS_LENGTH)
_POSITIVE = Integer(minimum=1)

OIDC_CLIENT_METADATA = Members(
    {
        "redirectUris": Items(of=Text(), required=True),
        "postLogoutRedirectUris": Items(of=Text(), required=True),
        "backchannelLogoutUri": _ADDRESS,
        "backchannelLogoutSessionRequired": Flag(),
        "logoUri": Text(max_length=MAX_ADDRESS_LENGTH),
    }
)
CUSTOM_CLIENT_METADATA = Members(
    {
        "corsAllowedOrigins": Items(of=_ADDRESS),
        # Lifetimes in seconds; of refresh tokens rather in days.
        "idTokenTtl": _POSITIVE,
        "refreshTokenTtl": _POSITIVE,
        "refreshTokenTtlInDays": Integer(minimum=1, maximum=180),
        "alwaysIssueRefreshToken": Flag(),
        "rotateRefreshToken": Flag(),
        "allowTokenExchange": Flag(),
        "isDeviceFlow": Flag(),
        "maxAllowedGrants": _POSITIVE,
        "tokenEndpointAuthMethod": Choice(choices=(PRIVATE_KEY_JWT,)),
        "jwks": AnyObject(),
        "jwksUri": Text(max_length=MAX_ADDRESS_LENGTH),
        "requirePushedAuthorizationRequests": Flag(),
        "requireSignedRequestObject": Flag(),
        "allowJwtResponseModes": Flag(),
        "allowDpop": Flag(),
        "requireDpop": Flag(),
        "authenticationClaims": Flag(),
        "protocolProfile": Choice(choices=PROFILES),
        "idTokenSignedResponseAlg": Choice(choices=ID_TOKEN_ALGORITHMS),
    }
)
