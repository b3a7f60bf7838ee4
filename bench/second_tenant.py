"""The tenant of second factors: its people all have an authenticator app, while those of the first tenant have none."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

TENANT = "second"
# For whoever finds the scene again: the codes of these accounts are fresh, however short ago a run was.
SPARE = 8


def build(accounts: int, *, password: str, redirect_uri: str) -> dict[str, Any]:
    """Make the tenant with an application and so many accounts, and return what the walks need of it."""
    from applications.models import Application
    from common.actors import SYSTEM
    from experience.services.settings import update_sign_in_experience
    from identity.factors.totp.service import bind_totp
    from identity.passwords import hash_password
    from identity.services.users import create_user
    from tenants.context import enter_tenant
    from tenants.services.tenants import create_tenant

    create_tenant(TENANT, name=TENANT.title())
    with enter_tenant(TENANT):
        update_sign_in_experience({"mfa": {"factors": ["Totp"], "policy": "Mandatory"}}, actor=SYSTEM)
        metadata = {"redirectUris": [redirect_uri]}
        spa = Application.objects.create(name="spa", type="SPA", oidc_client_metadata=metadata)
        # One digest serves them all: a walk takes as long to verify it, and a thousand would take a minute to make.
        digest = hash_password(password)
        for number in range(SPARE + accounts):
            account = _account(number)
            user = create_user(
                username=account["username"],
                primary_email=f"{account['username']}@example.com",
                hashed_password=digest,
                name=f"User {number}",
                account_settings={"mfa": {"enabled": True}},
                actor=SYSTEM,
            )
            bind_totp(user, secret=account["secret"], actor=SYSTEM)
    return {"spa": spa.id, "accounts": [_account(SPARE + number) for number in range(accounts)]}


def found_again() -> dict[str, Any]:
    """Return the same of a database that `build` filled, with accounts that no run has used."""
    from applications.models import Application
    from tenants.context import enter_tenant

    with enter_tenant(TENANT):
        spa = Application.objects.get(name="spa")
    return {"spa": spa.id, "accounts": [_account(number) for number in range(SPARE)]}


def _account(number: int) -> dict[str, str]:
    """An account by its number, with the secret of its authenticator app: 160 bits as base32."""
    name = f"user{number}"
    return {"username": name, "secret": base64.b32encode(hashlib.sha256(name.encode()).digest()[:20]).decode()}
