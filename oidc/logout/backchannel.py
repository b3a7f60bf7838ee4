"""Telling applications that a session has ended (OpenID Connect Back-Channel Logout 1.0)."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction

from oidc.clients import find_client
from oidc.models import SessionAuthorization
from oidc.tasks import send_logout_token
from tenants.context import current_tenant_id
from tenants.hosts import issuer_of, origin_of_tenant


def notify_applications(
    authorizations: Iterable[SessionAuthorization], *, user_id: str, origin: str | None = None
) -> None:
    """Tell every application with a back-channel URI, once this transaction commits.

    `origin` is where the user signs out; the tenant's own where nobody does in person.
    """
    tenant_id = current_tenant_id()
    issuer = issuer_of(origin or origin_of_tenant(tenant_id))
    for item in authorizations:
        client = find_client(item.application_id)
        if client is not None and client.backchannel_logout_uri:
            transaction.on_commit(
                partial(
                    send_logout_token.delay,
                    tenant_id,
                    issuer=issuer,
                    client_id=client.id,
                    user_id=user_id,
                    sid=item.id,
                )
            )
