"""What a third-party application may ask users for, and how it presents itself to them."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.models import Application, ApplicationSignInExperience
from applications.services.consent_configuration import (
    USER_SCOPES,
    ScopeType,
    allow_user_consent_scopes,
    disallow_user_consent_scope,
)
from applications.services.sign_in_experience import PresentationChanges, set_application_sign_in_experience
from common.actors import Actor
from console.admin.fields import PickField, address, text
from console.admin.look_fields import LOOK_FIELDS, LookFields, changed_look, initial_look, picture
from console.admin.roles import scope_choices
from oidc.consent.selectors import get_consent_configuration
from organizations.models import OrganizationScope

# Form field -> the list of the consent configuration, and the service's name for what is added to it.
_LISTS = {
    "consent_user_scopes": (ScopeType.USER_SCOPES, "user_scopes"),
    "consent_api_permissions": (ScopeType.RESOURCE_SCOPES, "resource_scope_ids"),
    "consent_organization_permissions": (ScopeType.ORGANIZATION_SCOPES, "organization_scope_ids"),
    "consent_organization_api_permissions": (
        ScopeType.ORGANIZATION_RESOURCE_SCOPES,
        "organization_resource_scope_ids",
    ),
}
_LOGOS = {"shown_logo_url": "logoUrl", "shown_dark_logo_url": "darkLogoUrl"}
_TEXTS = {
    "shown_name": "display_name",
    "shown_terms_url": "terms_of_use_url",
    "shown_privacy_url": "privacy_policy_url",
}

CONSENT_FIELDS = tuple(_LISTS)
PRESENTATION_FIELDS = ("shown_name", *_LOGOS, "shown_terms_url", "shown_privacy_url")


class ConsentFields(forms.Form):
    """What clients may ask users for."""

    consent_user_scopes = PickField(
        label=_("User data"),
        choices=[(name, name) for name in USER_SCOPES],
        help_text=_("Scopes about the user; openid and offline_access go without saying."),
    )
    consent_api_permissions = PickField(
        label=_("API permissions"), help_text=_("What it may do with your APIs in the user's own name.")
    )
    consent_organization_permissions = PickField(
        label=_("Organization permissions"), help_text=_("Permissions of the organization template.")
    )
    consent_organization_api_permissions = PickField(
        label=_("Organization API permissions"),
        help_text=_("What it may do with your APIs in the organizations that the user chooses."),
    )

    def offer_permissions(self) -> None:
        """Fill the lists to choose from."""
        fields: dict[str, Any] = self.fields
        of_apis = scope_choices(with_management=False)
        fields["consent_api_permissions"].choices = of_apis
        fields["consent_organization_api_permissions"].choices = of_apis
        template = OrganizationScope.objects.order_by("name", "id").values_list("id", "name")
        fields["consent_organization_permissions"].choices = list(template)


class ThirdPartyFields(LookFields, ConsentFields):
    """The consent configuration and the presentation; a form of applications adds them to its own.

    A third party shows its name and logo where it asks for consent; an application of the tenant's own changes the look
    of the sign-in pages.
    """

    shown_name = text(
        label=_("Display name"),
        max_length=256,
        help_text=_("What users read on the consent page; the application's name when empty."),
    )
    shown_logo_url = picture(label=_("Logo"))
    shown_dark_logo_url = picture(label=_("Logo on dark"), on_dark=True)
    shown_terms_url = address(label=_("Terms of use"))
    shown_privacy_url = address(label=_("Privacy policy"))


def consent_of(application: Application) -> dict[str, list[str]]:
    """Return what the consent fields show of an application."""
    held = get_consent_configuration(application)
    return {
        "consent_user_scopes": list(held.user_scopes),
        "consent_api_permissions": [scope.id for api in held.resource_scopes for scope in api.scopes],
        "consent_organization_permissions": [scope.id for scope in held.organization_scopes],
        "consent_organization_api_permissions": [
            scope.id for api in held.organization_resource_scopes for scope in api.scopes
        ],
    }


def _presentation_of(application: Application) -> ApplicationSignInExperience | None:
    return ApplicationSignInExperience.objects.filter(application=application).first()


def initial_application_look(application: Application) -> dict[str, Any]:
    """Return what the fields of the look show of an application."""
    return initial_look(_presentation_of(application))


def initial_third_party(application: Application) -> dict[str, Any]:
    """Return what the fields show of an application."""
    shown = _presentation_of(application)
    values: dict[str, Any] = dict(consent_of(application))
    if shown is not None:
        values |= {field: getattr(shown, column) for field, column in _TEXTS.items()}
        values |= {field: shown.branding.get(name, "") for field, name in _LOGOS.items()}
    return values


def change_third_party(application: Application, changes: Mapping[str, Any], *, actor: Actor) -> None:
    """Bring the changed fields to the services."""
    change_consent(application, changes, actor=actor)
    _change_presentation(application, changes, actor=actor)


def change_consent(application: Application, changes: Mapping[str, Any], *, actor: Actor) -> None:
    """Bring the changed consent fields to the services."""
    touched = [field for field in _LISTS if field in changes]
    if not touched:
        return
    held = consent_of(application)
    added: dict[str, Any] = {
        _LISTS[field][1]: [item for item in changes[field] if item not in held[field]] for field in touched
    }
    if any(added.values()):
        allow_user_consent_scopes(application, **added, actor=actor)
    for field in touched:
        for item in held[field]:
            if item not in changes[field]:
                disallow_user_consent_scope(application, scope_type=_LISTS[field][0], scope_id=item, actor=actor)


def _change_presentation(application: Application, changes: Mapping[str, Any], *, actor: Actor) -> None:
    values: PresentationChanges = {}
    for field, column in _TEXTS.items():
        if field in changes:
            values[column] = changes[field] or None  # type: ignore[literal-required]
    if any(field in changes for field in _LOGOS):
        # The object is replaced whole: what has no field stays.
        held = _presentation_of(application)
        branding = dict(held.branding) if held is not None else {}
        branding |= {name: changes[field] for field, name in _LOGOS.items() if field in changes}
        values["branding"] = {name: value for name, value in branding.items() if value}
    if touched := set(LOOK_FIELDS) & set(changes):
        look = {field: changes[field] for field in touched}
        values |= changed_look(_presentation_of(application), look)  # type: ignore[typeddict-item]  # its names are those
    if values:
        set_application_sign_in_experience(application, **values, actor=actor)
