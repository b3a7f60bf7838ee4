"""Users, and what is made for them: one-time tokens, subject tokens, verification codes."""

from datetime import timedelta

from common.clock import now
from identity.models import TrustedDevice, User
from oidc.models import Grant, Session
from tests.contract.world import Case, World

PASSWORD = "walnut tractor 51"


def furnish(world: World) -> None:
    alice = {
        "username": "alice",
        "primaryEmail": "alice@example.com",
        "primaryPhone": "12025550101",
        "password": PASSWORD,
        "name": "Alice",
        "profile": {"givenName": "Alice", "address": {"country": "NZ"}},
    }
    world.make("alice", "/api/users", alice)
    later = now() + timedelta(days=1)
    for model in (Grant, Session, TrustedDevice):
        model.objects.update(expires_at=later)
    path = f"/api/users/{world['alice']}"
    world.make("pat", f"{path}/personal-access-tokens", {"name": "laptop"})
    world.make("totp", f"{path}/mfa-verifications", {"type": "Totp"})
    world.make("", f"{path}/roles", {"roleIds": [world["role"]]})
    world.make("", f"{path}/identities/github", {"userId": "1", "details": {"name": "Alice"}}, method="put")
    world.make("token", "/api/one-time-tokens", {"email": "bob@example.com"})


def _alice(world: World) -> dict[str, str]:
    more = {"name": "laptop", "roleId": world["role"], "target": "github"}
    return {"userId": world["alice"], **more}


def _factor(world: World) -> dict[str, str]:
    (factor,) = world.api.get(f"/api/users/{world['alice']}/mfa-verifications").json()
    return {"userId": world["alice"], "verificationId": factor["id"]}


def _token(world: World) -> dict[str, str]:
    return {"id": world["token"]}


_USER = {
    "username": "carol",
    "primaryEmail": "carol@example.com",
    "primaryPhone": "12025550102",
    "name": "Carol",
    "customData": {"a": 1},
    "profile": {"nickname": "C"},
}
_EXPIRATION = {
    "passwordExpiration": {"enabled": True, "validPeriodDays": 90},
    "forgotPasswordMethods": ["EmailVerificationCode"],
}
_TOKENS = "/api/users/{userId}/personal-access-tokens"
_SAME_USER = (
    "GET /api/users/{userId}",
    "GET /api/users/{userId}/custom-data",
    "GET /api/users/{userId}/has-password",
    "GET /api/users/{userId}/identities/{target}",
    "DELETE /api/users/{userId}/identities/{target}",
    "GET /api/users/{userId}/mfa-verifications",
    "GET /api/users/{userId}/roles",
    "DELETE /api/users/{userId}/roles/{roleId}",
    f"GET {_TOKENS}",
    f"DELETE {_TOKENS}/{{name}}",
)

CASES = {
    **{name: Case(ids=_alice) for name in _SAME_USER},
    "GET /api/users": Case(query="search.username=alice&mode.username=exact"),
    "POST /api/users": Case(body=lambda w: {**_USER, "avatar": "https://shop.example/a.png", "password": PASSWORD}),
    "PATCH /api/users/{userId}": Case(ids=_alice, body=lambda w: dict(_USER)),
    "PATCH /api/users/{userId}/custom-data": Case(ids=_alice, body=lambda w: {"customData": {"b": 2}}),
    "PATCH /api/users/{userId}/is-suspended": Case(ids=_alice, body=lambda w: {"isSuspended": True}),
    "PATCH /api/users/{userId}/logto-configs": Case(
        ids=_alice, body=lambda w: {"mfa": {"skipped": True}, "passkeySignIn": {"skipped": True}}
    ),
    "POST /api/users/{userId}/mfa-verifications": Case(ids=_alice, body=lambda w: {"type": "BackupCode"}),
    "DELETE /api/users/{userId}/mfa-verifications/{verificationId}": Case(ids=_factor),
    "PATCH /api/users/{userId}/password": Case(ids=_alice, body=lambda w: {"password": "another tractor 52"}),
    "PATCH /api/users/{userId}/password/expiration": Case(
        ids=_alice,
        body=lambda w: {"isExpired": True},
        before=lambda w: w.make("", "/api/sign-in-exp", _EXPIRATION, method="patch"),
    ),
    "POST /api/users/{userId}/password/verify": Case(ids=_alice, body=lambda w: {"password": PASSWORD}),
    "POST /api/users/{userId}/identities": Case(elsewhere="tests/management_api/test_user_identities.py"),
    "PUT /api/users/{userId}/identities/{target}": Case(
        ids=_alice, body=lambda w: {"userId": "2", "details": {"name": "A"}}
    ),
    f"POST {_TOKENS}": Case(ids=_alice, body=lambda w: {"name": "phone", "expiresAt": None}),
    f"PATCH {_TOKENS}": Case(ids=_alice, body=lambda w: {"name": "desk", "currentName": "laptop"}),
    f"PATCH {_TOKENS}/{{name}}": Case(ids=_alice, body=lambda w: {"name": "desk"}),
    f"POST {_TOKENS}/delete": Case(ids=_alice, body=lambda w: {"name": "laptop"}),
    "PATCH /api/users/{userId}/profile": Case(ids=_alice, body=lambda w: {"profile": {"nickname": "Al"}}),
    "POST /api/users/{userId}/roles": Case(ids=_alice, body=lambda w: {"roleIds": [w["role"]]}),
    "PUT /api/users/{userId}/roles": Case(ids=_alice, body=lambda w: {"roleIds": [w["role"]]}),
    "POST /api/one-time-tokens": Case(body=lambda w: {"email": "carol@example.com", "context": {}, "expiresIn": 60}),
    "POST /api/one-time-tokens/verify": Case(
        body=lambda w: {"token": w.made["token"]["token"], "email": "bob@example.com"}
    ),
    "PUT /api/one-time-tokens/{id}/status": Case(ids=_token, body=lambda w: {"status": "revoked"}),
    "GET /api/one-time-tokens/{id}": Case(ids=_token),
    "DELETE /api/one-time-tokens/{id}": Case(ids=_token),
    "POST /api/subject-tokens": Case(body=lambda w: {"userId": w.id_of(User), "context": {"ticket": "7"}}),
    "POST /api/verification-codes": Case(body=lambda w: {"email": "alice@example.com"}),
    "DELETE /api/secrets/{id}": Case(elsewhere="tests/management_api/test_user_identities.py"),
    "POST /api/verification-codes/verify": Case(elsewhere="tests/management_api/test_verification_codes.py"),
    "POST /api/sentinel-activities/delete": Case(
        body=lambda w: {"targetType": "User", "targets": ["alice@example.com"]}
    ),
}
