"""The tokens of a fresh grant: a code, of a browser or of a device, is used up and they are issued."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import IntegrityError

from applications.clients import REFRESH_TOKEN
from applications.scopes import OFFLINE_ACCESS, split_scope
from common.oauth.errors import invalid_grant
from events.history import new_entry
from oidc.token.exchange import Exchange, ReplayError
from oidc.token.issuing import issue_refresh_token, issue_user_access_token, sign_id_token
from oidc.token.lifetimes import first_expiry
from tenants.database.statements import NewRow


def first_use(exchange: Exchange) -> None:
    """The code was not used before; a second use revokes what the first one gave (RFC 6749 section 4.1.2)."""
    if exchange.source.consumed_at is not None:
        raise _replayed(exchange)


def granted_scopes(exchange: Exchange) -> None:
    """What the user has granted."""
    exchange.scopes = split_scope(exchange.source.scope)


def redeem(exchange: Exchange, *, audit_key: str, consume: Callable[[Sequence[NewRow]], bool]) -> dict[str, Any]:
    """Issue the code's tokens; `consume` writes them, all or none, and is false where somebody was first."""
    id_token = sign_id_token(exchange)
    is_offline = OFFLINE_ACCESS in exchange.scopes
    answer = issue_user_access_token(exchange, expires_with_session=not is_offline) | id_token
    if exchange.client.allows_grant_type(REFRESH_TOKEN) and (is_offline or exchange.client.always_issues_refresh_token):
        answer |= issue_refresh_token(
            exchange,
            expires_at=first_expiry(exchange.source, exchange.client, moment=exchange.moment),
            family_started_at=exchange.moment,
            expires_with_session=not is_offline,
        )
    event = new_entry(
        audit_key, user_id=exchange.user_id, application_id=exchange.client.id, **exchange.audit_details()
    )
    try:
        is_first = consume([*exchange.rows, event])
    except IntegrityError as error:
        raise invalid_grant("user, application or grant was deleted meanwhile") from error
    if not is_first:
        raise _replayed(exchange)
    return answer


def _replayed(exchange: Exchange) -> ReplayError:
    return ReplayError(exchange.source.state.grant_id, "the code was used before")
