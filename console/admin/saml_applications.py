"""SAML applications among the others: their form, their sections and what is copied into a service provider."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from applications.models import Application
from common.actors import Actor
from common.errors import AppError
from common.saml.errors import SamlError
from common.saml.metadata import ServiceProviderMetadata
from common.saml.metadata_reading import parse_sp_metadata
from common.saml.names import BINDING_POST, BINDING_REDIRECT
from common.saml.xml import MAX_METADATA_BYTES
from console.admin.application_access import FIELDS as ACCESS_FIELDS
from console.admin.application_access import AccessFields, initial_access
from console.admin.fields import JsonObjectField, address, select, switch, text
from console.admin.service_errors import ServiceForm, explain
from saml.addresses import entity_id_of, logout_address, metadata_address, sign_in_address, sso_address
from saml.models import NameIdFormat
from saml.selectors import get_config
from saml.services.applications import create_saml_application, update_saml_application
from saml.settings import MAPPED_CLAIMS, check_settings

_TAB = {"classes": ["tab"]}
_PROVIDER_FIELDS = ("metadata", "entity_id", "acs_url", "name_id_format")
_LOGOUT_FIELDS = ("slo_url", "slo_binding")
_SECURITY_FIELDS = ("signing_certificate", "encrypt", "encryption_certificate", "encrypt_then_sign")
_MAPPING = {f"attribute_{claim}": claim for claim in MAPPED_CLAIMS}
_CUSTOM_DATA = "custom_data"


class MetadataWidget(widgets.UnfoldAdminTextareaWidget):
    """A place to paste XML into, or to have a file read into: files themselves are not sent."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        area = super().render(name, value, attrs, renderer)
        chosen = (attrs or {}).get("id", name)
        label = _("Read it from a file")
        return format_html(
            '{}<label class="gh-file"><span>{}</span><input type="file" accept=".xml,text/xml,application/xml" '
            'data-read-into="{}"></label>',
            area,
            label,
            chosen,
        )


class _CertificateField(forms.CharField):
    """A certificate in PEM form; how its lines end says nothing."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "").split() != str(data or "").split()


def _certificate(label: Any, help_text: Any) -> forms.CharField:
    attrs = {"rows": 4, "spellcheck": "false", "class": "gh-mono", "placeholder": "-----BEGIN CERTIFICATE-----"}
    widget = widgets.UnfoldAdminTextareaWidget(attrs=attrs)
    return _CertificateField(label=label, help_text=help_text, required=False, widget=widget)


class _ProviderFields(forms.Form):
    """Who the service provider is."""

    metadata = forms.CharField(
        label=_("Metadata (XML)"),
        help_text=_("An XML document. What it says takes the place of the fields below when you save."),
        required=False,
        max_length=MAX_METADATA_BYTES,
        widget=MetadataWidget(
            attrs={"rows": 3, "spellcheck": "false", "class": "gh-mono", "placeholder": "<md:Entity…"}
        ),
    )
    entity_id = text(
        label=_("Entity ID"),
        placeholder="https://app.example.com/saml/metadata",
        help_text=_("The service provider's own name, also called audience. Requests of others are refused."),
        max_length=128,
    )
    acs_url = address(
        label=_("ACS URL"),
        help_text=_(
            "Where responses are posted to; nowhere else. Also called assertion consumer service or reply URL."
        ),
    )
    name_id_format = select(
        label=_("Name ID format"),
        choices=NameIdFormat.choices,
        help_text=_("What the service provider knows a user by."),
    )
    slo_url = address(
        label=_("Single logout URL"),
        help_text=_("Told through the user's browser when they sign out. Leave it empty if there is none."),
    )
    slo_binding = select(
        label=_("Single logout binding"),
        choices=[(BINDING_REDIRECT, "HTTP-Redirect"), (BINDING_POST, "HTTP-POST")],
    )
    signing_certificate = _certificate(
        _("Certificate of its requests"), _("With one, requests that are not signed by it are refused.")
    )
    encrypt = switch(
        label=_("Encrypt assertions"), help_text=_("Only the service provider can read what it is told of users.")
    )
    encryption_certificate = _certificate(_("Certificate to encrypt for"), _("RSA, 2048 bits or more."))
    encrypt_then_sign = switch(
        label=_("Sign the response as well"),
        help_text=_("Around the encrypted assertion, which is signed inside in any case."),
    )


_AttributeFields: Any = type(
    "_AttributeFields",
    (forms.Form,),
    {field: text(label=claim, max_length=256) for field, claim in _MAPPING.items()},
)


class SamlApplicationForm(AccessFields, _ProviderFields, _AttributeFields, ServiceForm):
    """Everything of a SAML application but its certificates."""

    name = text(label=_("Name"), required=True, max_length=256)
    description = text(label=_("Description"))
    custom_data = JsonObjectField(label=_("Custom data"), help_text=_("A JSON object of your own."))

    class Meta:
        model = Application
        fields = ("name", "description", "custom_data")

    def __init__(self, *args: Any, **options: Any) -> None:
        instance: Application | None = options.get("instance")
        initial: dict[str, Any] = {"attribute_email": "email", "attribute_name": "name"}
        if instance is not None and not instance._state.adding:
            initial = {**initial_access(instance), **_initial_settings(instance)}
        super().__init__(*args, **{**options, "initial": {**initial, **(options.get("initial") or {})}})
        if "admitted_roles" in self.fields:
            self.offer_roles()

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("metadata"):
            self._take_metadata(values)
        # Each by itself, so that a refusal stands at its field; the service has the rules.
        for field, settings in self._settings_by_field(values).items():
            try:
                check_settings(settings)
            except AppError as error:
                self.add_error(field if field in self.fields else None, explain(error))
        return values

    def _take_metadata(self, values: dict[str, Any]) -> None:
        try:
            found = parse_sp_metadata(values["metadata"].encode())
        except SamlError as error:
            self.add_error("metadata", _("This is not the metadata of one service provider: %s.") % error.detail)
            return
        if not any(each.binding == BINDING_POST for each in found.assertion_consumer_services):
            self.add_error("metadata", _("It has no assertion consumer service that takes posted responses."))
            return
        values |= _values_of(found)
        # A form compares what was sent; these were not.
        self.changed_data.append("metadata")

    def _settings_by_field(self, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        if "acs_url" in values:
            url = values["acs_url"]
            found["acs_url"] = {"acs_url": {"binding": BINDING_POST, "url": url} if url else None}
        if "entity_id" in values:
            found["entity_id"] = {"entity_id": values["entity_id"] or None}
        if values.get("name_id_format"):
            found["name_id_format"] = {"name_id_format": values["name_id_format"]}
        if "slo_url" in values:
            binding, url = values.get("slo_binding") or BINDING_REDIRECT, values["slo_url"]
            found["slo_url"] = {"slo_url": {"binding": binding, "url": url} if url else None}
        if "signing_certificate" in values:
            found["signing_certificate"] = {"signing_certificate": values["signing_certificate"] or None}
        if "encryption_certificate" in values:
            found["encryption_certificate"] = {"encryption": _encryption_of(values)}
        mapping = {claim: values[field] for field, claim in _MAPPING.items() if values.get(field)}
        if _MAPPING.keys() & values.keys():
            found["attribute_mapping"] = {"attribute_mapping": mapping}
        return found

    def settings(self) -> dict[str, Any]:
        """Return the settings of the service provider as the service takes them."""
        merged: dict[str, Any] = {}
        for settings in self._settings_by_field(self.cleaned_data).values():
            merged |= settings
        return merged


def _encryption_of(values: Mapping[str, Any]) -> dict[str, Any] | None:
    certificate = values["encryption_certificate"]
    if not certificate and not values.get("encrypt"):
        return None
    return {
        "encryptAssertion": bool(values.get("encrypt")),
        "encryptThenSign": bool(values.get("encrypt_then_sign")),
        **({"certificate": certificate} if certificate else {}),
    }


def _values_of(found: ServiceProviderMetadata) -> dict[str, Any]:
    """What metadata says, as values of the form; what it does not say stays."""
    acs = next(each for each in found.assertion_consumer_services if each.binding == BINDING_POST)
    values: dict[str, Any] = {"entity_id": found.entity_id, "acs_url": acs.url, "metadata": ""}
    slo = next(
        (each for each in found.single_logout_services if each.binding in (BINDING_REDIRECT, BINDING_POST)), None
    )
    if slo is not None:
        values |= {"slo_url": slo.url, "slo_binding": slo.binding}
    if found.signing_certificates and found.signs_requests:
        values["signing_certificate"] = found.signing_certificates[0]
    if found.encryption_certificates:
        values["encryption_certificate"] = found.encryption_certificates[0]
    known = [each for each in found.name_id_formats if each in NameIdFormat.values]
    if known:
        values["name_id_format"] = known[0]
    return values


def _initial_settings(application: Application) -> dict[str, Any]:
    config = get_config(application)
    encryption = config.encryption or {}
    return {
        "entity_id": config.entity_id or "",
        "acs_url": (config.acs_url or {}).get("url", ""),
        "name_id_format": config.name_id_format,
        "slo_url": (config.slo_url or {}).get("url", ""),
        "slo_binding": (config.slo_url or {}).get("binding", BINDING_REDIRECT),
        "signing_certificate": config.signing_certificate or "",
        "encrypt": encryption.get("encryptAssertion", False),
        "encrypt_then_sign": encryption.get("encryptThenSign", False),
        "encryption_certificate": encryption.get("certificate", ""),
        **{field: config.attribute_mapping.get(claim, "") for field, claim in _MAPPING.items()},
    }


def fieldsets_of(application: Application | None) -> list[Any]:
    """Return the sections of a SAML application's page, or of the form for a new one."""
    general = (None, {"fields": ["name", "description"]})
    provider: tuple[Any, dict[str, Any]] = (
        _("Service provider"),
        {"fields": list(_PROVIDER_FIELDS), "description": _("The application that users sign in to.")},
    )
    if application is None:
        return [general, provider]
    pairs = list(_MAPPING)
    attributes = [tuple(pairs[place : place + 2]) for place in range(0, len(pairs), 2)]
    about = _("The name of the attribute for each claim; a claim without one is not told.")
    return [
        general,
        (provider[0], {**provider[1], **_TAB}),
        (_("Attributes"), {**_TAB, "fields": attributes, "description": about}),
        (_("Security"), {**_TAB, "fields": list(_SECURITY_FIELDS)}),
        (_("Signing out"), {**_TAB, "fields": list(_LOGOUT_FIELDS)}),
        (_("Access"), {**_TAB, "fields": list(ACCESS_FIELDS)}),
        (_("Custom data"), {**_TAB, "fields": [_CUSTOM_DATA]}),
    ]


def addresses_of(application: Application, origin: str) -> list[tuple[Any, str]]:
    """Return what is copied into the service provider: label and value."""
    id = application.id
    return [
        (_("App id"), id),
        (_("Metadata URL"), metadata_address(origin, id)),
        (_("Entity ID (issuer)"), entity_id_of(origin, id)),
        (_("Single sign-on URL"), sso_address(origin, id)),
        (_("Single logout URL"), logout_address(origin, id)),
        (_("Start page for users"), sign_in_address(origin, id)),
    ]


def create_from_form(form: SamlApplicationForm, *, actor: Actor) -> Application:
    """Create a SAML application as the developer filled it in."""
    values = form.cleaned_data
    mapping = {"email": "email", "name": "name"}
    settings = {"attribute_mapping": mapping, **form.settings()}
    config = create_saml_application(
        name=values["name"], description=values["description"] or None, actor=actor, **settings
    )
    return config.application


def update_from_form(application: Application, form: SamlApplicationForm, *, actor: Actor) -> None:
    """Bring the developer's changes to the service."""
    values = form.cleaned_data
    update_saml_application(
        application,
        name=values["name"],
        description=values["description"] or None,
        custom_data=values[_CUSTOM_DATA],
        app_level_access_control_enabled=values["access_controlled"],
        **form.settings(),
        actor=actor,
    )
