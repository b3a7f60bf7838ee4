"""Developers are invited to a tenant: whoever has no account in tenant `admin` yet gets one, and a way in."""

from datetime import timedelta
from typing import Literal, NamedTuple
from urllib.parse import urlencode

from django.db import transaction

from common.actors import Actor
from common.errors import AppError
from common.ids import new_secret
from common.pipeline import CONSOLE_PREFIX
from connectors.messages import TemplateType
from connectors.selectors import has_connector
from connectors.services.messages import send_message
from console import errors  # noqa: F401 - declares the codes raised here
from console.tenancy import ConsoleRole, grant_tenant_access
from experience.services.settings import get_sign_in_experience
from identity.models import User
from identity.selectors import find_user, find_user_by_identifier, get_user
from identity.services.one_time_tokens import create_one_time_token
from identity.services.users import create_user
from organizations.models import Organization
from organizations.selectors import is_member
from organizations.services.invitation_messages import message_context
from tenants.context import enter_tenant
from tenants.developers import organization_id_of
from tenants.hosts import ADMIN_TENANT, origin_of_tenant

LINK_LIFETIME = timedelta(days=7)

_PASSWORD_LENGTH = 16

Kind = Literal["email", "username"]


class Invitation(NamedTuple):
    """A developer with access to a tenant. A new account has a `link` that signs it in once, or a `password`."""

    user: User
    link: str | None = None
    password: str | None = None
    is_mailed: bool = False


@transaction.atomic
def invite_developer(
    identifier: str, *, tenant_id: str, role: ConsoleRole, may_create: bool, actor: Actor
) -> Invitation:
    """Give the developer with this username or email address access to a tenant.

    With `may_create` (`policies.may_create_developer`) an account is made if there is none: an email address gets a
    link that signs in once and has its owner choose a password, a username gets a first password. An address is
    written to if tenant `admin` can send email. Raises `console.developer_unknown`, `console.already_member`,
    `console.identifier_cannot_sign_in`, and the codes of `create_user` for an identifier that cannot be one.
    """
    kind: Kind = "email" if "@" in identifier else "username"
    with enter_tenant(ADMIN_TENANT):
        user = find_user_by_identifier(kind, identifier)
        if user is not None and is_member(user.id, organization_id_of(tenant_id)):
            raise AppError("console.already_member")
        link = password = None
        if user is None:
            if not may_create:
                raise AppError("console.developer_unknown")
            user, password = _create_account(kind, identifier, actor)
            link = _sign_in_link(user, tenant_id, actor) if kind == "email" else None
        grant_tenant_access(user.id, tenant_id=tenant_id, role=role, actor=actor)
        is_mailed = _mail(user, link or _console_address(tenant_id), tenant_id=tenant_id, actor=actor)
    return Invitation(user, link, password, is_mailed)


@transaction.atomic
def renew_invitation(user_id: str, *, tenant_id: str, actor: Actor) -> Invitation:
    """Make and mail a new link for a developer who was invited by email and has not followed the first.

    Raises `console.invitation_accepted` for everybody else, and `entity.not_found`.
    """
    with enter_tenant(ADMIN_TENANT):
        user = get_user(user_id)
        if not is_invited(user) or not is_member(user.id, organization_id_of(tenant_id)):
            raise AppError("console.invitation_accepted")
        link = _sign_in_link(user, tenant_id, actor)
        return Invitation(user, link, None, _mail(user, link, tenant_id=tenant_id, actor=actor))


def is_invited(user: User) -> bool:
    """Whether the account was made by an invitation by email that nobody has followed yet."""
    return bool(user.primary_email) and not user.has_password and user.last_sign_in_at is None


def _create_account(kind: Kind, identifier: str, actor: Actor) -> tuple[User, str | None]:
    method = get_sign_in_experience().find_method(kind)
    if method is None or not method.password:
        raise AppError("console.identifier_cannot_sign_in")
    if kind == "email":
        return create_user(primary_email=identifier, actor=actor), None
    password = new_secret(_PASSWORD_LENGTH)
    return create_user(username=identifier, password=password, actor=actor), password


def _sign_in_link(user: User, tenant_id: str, actor: Actor) -> str:
    email = user.primary_email or ""
    seconds = int(LINK_LIFETIME.total_seconds())
    token = create_one_time_token(
        email=email, context={"interactionEvent": "SignIn"}, expires_in=seconds, actor=actor
    ).value
    query = {"one_time_token": token, "login_hint": email, "next": f"{CONSOLE_PREFIX}/{tenant_id}/"}
    return f"{origin_of_tenant(ADMIN_TENANT)}{CONSOLE_PREFIX}/sign-in?{urlencode(query)}"


def _console_address(tenant_id: str) -> str:
    return f"{origin_of_tenant(ADMIN_TENANT)}{CONSOLE_PREFIX}/{tenant_id}/"


def _mail(user: User, link: str, *, tenant_id: str, actor: Actor) -> bool:
    """Send the link to the developer's address; returns whether there is one, and a connector."""
    if not user.primary_email or not has_connector("email"):
        return False
    organization = Organization.objects.get(id=organization_id_of(tenant_id))
    send_message(
        channel="email",
        recipient=user.primary_email,
        template_type=TemplateType.ORGANIZATION_INVITATION,
        payload={"link": link, **message_context(organization, inviter=find_user(actor.id))},
    )
    return True
