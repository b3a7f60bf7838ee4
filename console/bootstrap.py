"""The first set-up of an installation, safe to run again at any time.

It makes the tenants `admin` and `default`, a developer account, a machine-to-machine application with Management API
access, and a demo: everything the multi-tenant tutorial starts from. What a developer changed meanwhile is left alone.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from access.models import Resource, RoleType
from access.services.resources import create_resource
from access.services.roles import add_role_scopes, create_role
from access.services.scopes import create_scope
from applications.models import Application
from applications.models.application import ApplicationType
from applications.services.applications import create_application, update_application
from common.actors import SYSTEM
from connectors.kinds import development_mailbox
from connectors.selectors import has_connector
from connectors.services.connectors import create_connector
from console import sign_in
from console.management_clients import CLIENT_NAME, create_management_client, describe_management_api
from console.tenancy import ConsoleRole, ensure_console_roles, ensure_tenant_organization, grant_tenant_access
from experience.services.settings import update_sign_in_experience
from identity.models import User
from identity.services.users import create_user, set_password
from organizations.models import OrganizationRole, OrganizationScope
from organizations.services.template import add_role_scopes as add_organization_role_scopes
from organizations.services.template import create_organization_role, create_organization_scope
from tenants.context import enter_tenant
from tenants.hosts import ADMIN_TENANT, DEFAULT_TENANT, origin_of_tenant
from tenants.models import Tenant
from tenants.services.tenants import create_tenant

DEMO_INDICATOR = "https://api.documind.com"
DEMO_REDIRECT_URI = "http://localhost:5173/callback"
DEMO_POST_LOGOUT_URI = "http://localhost:5173/"

_DEVELOPER_PASSWORD_FILE = "developer_password"


@dataclass(frozen=True, slots=True)
class BootstrapOptions:
    """What the environment fixes; everything else is made up once and kept."""

    developer_username: str
    developer_password: str | None
    management_client_id: str | None
    management_client_secret: str | None
    demo_client_id: str | None

    @classmethod
    def from_environment(cls) -> "BootstrapOptions":
        return cls(
            developer_username=os.environ.get("DEVELOPER_USERNAME", "admin"),
            developer_password=_from_environment("DEVELOPER_PASSWORD"),
            management_client_id=_from_environment("MANAGEMENT_CLIENT_ID"),
            management_client_secret=_from_environment("MANAGEMENT_CLIENT_SECRET"),
            demo_client_id=_from_environment("DEMO_CLIENT_ID"),
        )


def _from_environment(name: str) -> str | None:
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text().strip()
    return os.environ.get(name) or None


@transaction.atomic
def bootstrap(wishes: BootstrapOptions) -> dict[str, Any]:
    """Set up what is missing and return how to reach it; the same on every run."""
    for tenant_id, name in ((ADMIN_TENANT, "Gatehouse"), (DEFAULT_TENANT, "Default")):
        if Tenant.objects.filter(id=tenant_id).exists():
            continue
        create_tenant(tenant_id, name=name)
        if tenant_id == ADMIN_TENANT:
            _set_up_developer_sign_in()
    password = _ensure_admin_tenant(wishes)
    with enter_tenant(DEFAULT_TENANT):
        _ensure_mailbox_and_sign_in()
        machine = _ensure_management_application(wishes)
        demo = _ensure_demo(wishes)
        tenant = describe_management_api(machine)
    return {
        **tenant,
        "console": {
            "url": f"{origin_of_tenant(ADMIN_TENANT)}/console/",
            "username": wishes.developer_username,
            "password": password,
        },
        "demoApp": {"clientId": demo.id, "redirectUri": DEMO_REDIRECT_URI},
    }


def _set_up_developer_sign_in() -> None:
    """Developers are invited by developers, by username or email address; nobody signs up to the console.

    Nothing but a password is asked of them: whoever is invited by email chooses it when following the link.
    """
    method = {"password": True, "verificationCode": False, "isPasswordPrimary": True}
    with enter_tenant(ADMIN_TENANT):
        has_mailbox = _ensure_mailbox()
        update_sign_in_experience(
            {
                "signInMode": "SignIn",
                "signUp": {"identifiers": [], "password": True, "verify": False},
                "signIn": {"methods": [{"identifier": kind, **method} for kind in ("email", "username")]},
                "forgotPasswordMethods": ["EmailVerificationCode"] if has_mailbox else [],
            },
            actor=SYSTEM,
        )


def _ensure_admin_tenant(wishes: BootstrapOptions) -> str:
    ensure_console_roles()
    for tenant in Tenant.objects.all():
        ensure_tenant_organization(tenant)
    with enter_tenant(ADMIN_TENANT):
        _ensure_console_application()
        user, password = _ensure_developer(wishes)
    for tenant_id in (ADMIN_TENANT, DEFAULT_TENANT):
        grant_tenant_access(user.id, tenant_id=tenant_id, role=ConsoleRole.ADMIN)
    return password


def _ensure_console_application() -> None:
    """Make the console's client. A further address is added to those it has: several may serve one installation."""
    origin = origin_of_tenant(ADMIN_TENANT)
    wanted = {
        "redirectUris": sign_in.redirect_uri(origin),
        "postLogoutRedirectUris": sign_in.post_logout_redirect_uri(origin),
    }
    existing = Application.objects.filter(id=sign_in.CLIENT_ID).first()
    if existing is None:
        create_application(
            application_id=sign_in.CLIENT_ID,
            name="Gatehouse Console",
            type=ApplicationType.SPA,
            oidc_client_metadata={name: [uri] for name, uri in wanted.items()},
            actor=SYSTEM,
        )
        return
    metadata = dict(existing.oidc_client_metadata)
    missing = {name: uri for name, uri in wanted.items() if uri not in metadata.get(name, [])}
    if missing:
        metadata |= {name: [*metadata.get(name, []), uri] for name, uri in missing.items()}
        update_application(existing, oidc_client_metadata=metadata, actor=SYSTEM)


def _ensure_developer(wishes: BootstrapOptions) -> tuple[User, str]:
    """Return the developer and the password; a generated one is kept in a 0600 file of the data folder."""
    path = Path(settings.DATA_DIR) / _DEVELOPER_PASSWORD_FILE
    kept = path.read_text().strip() if path.exists() else None
    user = User.objects.filter(username=wishes.developer_username).first()
    if wishes.developer_password:
        password = wishes.developer_password
        if user is not None and kept != password:
            set_password(user, password=password, actor=SYSTEM)
    elif user is not None:
        # Changed since, or made elsewhere: it is not ours to show.
        return user, kept or ""
    else:
        password = kept or secrets.token_urlsafe(12)
    if user is None:
        user = create_user(username=wishes.developer_username, password=password, name="Developer", actor=SYSTEM)
    _keep(path, password)
    return user, password


def _keep(path: Path, value: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(value)


def _ensure_mailbox() -> bool:
    """Give the tenant of a development installation its mailbox, unless it has a connector; returns whether it did."""
    if not development_mailbox.is_available() or has_connector("email") or has_connector("phone"):
        return False
    create_connector(factory_id=development_mailbox.EMAIL_FACTORY_ID, config={}, actor=SYSTEM)
    create_connector(factory_id=development_mailbox.SMS_FACTORY_ID, config={}, actor=SYSTEM)
    return True


def _ensure_mailbox_and_sign_in() -> None:
    """Give a development installation its mailbox, and with it sign-up by email."""
    if not _ensure_mailbox():
        return
    method = {"password": True, "verificationCode": True, "isPasswordPrimary": True}
    update_sign_in_experience(
        {
            "signUp": {"identifiers": ["email"], "password": True, "verify": True},
            "signIn": {
                "methods": [
                    {"identifier": "email", **method},
                    {"identifier": "username", **method, "verificationCode": False},
                ]
            },
            "forgotPasswordMethods": ["EmailVerificationCode"],
        },
        actor=SYSTEM,
    )


def _ensure_management_application(wishes: BootstrapOptions) -> Application:
    wanted = {"id": wishes.management_client_id} if wishes.management_client_id else {"name": CLIENT_NAME}
    machine = Application.objects.filter(type=ApplicationType.MACHINE_TO_MACHINE, **wanted).first()
    return machine or create_management_client(
        application_id=wishes.management_client_id, secret=wishes.management_client_secret, actor=SYSTEM
    )


def _ensure_demo(wishes: BootstrapOptions) -> Application:
    resource = Resource.objects.filter(indicator=DEMO_INDICATOR).first()
    if resource is None:
        resource = create_resource(name="DocuMind API", indicator=DEMO_INDICATOR, actor=SYSTEM)
        scope = create_scope(resource, name="create:organization", description="Create organizations.", actor=SYSTEM)
        creator = create_role(
            name="Workspace creator",
            description="May create organizations. Given to every new user.",
            type=RoleType.USER,
            is_default=True,
            actor=SYSTEM,
        )
        add_role_scopes(creator, scope_ids=[scope.id], actor=SYSTEM)
    _ensure_template()
    return _ensure_demo_application(wishes)


def _ensure_template() -> None:
    if OrganizationRole.objects.exists() or OrganizationScope.objects.exists():
        return
    scopes = {
        name: create_organization_scope(name=name, description=description, actor=SYSTEM)
        for name, description in (("read:documents", "Read documents."), ("create:documents", "Create documents."))
    }
    for name, description, granted in (
        ("Admin", "Reads and creates documents.", ["read:documents", "create:documents"]),
        ("Collaborator", "Reads documents.", ["read:documents"]),
    ):
        role = create_organization_role(name=name, description=description, actor=SYSTEM)
        add_organization_role_scopes(role, scope_ids=[scopes[scope].id for scope in granted], actor=SYSTEM)


def _ensure_demo_application(wishes: BootstrapOptions) -> Application:
    name = "DocuMind"
    wanted = {"id": wishes.demo_client_id} if wishes.demo_client_id else {"name": name}
    demo = Application.objects.filter(type=ApplicationType.SPA, **wanted).first()
    return demo or create_application(
        application_id=wishes.demo_client_id,
        name=name,
        type=ApplicationType.SPA,
        description="The demo application of examples/.",
        oidc_client_metadata={
            "redirectUris": [DEMO_REDIRECT_URI],
            "postLogoutRedirectUris": [DEMO_POST_LOGOUT_URI],
        },
        actor=SYSTEM,
    )
