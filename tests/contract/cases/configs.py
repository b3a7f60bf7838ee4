"""The tenant's configuration: keys, scripts, claims."""

from tests.contract.world import Case, World

ACTION = "const runAction = async ({ event }) => ({ event });"
CLAIMS = "const getCustomJwtClaims = async () => ({ plan: 'gold' });"


def furnish(world: World) -> None:
    world.make("", "/api/configs/actions/action.postSignIn", {"script": ACTION}, method="put")
    world.make("", "/api/configs/jwt-customizer/access-token", {"script": CLAIMS}, method="put")
    captcha = {"type": "Turnstile", "siteKey": "site", "secretKey": "secret"}
    world.make("", "/api/captcha-provider", {"config": captcha}, method="put")
    world.make("", "/api/configs/cimd", {"enabled": True}, method="patch")


def _words(world: World) -> dict[str, str]:
    return {"actionType": "action.postSignIn", "tokenTypePath": "access-token", "keyType": "private-keys"}


def _consented(world: World) -> dict[str, str]:
    return {"scopeType": "user-scopes", "scopeId": "profile"}


_ACTION, _CLAIMS, _KEYS = (
    "/api/configs/actions/{actionType}",
    "/api/configs/jwt-customizer/{tokenTypePath}",
    "/api/configs/oidc/{keyType}",
)


def _word(**options: object) -> Case:
    return Case(ids=_words, is_owned=False, **options)  # type: ignore[arg-type]  # of several types


CASES = {
    "POST /api/configs/actions/test": Case(
        body=lambda w: {"script": ACTION, "actionType": "action.postSignIn", "event": {"a": 1}}
    ),
    f"GET {_ACTION}": _word(),
    f"PUT {_ACTION}": _word(body=lambda w: {"script": ACTION, "enabled": True, "onExecutionError": "allow"}),
    f"PATCH {_ACTION}": _word(body=lambda w: {"enabled": False}),
    f"DELETE {_ACTION}": _word(),
    f"GET {_CLAIMS}": _word(),
    f"PUT {_CLAIMS}": _word(body=lambda w: {"script": CLAIMS}),
    f"PATCH {_CLAIMS}": _word(body=lambda w: {"script": CLAIMS}),
    f"DELETE {_CLAIMS}": _word(),
    "POST /api/configs/jwt-customizer/test": Case(
        body=lambda w: {"tokenType": "client-credentials", "script": CLAIMS, "token": {}, "context": {}}
    ),
    "PUT /api/configs/id-token": Case(body=lambda w: {"enabledExtendedClaims": ["roles"]}),
    "PATCH /api/configs/cimd": Case(body=lambda w: {"enabled": True}),
    "PATCH /api/configs/oidc/session": Case(body=lambda w: {"ttl": 3600}),
    "PATCH /api/configs/admin-console": Case(body=lambda w: {"organizationCreated": True}),
    f"GET {_KEYS}": _word(),
    f"POST {_KEYS}/rotate": _word(body=lambda w: {"signingKeyAlgorithm": "EC", "rotationGracePeriod": 60}),
    f"DELETE {_KEYS}/{{keyId}}": Case(elsewhere="tests/management_api/test_signing_keys.py"),
    "POST /api/cimd/user-consent-scopes": Case(body=lambda w: {"userScopes": ["profile"]}),
    "DELETE /api/cimd/user-consent-scopes/{scopeType}/{scopeId}": Case(
        ids=_consented,
        before=lambda w: w.make("", "/api/cimd/user-consent-scopes", {"userScopes": ["profile"]}),
    ),
    "PUT /api/captcha-provider": Case(
        body=lambda w: {"config": {"type": "Turnstile", "siteKey": "site", "secretKey": "secret"}}
    ),
    "PATCH /api/account-center": Case(
        body=lambda w: {"enabled": True, "fields": {"name": "Edit"}, "webauthnRelatedOrigins": [], "customCss": None}
    ),
}
