"""What of an assertion becomes which field of a user."""

from typing import Any

import pytest

from common.clock import now
from common.errors import AppError
from common.saml.names import NAME_ID_PERSISTENT
from common.saml.responses import Assertion
from connectors.enterprise.saml.profiles import user_of_assertion

CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
EMAIL_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"


def assertion(
    name_id: str | None = "a1", name_id_format: str | None = NAME_ID_PERSISTENT, **attributes: Any
) -> Assertion:
    return Assertion(
        id="_1",
        issuer="https://idp.example",
        name_id=name_id,
        name_id_format=name_id_format,
        attributes={name: (value,) if isinstance(value, str) else tuple(value) for name, value in attributes.items()},
        session_index=None,
        authenticated_at=None,
        authn_context=None,
        expires_at=now(),
        in_response_to=None,
    )


@pytest.mark.parametrize(
    ("email", "name"),
    [
        ("email", "name"),
        ("mail", "displayName"),
        (f"{CLAIMS}/emailaddress", f"{CLAIMS}/name"),
        ("urn:oid:0.9.2342.19200300.100.1.3", "urn:oid:2.16.840.1.113730.3.1.241"),
    ],
)
def test_the_usual_names_need_no_mapping(email: str, name: str) -> None:
    user = user_of_assertion(assertion(**{email: "peter@initech.example", name: "Peter"}), {})
    assert (user.id, user.email, user.name) == ("a1", "peter@initech.example", "Peter")


def test_a_mapping_is_what_counts() -> None:
    found = assertion(email="wrong@initech.example", upn="peter@initech.example", employee="17")
    user = user_of_assertion(found, {"id": "employee", "email": "upn", "name": "missing"})
    assert (user.id, user.email, user.name) == ("17", "peter@initech.example", None)
    assert user_of_assertion(found, {"email": "nameID"}).email is None


def test_an_address_as_name_id_is_one() -> None:
    found = assertion("peter@initech.example", EMAIL_FORMAT)
    assert user_of_assertion(found, {}).email == "peter@initech.example"
    assert user_of_assertion(found, {"email": "mail"}).email is None
    assert user_of_assertion(assertion("peter@initech.example"), {}).email is None


def test_the_first_of_several_values_counts_and_all_are_kept() -> None:
    user = user_of_assertion(assertion(email=["", "a@initech.example", "b@initech.example"], groups=["x", "y"]), {})
    assert user.email == "a@initech.example"
    assert user.raw_data["groups"] == ["x", "y"]
    assert user.raw_data["nameID"] == "a1"


def test_a_name_that_changes_at_each_sign_in_recognizes_nobody() -> None:
    with pytest.raises(AppError) as failure:
        user_of_assertion(assertion("random", TRANSIENT), {})
    assert failure.value.data == {"reason": "transient_name_id"}
    assert user_of_assertion(assertion("random", TRANSIENT, uid="7"), {"id": "uid"}).id == "7"


@pytest.mark.parametrize("mapping", [{}, {"id": "uid"}])
def test_a_user_without_id_is_refused(mapping: dict[str, str]) -> None:
    with pytest.raises(AppError) as failure:
        user_of_assertion(assertion(None, None, email="peter@initech.example"), mapping)
    assert failure.value.code == "connector.invalid_response"
