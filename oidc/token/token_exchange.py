"""The grant `token-exchange` (RFC 8693): from a token that stands for a user to an access token of that user."""

from typing import Any

from django.db import IntegrityError, transaction

from applications.scopes import split_scope
from common.oauth.errors import invalid_grant, invalid_request
from events.history import record
from identity.selectors import find_user
from oidc.token.exchange import Exchange
from oidc.token.issuing import issue_user_access_token
from oidc.token.refresh_token import application_admits_user, organization_admits_user
from oidc.token.subject_tokens import consume_subject_token
from oidc.token.subjects import ACCESS_TOKEN, JWT, SUBJECTS, chain, find_actor
from oidc.token.targets import exchanged_target
from tenants.database.statements import write_rows

AUDIT_KEY = "ExchangeTokenBy.TokenExchange"
PARAMETERS = frozenset(
    {
        "subject_token",
        "subject_token_type",
        "actor_token",
        "actor_token_type",
        "requested_token_type",
        "audience",
        "organization_id",
        "scope",
    }
)


def access_token_requested(exchange: Exchange) -> None:
    """Access tokens are all there is; some are JWTs (RFC 8693 section 2.1, `requested_token_type`)."""
    if exchange.form.get("requested_token_type") not in ("", ACCESS_TOKEN, JWT):
        raise invalid_request("requested_token_type is not supported")


def jwt_where_requested(exchange: Exchange) -> None:
    """A token for the provider itself is opaque."""
    if exchange.form.get("requested_token_type") == JWT and exchange.resolved_target.audience is None:
        raise invalid_request("a JWT needs one of resource, audience and organization_id")


def good_subject(exchange: Exchange) -> None:
    """The subject token is of a known type and good now."""
    token, kind = exchange.form.require("subject_token"), exchange.form.require("subject_token_type")
    find = SUBJECTS.get(kind)
    if find is None:
        raise invalid_grant("unsupported subject token type")
    exchange.subject = find(token, exchange.moment)
    if exchange.subject is None:
        raise invalid_grant("the subject token is unknown, expired, used, a third party's or of another type")


def user_in_good_standing(exchange: Exchange) -> None:
    """The user is there and not suspended, whatever the token says."""
    user = find_user(exchange.user_id)
    if user is None or user.is_suspended:
        raise invalid_grant("user is gone or suspended")


def good_actor(exchange: Exchange) -> None:
    """Who acts for the user is proven by an opaque access token of their own; who acted before is not forgotten."""
    token, kind = exchange.form.get("actor_token"), exchange.form.get("actor_token_type")
    if kind and not token:
        raise invalid_request("actor_token_type must not be provided without actor_token")
    actor_id = find_actor(token) if kind == ACCESS_TOKEN else None
    if token and actor_id is None:
        raise invalid_grant("the actor token is unknown, expired, without openid or of another type")
    try:
        exchange.act = chain(actor_id, exchange.subject.act if exchange.subject else None)
    except ValueError as error:
        raise invalid_grant(str(error)) from error


def requested_scopes(exchange: Exchange) -> None:
    """Only what is asked for: nothing is taken over from the subject token."""
    exchange.scopes = split_scope(exchange.form.get("scope"))


def issue(exchange: Exchange) -> dict[str, Any]:
    """Use up a subject token and issue the access token, together or not at all."""
    try:
        with transaction.atomic():
            _consume(exchange)
            answer = issue_user_access_token(exchange, expires_with_session=False)
            if exchange.rows:
                write_rows(exchange.rows)
            record(AUDIT_KEY, user_id=exchange.user_id, application_id=exchange.client.id, **exchange.audit_details())
            return answer | {"issued_token_type": exchange.form.get("requested_token_type") or ACCESS_TOKEN}
    except IntegrityError as error:
        raise invalid_grant("user or application was deleted meanwhile") from error


def _consume(exchange: Exchange) -> None:
    token_id = exchange.subject.subject_token_id if exchange.subject else None
    if token_id is not None and not consume_subject_token(token_id, moment=exchange.moment):
        raise invalid_grant("the subject token was used meanwhile")


STEPS = (
    access_token_requested,
    good_subject,
    user_in_good_standing,
    good_actor,
    application_admits_user,
    organization_admits_user,
    requested_scopes,
    exchanged_target,
    jwt_where_requested,
)
