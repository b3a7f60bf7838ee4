"""`python -m bench.fixtures`: fills an empty, migrated database with what the paths need and prints it as JSON."""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django

from bench import second_tenant

API = "https://api.example.com"
REDIRECT_URI = "https://app.example.com/callback"
SECRET = "the-secret-of-this-application-01"
PASSWORD = "A-long-and-winding-passphrase-7"
USERS = 64
CROWD = 10_000
# A code of an authenticator app is good once, for half a minute: at fifty walks a second nobody comes again sooner.
ACCOUNTS = 1_500
ORGANIZATIONS_SCOPE = "urn:logto:scope:organizations"
ORGANIZATIONS_RESOURCE = "urn:logto:resource:organizations"
SCOPE = f"openid offline_access profile email {ORGANIZATIONS_SCOPE} read:documents"


def main() -> None:
    """Write everything in one go; the tenant is the installation's default one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", "--noinput", verbosity=0, stdout=sys.stderr)
    call_command("collectstatic", "--noinput", verbosity=0, stdout=sys.stderr)
    json.dump(build(), sys.stdout)


def build(*, crowd: int = CROWD, accounts: int = ACCOUNTS) -> dict[str, Any]:
    """Make a machine, an application with people, an organization and their sessions, and those of a crowd.

    The accounts are those of another tenant, whose people have second factors.
    """
    from access.models import Resource, Role, RoleScope, Scope
    from applications.models import Application, ApplicationRole, ApplicationSecret
    from common.actors import SYSTEM
    from common.crypto import sha256_hex
    from experience.services.settings import update_sign_in_experience
    from identity.services.users import create_user
    from organizations.models import (
        MemberRole,
        Organization,
        OrganizationMember,
        OrganizationRole,
        OrganizationRoleScope,
        OrganizationScope,
    )
    from tenants.context import enter_tenant
    from tenants.services.tenants import create_tenant

    for name in ("admin", "default"):
        create_tenant(name, name=name.title())
    with enter_tenant("default"):
        api = Resource.objects.create(name="API", indicator=API)
        scopes = [Scope.objects.create(resource=api, name=name) for name in ("read:things", "write:things")]
        role = Role.objects.create(name="worker", description="worker", type="MachineToMachine")
        for scope in scopes:
            RoleScope.objects.create(role=role, scope=scope)
        machine = Application.objects.create(name="machine", type="MachineToMachine")
        ApplicationRole.objects.create(application=machine, role=role)
        metadata = {"redirectUris": [REDIRECT_URI]}
        spa = Application.objects.create(name="spa", type="SPA", oidc_client_metadata=metadata)
        web = Application.objects.create(name="web", type="Traditional", oidc_client_metadata=metadata)
        for application in (machine, web):
            ApplicationSecret.objects.create(
                application=application, name="Default", sealed_value=b"-", value_sha256=sha256_hex(SECRET)
            )
        wayne = Organization.objects.create(name="Wayne")
        member_role = OrganizationRole.objects.create(name="Member")
        OrganizationRoleScope.objects.create(
            role=member_role, scope=OrganizationScope.objects.create(name="read:documents")
        )
        method = {"identifier": "username", "password": True, "verificationCode": False, "isPasswordPrimary": True}
        update_sign_in_experience({"signIn": {"methods": [method]}}, actor=SYSTEM)
        people = []
        for number in range(USERS):
            user = create_user(
                username=f"user{number}",
                primary_email=f"user{number}@example.com",
                password=PASSWORD if number < 8 else None,
                name=f"User {number}",
                actor=SYSTEM,
            )
            member = OrganizationMember.objects.create(organization=wayne, user=user)
            MemberRole.objects.create(member=member, role=member_role)
            people.append(_signed_in(user, spa))
        _crowd(people[0]["id"], spa, crowd)
        management = management_token("default")
    second = second_tenant.build(accounts, password=PASSWORD, redirect_uri=REDIRECT_URI)
    _analyze()
    return {
        "machine": machine.id,
        "secret": SECRET,
        "spa": spa.id,
        "web": web.id,
        "api": API,
        "redirectUri": REDIRECT_URI,
        "organization": wayne.id,
        "password": PASSWORD,
        "scope": SCOPE,
        "people": people,
        "management": management,
        "second": second,
    }


def management_token(tenant_id: str) -> str:
    """Return an access token of a new back end that may use the Management API of the tenant, which is entered."""
    from access.management import management_api_indicator
    from access.models import Role
    from applications.models import Application, ApplicationRole
    from common.clock import now, to_seconds
    from common.ids import new_id
    from oidc.keys.signing import sign_jwt
    from tenants.hosts import issuer_of, origin_of_tenant

    back_end = Application.objects.create(name="back end", type="MachineToMachine")
    ApplicationRole.objects.create(application=back_end, role=Role.objects.get(name="Logto Management API access"))
    claims = {
        "iss": issuer_of(origin_of_tenant(tenant_id)),
        "sub": back_end.id,
        "client_id": back_end.id,
        "aud": management_api_indicator(tenant_id),
        "scope": "all",
        "iat": to_seconds(now()),
        "exp": to_seconds(now() + timedelta(days=1)),
        "jti": new_id(),
    }
    return sign_jwt(claims, typ="at+jwt")


def _crowd(user_id: str, spa: Any, size: int) -> None:
    """Rows of other sign-ins, as many as make PostgreSQL choose its indexes from the first statement on."""
    from common.clock import now
    from common.ids import new_id
    from identity.models import User
    from oidc.models import AccessToken, AuthorizationCode, Grant, RefreshToken, Session

    User.objects.bulk_create(User(username=f"crowd{number}") for number in range(size // 10 - USERS))
    later = now() + timedelta(days=14)
    grants = [
        Grant(user_id=user_id, application=spa, scopes=[], resource_scopes={}, expires_at=later) for _ in range(size)
    ]
    sessions = [
        Session(cookie_sha256=new_id(), user_id=user_id, authenticated_at=now(), expires_at=later) for _ in range(size)
    ]
    Grant.objects.bulk_create(grants)
    Session.objects.bulk_create(sessions)
    tokens: list[tuple[Any, dict[str, Any]]] = [
        (AccessToken, {}),
        (RefreshToken, {"auth_time": now(), "family_started_at": now()}),
        (AuthorizationCode, {"auth_time": now(), "redirect_uri": REDIRECT_URI}),
    ]
    for model, own in tokens:
        name = "code" if model is AuthorizationCode else "token_checksum"
        rows = [
            model(**{name: new_id()}, user_id=user_id, application=spa, grant=grant, session=session,
                  expires=later, scope="openid", **own)
            for grant, session in zip(grants, sessions, strict=True)
        ]  # fmt: skip
        model.objects.bulk_create(rows)


def _analyze() -> None:
    from django.db import connection

    from tenants.context import owner_scope

    with owner_scope(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def signed_in_once() -> dict[str, Any]:
    """Return the scene of a database that `build` filled, with another session of one of its people."""
    from applications.models import Application
    from identity.models import User
    from organizations.models import Organization
    from tenants.context import enter_tenant

    with enter_tenant("default"):
        clients = {application.name: application for application in Application.objects.all()}
        return {
            "machine": clients["machine"].id,
            "secret": SECRET,
            "spa": clients["spa"].id,
            "web": clients["web"].id,
            "organization": Organization.objects.get(name="Wayne").id,
            "password": PASSWORD,
            "people": [_signed_in(User.objects.get(username="user20"), clients["spa"])],
            "management": management_token("default"),
            "second": second_tenant.found_again(),
        }


def _signed_in(user: Any, spa: Any) -> dict[str, str]:
    """A live session with its grant, and a refresh and an opaque access token of it."""
    from common.clock import now
    from common.crypto import sha256_hex
    from common.ids import new_token
    from oidc.models import AccessToken, Grant, RefreshToken, Session, SessionAuthorization
    from oidc.sessions.cookies import SESSION, _signer

    cookie, refresh_token, access_token = new_token(), new_token(), new_token()
    later = now() + timedelta(days=14)
    session = Session.objects.create(
        user=user, cookie_sha256=sha256_hex(cookie), authenticated_at=now(), client_id=spa.id, expires_at=later
    )
    names = SCOPE.removesuffix(" read:documents").split()
    grant = Grant.objects.create(
        user=user,
        application=spa,
        scopes=names,
        resource_scopes={ORGANIZATIONS_RESOURCE: ["read:documents"]},
        expires_at=now() + timedelta(days=180),
    )
    place = SessionAuthorization.objects.create(session=session, application=spa, grant=grant, persists_logout=True)
    shared = {"user": user, "application": spa, "grant": grant, "session": session, "scope": SCOPE}
    RefreshToken.objects.create(
        token_checksum=sha256_hex(refresh_token),
        resource=[ORGANIZATIONS_RESOURCE],
        sid=place.id,
        auth_time=now(),
        auth_time_requested=False,
        family_started_at=now(),
        expires=later,
        **shared,
    )
    presented = {**shared, "scope": "openid offline_access profile email"}
    AccessToken.objects.create(token_checksum=sha256_hex(access_token), expires=later, **presented)
    return {
        "id": user.id,
        "refreshToken": refresh_token,
        "accessToken": access_token,
        "cookies": f"{SESSION}={cookie}; {SESSION}.sig={_signer(SESSION).signature(cookie)}",
    }


if __name__ == "__main__":
    main()
