"""A sign-out goes from one service provider to the next in the user's browser, and then where it was to go.

The session has ended before the first is told, so nobody who does not answer keeps the user signed in here.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, TypedDict

from django.db import transaction

from common.saml.authn_requests import new_message_id
from common.saml.bindings import Parameter
from common.saml.logout import LogoutResponse, build_logout_request, build_logout_response
from common.saml.names import BINDING_POST, STATUS_PARTIAL_LOGOUT, STATUS_SUCCESS
from saml.addresses import entity_id_of
from saml.models import SamlLogout, SamlParticipant
from saml.providers import ServiceProvider, find_provider

LIFETIME: Final = timedelta(minutes=30)
_MAX_PARTICIPANTS: Final = 20


class Waiting(TypedDict):
    """Somebody who is to be told, in the form in which a run keeps it."""

    application_id: str
    name_id: str
    name_id_format: str
    session_index: str


class Message(NamedTuple):
    """What the browser takes to a service provider next, and by which binding."""

    provider: ServiceProvider
    address: str
    binding: str
    parameter: Parameter
    xml: bytes
    relay_state: str | None


def waiting_of(participants: Iterable[SamlParticipant]) -> list[Waiting]:
    """Return whom to tell of the end of sessions."""
    return [
        Waiting(
            application_id=each.application_id,
            name_id=each.name_id,
            name_id_format=each.name_id_format,
            session_index=each.session_index,
        )
        for each in list(participants)[:_MAX_PARTICIPANTS]
    ]


def begin_run(waiting: list[Waiting], *, answer: Mapping[str, Any], moment: datetime) -> SamlLogout:
    """Keep who is to be told, and what comes last: `{"to": address}`, or the answer to whoever asked."""
    return SamlLogout.objects.create(waiting=waiting, answer=dict(answer), expires_at=moment + LIFETIME)


def _signed_for_post(provider: ServiceProvider) -> dict[str, str]:
    """A message that is posted carries its signature; HTTP-Redirect signs the query."""
    if provider.slo_binding != BINDING_POST:
        return {}
    return {"private_key": provider.signer.private_key, "certificate": provider.signer.certificate}


@transaction.atomic
def next_step(
    run_id: str, *, origin: str, moment: datetime, heard: LogoutResponse | None = None
) -> Message | str | None:
    """Return what the browser takes where next: a message, or an address; `None` for a run that is over.

    `heard` is the verified answer of whoever was told last.
    """
    run = SamlLogout.objects.select_for_update().filter(id=run_id, expires_at__gt=moment).first()
    if run is None:
        return None
    if heard is not None:
        _note_answer(run, heard)
    while run.waiting:
        told: Waiting = run.waiting.pop(0)
        provider = find_provider(told["application_id"])
        if provider is None or provider.slo_url is None or not provider.can_be_told:
            run.is_partial = True
            continue
        request_id = new_message_id()
        run.asked = {"application_id": told["application_id"], "request_id": request_id}
        run.save(update_fields=["waiting", "asked", "is_partial"])
        xml = build_logout_request(
            request_id=request_id,
            issuer=entity_id_of(origin, provider.application_id),
            destination=provider.slo_url,
            name_id=told["name_id"],
            name_id_format=told["name_id_format"],
            session_indexes=[told["session_index"]],
            moment=moment,
            **_signed_for_post(provider),
        )
        return Message(provider, provider.slo_url, provider.slo_binding or BINDING_POST, "SAMLRequest", xml, run.id)
    run.delete()
    return _last_step(run, origin=origin, moment=moment)


def _note_answer(run: SamlLogout, heard: LogoutResponse) -> None:
    asked = run.asked or {}
    is_asked = heard.in_response_to == asked.get("request_id")
    if not is_asked or list(heard.status) != [STATUS_SUCCESS]:
        run.is_partial = True


def _last_step(run: SamlLogout, *, origin: str, moment: datetime) -> Message | str:
    answer = run.answer
    provider = find_provider(answer.get("application_id", ""))
    if provider is None or provider.slo_url is None or not provider.can_be_told:
        return str(answer.get("to") or "/oidc/session/end/success")
    xml = build_logout_response(
        response_id=new_message_id(),
        issuer=entity_id_of(origin, provider.application_id),
        destination=provider.slo_url,
        in_response_to=answer["request_id"],
        status=[STATUS_SUCCESS, STATUS_PARTIAL_LOGOUT] if run.is_partial else [STATUS_SUCCESS],
        moment=moment,
        **_signed_for_post(provider),
    )
    binding = provider.slo_binding or BINDING_POST
    return Message(provider, provider.slo_url, binding, "SAMLResponse", xml, answer.get("relay_state"))


def asked_of(run_id: str, application_id: str) -> bool:
    """Whether a run waits for the answer of an application. One statement."""
    return SamlLogout.objects.filter(id=run_id, asked__application_id=application_id).exists()
