"""Connectors in the console: the gallery, the guided set-up, and the form of every kind."""

import base64
import json
import re
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.test import Client

from common.actors import SYSTEM
from common.clock import now
from common.saml.certificates import create_signing_key
from common.saml.metadata import render_idp_metadata
from connectors.factories import FormItem, SocialFactory, get_factory, list_factories
from connectors.models import Connector
from connectors.provider_sign_in import ProviderUser
from connectors.selectors import config_of
from connectors.services.connectors import create_connector
from console.admin.connector_fields import places_of
from console.markdown import render_markdown
from identity.models import User
from identity.services.social_identities import link_social_identity
from identity.services.users import create_user
from tenants.context import enter_tenant
from tests.connectors.orchard import ORCHARD_CONFIG, orchards  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("orchards")]

BASE = "/console/default/connectors/connector"
FORM = {
    "config_clientId": "orchard-client",
    "config_clientSecret": "orchard-secret",
    "config_region": "north",
    "sync_profile": "always",
}


def start(console: Client, kind: str) -> str:
    """Choose a kind in the gallery, and return the address of its form, in which the id is chosen."""
    answer = console.get(f"{BASE}/add/?kind={kind}")
    assert answer.status_code == 302
    return answer.headers["Location"]


def the_connector(**where: Any) -> Connector:
    with enter_tenant("default"):
        return Connector.objects.get(**where)


def test_the_gallery_has_every_kind(console: Client) -> None:
    page = console.get(f"{BASE}/add/").content.decode()
    for factory in list_factories():
        assert f"?kind={factory.id}" in page
    assert "/static/connectors/logos/oidc.svg" in page


def test_the_callback_address_is_known_before_the_connector(console: Client) -> None:
    address = start(console, "orchard-web")
    connector_id = address.rpartition("id=")[2]
    page = console.get(address).content.decode()
    assert f"http://localhost:8000/callback/{connector_id}" in page
    assert "{{callbackUri}}" not in page
    saved = console.post(address, {**FORM, "token_storage": "on"})
    assert saved.status_code == 302
    connector = the_connector(id=connector_id)
    assert config_of(connector) == {**ORCHARD_CONFIG, "region": "north", "asksAgain": False}
    assert (connector.sync_profile, connector.enable_token_storage) == (True, True)


def test_the_callback_address_is_that_of_the_kind(console: Client) -> None:
    address = start(console, "saml")
    assert (
        f"http://localhost:8000/api/authn/saml/{address.rpartition('id=')[2]}" in console.get(address).content.decode()
    )


@pytest.mark.parametrize("chosen", ["", "../../x", "UPPERCASE123", "a" * 200])
def test_an_id_is_one_of_our_form(console: Client, chosen: str) -> None:
    answer = console.get(f"{BASE}/add/", {"kind": "orchard-web", "id": chosen})
    assert re.search(r"id=[a-z0-9]{12}$", answer.headers["Location"])


def test_a_standard_has_a_name_a_target_and_logos(console: Client) -> None:
    form = {**FORM, "display_name": "Vines", "target": "vines", "logo": "https://vines.example/logo.svg"}
    console.post(start(console, "trellis"), form)
    connector = the_connector(factory_id="trellis")
    assert connector.metadata == {
        "target": "vines",
        "name": {"en": "Vines"},
        "logo": "https://vines.example/logo.svg",
    }
    with enter_tenant("default"):
        Connector.objects.update(metadata={**connector.metadata, "name": {"en": "Vines", "de": "Reben"}})
    path = f"{BASE}/{connector.id}/change/"
    console.post(path, {**FORM, "config_clientSecret": "", "display_name": "Grapes", "target": "hops"})
    connector = the_connector(id=connector.id)
    # The target stays, names in other languages stay, the emptied logo goes, and the secret is kept.
    assert connector.metadata == {"target": "vines", "name": {"en": "Grapes", "de": "Reben"}}
    assert config_of(connector)["clientSecret"] == "orchard-secret"


def test_refusals_are_shown_at_their_fields(console: Client) -> None:
    form = {**FORM, "display_name": "Vines", "target": "vines"}
    assert console.post(start(console, "trellis"), form).status_code == 302
    answer = console.post(start(console, "trellis"), form)
    assert list(answer.context["adminform"].form.errors) == ["target"]
    answer = console.post(start(console, "trellis"), {**form, "target": "two words"})
    assert list(answer.context["adminform"].form.errors) == ["target"]
    answer = console.post(start(console, "trellis"), {**form, "target": "t", "config_clientId": "c" * 65})
    assert list(answer.context["adminform"].form.errors) == ["config_clientId"]


def test_what_is_wrong_is_told_before_saving(console: Client) -> None:
    check = f"{BASE}/check/?kind=trellis"
    answer = console.post(check, {"config_clientId": "c" * 65, "target": "a b", "logo": "nonsense"})
    assert answer.status_code == 200
    problems = answer.json()["problems"]
    assert problems.keys() >= {"config_clientId", "config_clientSecret", "target", "logo", "display_name"}
    with enter_tenant("default"):
        assert not Connector.objects.filter(factory_id="trellis").exists()
    whole = {**FORM, "display_name": "Vines", "target": "vines"}
    assert console.post(check, whole).json() == {"problems": {}}
    assert console.get(check).status_code == 405
    assert console.post(f"{BASE}/check/?kind=moon", whole).status_code == 403


def test_a_stored_secret_need_not_be_typed_again_to_be_checked(console: Client) -> None:
    with enter_tenant("default"):
        connector = create_connector(factory_id="orchard-web", config=ORCHARD_CONFIG, actor=SYSTEM)
    answer = console.post(f"{BASE}/check/?id={connector.id}", {**FORM, "config_clientSecret": ""})
    assert answer.json() == {"problems": {}}
    assert "orchard-secret" not in console.get(f"{BASE}/{connector.id}/change/").content.decode()


def test_a_field_that_is_not_shown_does_not_count(console: Client) -> None:
    address = start(console, "orchard-web")
    assert "data-shown-if" in console.get(address).content.decode()
    console.post(address, {**FORM, "config_orchardHost": "south.example"})
    connector = the_connector(factory_id="orchard-web")
    assert "orchardHost" not in config_of(connector)
    path = f"{BASE}/{connector.id}/change/"
    console.post(path, {**FORM, "config_region": "south", "config_orchardHost": "south.example"})
    connector = the_connector(id=connector.id)
    assert config_of(connector)["orchardHost"] == "south.example"


def test_a_kind_that_is_set_up_leads_to_its_connector(console: Client) -> None:
    with enter_tenant("default"):
        connector = create_connector(factory_id="orchard-web", config=ORCHARD_CONFIG, actor=SYSTEM)
    page = console.get(f"{BASE}/add/").content.decode()
    assert f"{BASE}/{connector.id}/change/" in page
    assert "?kind=orchard-web" not in page


def test_the_list_says_what_is_on_the_sign_in_page(console: Client) -> None:
    assert "No social connectors yet" in console.get(f"{BASE}/").content.decode()
    with enter_tenant("default"):
        create_connector(factory_id="orchard-web", config=ORCHARD_CONFIG, actor=SYSTEM)
        create_connector(factory_id="trellis", metadata={"target": "vines"}, actor=SYSTEM)
    page = console.get(f"{BASE}/").content.decode()
    assert page.count("not on the sign-in page") == 1
    assert page.count("not configured") == 1


def test_deleting_says_whose_way_in_it_is(console: Client) -> None:
    with enter_tenant("default"):
        connector = create_connector(factory_id="orchard-web", config=ORCHARD_CONFIG, actor=SYSTEM)
        user = create_user(username="bob", name="Bob", actor=SYSTEM)
        link_social_identity(user, target="orchard", account=ProviderUser("apple"), actor=SYSTEM)
    page = console.get(f"{BASE}/{connector.id}/delete/").content.decode()
    assert "the sign-in of 1 user with this provider" in page
    assert "Bob" in page
    console.post(f"{BASE}/{connector.id}/delete/", {"post": "yes"})
    with enter_tenant("default"):
        assert not Connector.objects.filter(id=connector.id).exists()
        assert User.objects.get(username="bob").identities["orchard"]["userId"] == "apple"


def test_a_guide_brings_no_markup_of_its_own() -> None:
    said = render_markdown(
        "# Top\n\n<script>alert(1)</script> <img src=x onerror=alert(1)>\n\n[a](javascript:alert(1)) [b](https://b.example)"
    )
    assert "<script" not in said
    assert "<img" not in said
    assert 'href="javascript' not in said
    assert "<h3>Top</h3>" in said
    assert 'href="https://b.example" target="_blank" rel="noopener noreferrer"' in said


# --- every kind ------------------------------------------------------------------------------------------------------
_TEMPLATE_TYPES = ("SignIn", "Register", "ForgotPassword", "Generic")
# What a kind takes that no example of its form says, by the end of the field's name.
_VALUES: dict[str, str] = {
    "_fromEmail": "post@example.com",
    "_replyTo": "post@example.com",
    "EmailAddress": "post@example.com",
}


@cache
def _keys() -> tuple[str, str, str, str]:
    """An RSA key with its certificate, an EC key and its public part as a provider shows it."""
    rsa, certificate = create_signing_key(common_name="idp.example", days=1, moment=now())
    curve = ec.generate_private_key(ec.SECP256R1())
    pem = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = curve.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return rsa, certificate, pem, base64.b64encode(public).decode()


def _key_material(kind: str) -> dict[str, str]:
    rsa, certificate, curve, public = _keys()
    metadata = render_idp_metadata(
        entity_id="https://idp.example",
        certificates=[certificate],
        sso_redirect_url="https://idp.example/sso",
        sso_post_url="https://idp.example/sso",
    )
    return {
        "config_privateKey": curve if kind.startswith("apple") else rsa,
        "config_x509Certificate": certificate,
        "config_idpMetadataXml": metadata.decode(),
        "config_webhookVerificationKey": public,
    }


def _value_of(kind: str, name: str, item: FormItem) -> Any:
    """What somebody could enter into a field that is required, or that has an example."""
    known = next((value for end, value in _VALUES.items() if name.endswith(end)), None)
    if known is not None:
        return known
    if name.endswith(("Key", "Certificate", "Xml")):
        return _key_material(kind).get(name, "value")
    match item.type:
        case "Number":
            return str(item.default or 1)
        case "Json":
            return json.dumps(item.default) if item.default else ""
        case "Select":
            return item.default or item.choices[0][0]
        case "MultiSelect":
            return []
        case "Switch":
            return ""
    # An example may be the beginning of a value: `AKIA…`.
    return item.default or item.placeholder.replace("…", "") or "value"


@pytest.mark.parametrize("kind", [factory.id for factory in list_factories()])
def test_the_form_of_every_kind_is_shown_refused_and_saved(console: Client, kind: str) -> None:
    """Each field is there, an empty form is refused at what is required, and the form's own examples can be saved."""
    factory = get_factory(kind)
    address = start(console, kind) if isinstance(factory, SocialFactory) else f"{BASE}/add/?kind={kind}"
    text = console.get(address).content.decode()
    places = places_of(factory)
    for place in places:
        assert f'name="{place.name}"' in text, place.name
    assert "{{callbackUri}}" not in text
    required = {place.name for place in places if place.item.required and not place.item.shown_if}
    if required:
        refused = console.post(address, {"sync_profile": "once"})
        assert required <= set(refused.context["adminform"].form.errors)
    assert required <= console.post(f"{BASE}/check/?kind={kind}", {"sync_profile": "once"}).json()["problems"].keys()
    values = {place.name: _value_of(kind, place.name, place.item) for place in places}
    form = {**values, "sync_profile": "once", "display_name": "Mine", "target": "mine"}
    assert console.post(f"{BASE}/check/?kind={kind}", form).json()["problems"] == {}
    assert console.post(address, form).status_code == 302
    connector = the_connector(factory_id=kind)
    assert factory.is_configured(config_of(connector))
    assert console.get(f"{BASE}/{connector.id}/change/").status_code == 200
