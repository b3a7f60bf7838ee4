"""What an assertion must say to be taken (SAML core 2.4, 2.5, profiles 4.1.4.3); a signature covers all of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from common.saml.errors import SamlError
from common.saml.names import BEARER, qname
from common.saml.xml import Element, child, children, parse_moment, text_of

MAX_ATTRIBUTES: Final = 300
MAX_VALUES: Final = 2000
MAX_NAME_ID_CHARACTERS: Final = 256  # SAML core 8.3.7
_CONDITIONS: Final = {qname(f"saml:{name}") for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")}


@dataclass(frozen=True)
class Expected:
    """What we know without the message."""

    idp_entity_id: str
    audience: str
    recipient: str
    in_response_to: str | None
    moment: datetime
    skew: timedelta

    def is_early(self, not_before: datetime | None) -> bool:
        """Return whether a moment is still to come, by whatever clock is right."""
        return not_before is not None and self.moment + self.skew < not_before

    def is_late(self, not_on_or_after: datetime | None) -> bool:
        """Return whether a moment is over, by whatever clock is right."""
        return not_on_or_after is not None and self.moment - self.skew >= not_on_or_after


def check_confirmation(subject: Element, expected: Expected) -> datetime:
    """Return until when the subject is confirmed by one bearer confirmation that fits; raises what was wrong of the
    last one if none does."""
    problem = SamlError("malformed", "no bearer confirmation")
    for confirmation in children(subject, "saml:SubjectConfirmation"):
        if confirmation.get("Method") != BEARER:
            continue
        try:
            return _check_bearer(child(confirmation, "saml:SubjectConfirmationData"), expected)
        except SamlError as error:
            problem = error
    raise problem


def _check_bearer(data: Element | None, expected: Expected) -> datetime:
    if data is None:
        raise SamlError("malformed", "the bearer confirmation has no data")
    if data.get("Recipient") != expected.recipient:
        raise SamlError("recipient", f"the assertion is for {str(data.get('Recipient'))[:200]}")
    if (data.get("InResponseTo") or None) != expected.in_response_to:
        raise SamlError("in_response_to", "the assertion answers another request")
    until = parse_moment(data.get("NotOnOrAfter"))
    if until is None:
        raise SamlError("malformed", "the bearer confirmation has no end")
    if expected.is_late(until) or expected.is_early(parse_moment(data.get("NotBefore"))):
        raise SamlError("expired", "the confirmation is not valid now")
    return until


def check_lifetime(assertion: Element, expected: Expected) -> datetime | None:
    """Return the end that the conditions name, if any; raises `expired`, `audience`, `malformed`."""
    conditions = child(assertion, "saml:Conditions")
    if conditions is None:
        raise SamlError("audience", "the assertion has no audience")
    # SAML core 2.5.1: a condition that is not understood makes the assertion of no use.
    if any(condition.tag not in _CONDITIONS for condition in conditions):
        raise SamlError("malformed", "a condition is unknown")
    until = parse_moment(conditions.get("NotOnOrAfter"))
    if expected.is_early(parse_moment(conditions.get("NotBefore"))) or expected.is_late(until):
        raise SamlError("expired", "the assertion is not valid now")
    restrictions = children(conditions, "saml:AudienceRestriction")
    if not restrictions:
        raise SamlError("audience", "the assertion has no audience")
    for restriction in restrictions:
        if expected.audience not in [text_of(each) for each in children(restriction, "saml:Audience")]:
            raise SamlError("audience", "the assertion is for another audience")
    return until


def read_name_id(subject: Element) -> tuple[str | None, str | None]:
    """Return the name of the subject and its format."""
    found = child(subject, "saml:NameID")
    if found is None:
        return None, None
    value = text_of(found)
    if value is not None and len(value) > MAX_NAME_ID_CHARACTERS:
        raise SamlError("too_large", f"NameID has more than {MAX_NAME_ID_CHARACTERS} characters")
    name_format = found.get("Format")
    return value, None if name_format is None else str(name_format)[:256]


def read_attributes(assertion: Element) -> dict[str, tuple[str, ...]]:
    """Return the values of each attribute by its name; names that occur again add values."""
    found: dict[str, tuple[str, ...]] = {}
    total = 0
    for statement in children(assertion, "saml:AttributeStatement"):
        for attribute in children(statement, "saml:Attribute"):
            name = attribute.get("Name", "")
            # A value that is a structure (an eduPersonTargetedID) has no text; it is not one for us.
            values = tuple(
                (value.text or "").strip() for value in children(attribute, "saml:AttributeValue") if not len(value)
            )
            total += len(values)
            found[name] = found.get(name, ()) + values
    if len(found) > MAX_ATTRIBUTES or total > MAX_VALUES:
        raise SamlError("too_large", "too many attributes")
    return found
