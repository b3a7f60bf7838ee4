"""Whom to tell that a user is signed out (OpenID Connect Back-Channel Logout 1.0 section 2.5)."""

from collections.abc import Iterable

from django.db import transaction

from applications.clients import find_client
from applications.scopes import ORGANIZATIONS
from common.clock import now
from oidc.backchannel_logout.tasks import send_logout_token
from oidc.models import SessionAuthorization
from tenants.context import current_tenant_id
from tenants.hosts import issuer_of, origin_of_tenant


def notify_applications(authorizations: Iterable[SessionAuthorization], *, user_id: str) -> None:
    """Tell every application with a back-channel URI, once this transaction commits.

    Each hears it from the issuer it knows: that of the host at which it was authorized. What a client's document says
    makes us call nobody.
    """
    for item in authorizations:
        client = None if item.cimd_client_id else find_client(item.application_id)
        if client is not None and client.backchannel_logout_uri:
            _tell_on_commit(item, user_id=user_id)


def _tell_on_commit(item: SessionAuthorization, *, user_id: str) -> None:
    tenant_id = current_tenant_id()
    issuer = issuer_of(item.origin or origin_of_tenant(tenant_id))

    def send() -> None:
        send_logout_token.delay(tenant_id, issuer=issuer, client_id=item.application_id, user_id=user_id, sid=item.id)

    # The user is signed out whether or not the queue can be reached.
    transaction.on_commit(send, robust=True)


def notify_of_left_organization(user_ids: Iterable[str]) -> None:
    """Tell the applications that know the users' organizations that one has been left.

    The users stay signed in here; an application that takes note sends them through a sign-in without a page, which
    brings what they belong to now.
    """
    aware = SessionAuthorization.objects.filter(
        session__user_id__in=list(user_ids), session__expires_at__gt=now(), grant__scopes__contains=ORGANIZATIONS
    )
    for item in aware.select_related("session"):
        notify_applications([item], user_id=item.session.user_id)
