"""Applications: metadata, roles, access rules, consent and look; SAML applications with their service provider.

Client secrets and certificates are credentials and not among it: a new application gets its own. Built-in applications
and clients that have registered themselves are not the file's either.
"""

from collections import defaultdict
from typing import Any

from access.management import ADMIN_ROLE_NAME
from applications.metadata_shape import CUSTOM_CLIENT_METADATA, OIDC_CLIENT_METADATA
from applications.models import Application, ApplicationRole, ApplicationSignInExperience
from applications.models.application import ApplicationType
from applications.services.applications import create_application, delete_application, update_application
from applications.services.roles import replace_application_roles
from applications.services.saml_applications import delete_saml_application
from applications.services.sign_in_experience import set_application_sign_in_experience
from common.appearance import BRANDING, COLOR_OVERRIDES, CUSTOM_CSS
from common.shapes import Choice, Flag, Text
from configuration.kinds.access_rules import ACCESS_CONTROL, ACCESS_RULE_MODELS, read_rules, set_rules
from configuration.kinds.base import Change, Form, Item, NoSecrets, Options, Reading
from configuration.kinds.consent import CONSENT, CONSENT_MODELS, read_consents, set_consent
from configuration.kinds.immutable import assert_unchanged
from configuration.kinds.saml import SERVICE_PROVIDER, read_service_providers, service_provider_columns
from configuration.kinds.shapes import JSON, Names, closed, column, form_shape
from configuration.names import role_ids
from saml.models import SamlApplicationConfig
from saml.services.applications import create_saml_application, update_saml_application

_LOOK = {
    "color": ("color", COLOR_OVERRIDES),
    "branding": ("branding", BRANDING),
    "customCss": ("custom_css", CUSTOM_CSS),
    "displayName": ("display_name", column(ApplicationSignInExperience, "display_name")),
    "termsOfUseUrl": ("terms_of_use_url", column(ApplicationSignInExperience, "terms_of_use_url")),
    "privacyPolicyUrl": ("privacy_policy_url", column(ApplicationSignInExperience, "privacy_policy_url")),
}
_FIELDS = {
    "name": "name",
    "description": "description",
    "oidcClientMetadata": "oidc_client_metadata",
    "customClientMetadata": "custom_client_metadata",
    "customData": "custom_data",
}
_OF_SAML = frozenset({"name", "description", "customData"})
_TYPES = tuple(kind.value for kind in ApplicationType if kind != ApplicationType.PROTECTED)


class Applications(NoSecrets):
    """Identified by name, or by a fixed id, which is the client id."""

    section = "applications"
    shape = form_shape(
        {
            "name": column(Application, "name", required=True),
            "type": Choice(choices=_TYPES),
            "description": Text(nullable=True),
            "isThirdParty": Flag(),
            "oidcClientMetadata": closed(OIDC_CLIENT_METADATA),
            "customClientMetadata": closed(CUSTOM_CLIENT_METADATA),
            "customData": JSON,
            "isAdmin": Flag(),
            "roles": Names(),
            "accessControl": ACCESS_CONTROL,
            "consent": CONSENT,
            "signInExperience": form_shape({name: closed(shape) for name, (_field, shape) in _LOOK.items()}),
            "saml": SERVICE_PROVIDER,
        }
    )
    options = Options(
        renames=True, has_ids=True, merged=frozenset({"accessControl", "consent", "signInExperience", "saml"})
    )
    covers = (
        Application,
        ApplicationRole,
        ApplicationSignInExperience,
        SamlApplicationConfig,
        *ACCESS_RULE_MODELS,
        *CONSENT_MODELS,
    )
    settings = ()

    def read(self, reading: Reading) -> list[Item]:
        roles: dict[str, list[str]] = defaultdict(list)
        for application_id, name in ApplicationRole.objects.values_list("application_id", "role__name"):
            roles[application_id].append(name)
        rules, consents = read_rules(with_organizations=reading.includes_organizations), read_consents()
        looks = {row.application_id: row for row in ApplicationSignInExperience.objects.all()}
        providers = read_service_providers()
        applications = Application.objects.filter(registration_source=Application.RegistrationSource.MANUAL)
        items = []
        for row in applications:
            form = _form(row)
            form["accessControl"] |= rules[row.id]
            if row.type == ApplicationType.MACHINE_TO_MACHINE:
                form["isAdmin"] = ADMIN_ROLE_NAME in roles[row.id]
                form["roles"] = sorted(name for name in roles[row.id] if name != ADMIN_ROLE_NAME)
            if row.is_third_party:
                form["consent"] = consents[row.id]
            look = looks.get(row.id) or ApplicationSignInExperience()
            form["signInExperience"] = {name: getattr(look, field) for name, (field, _shape) in _LOOK.items()}
            if row.type == ApplicationType.SAML:
                form["saml"] = providers[row.id]
            items.append(Item(row.name, form, row.id, row))
        return items

    def create(self, form: Form, change: Change) -> None:
        kind = form.get("type", ApplicationType.TRADITIONAL.value)
        if kind == ApplicationType.SAML:
            application = create_saml_application(
                **{_FIELDS[name]: form[name] for name in _OF_SAML & form.keys()},
                **service_provider_columns(form.get("saml", {})),
                actor=change.actor,
            ).application
        else:
            given: dict[str, Any] = {field: form[name] for name, field in _FIELDS.items() if name in form}
            application = create_application(
                type=kind,
                **given,
                is_third_party=form.get("isThirdParty", False),
                application_id=form.get("id"),
                actor=change.actor,
            )
        later = frozenset(form) - {*_FIELDS, "type", "isThirdParty", "saml", "id"}
        self._change(application, form, later, change)

    def update(self, item: Item, form: Form, names: frozenset[str], change: Change) -> None:
        assert_unchanged(names, "type", "isThirdParty")
        self._change(item.row, form, names, change)

    def delete(self, item: Item, change: Change) -> None:
        if item.row.type == ApplicationType.SAML:
            delete_saml_application(item.row, actor=change.actor)
        else:
            delete_application(item.row, actor=change.actor)

    def _change(self, application: Application, form: Form, names: frozenset[str], change: Change) -> None:
        actor, is_saml = change.actor, application.type == ApplicationType.SAML
        fields = _OF_SAML if is_saml else _FIELDS.keys()
        values: dict[str, Any] = {_FIELDS[name]: form[name] for name in names & set(fields)}
        if "accessControl" in names and "enabled" in form["accessControl"]:
            values["app_level_access_control_enabled"] = form["accessControl"]["enabled"]
        if "isAdmin" in names and form["isAdmin"] is not None:
            values["is_admin"] = form["isAdmin"]
        if is_saml and "saml" in names:
            values |= service_provider_columns(form["saml"])
        if values:
            (update_saml_application if is_saml else update_application)(application, **values, actor=actor)
        if "roles" in names and (form["roles"] or application.type == ApplicationType.MACHINE_TO_MACHINE):
            ids = role_ids(form["roles"], path="roles")
            replace_application_roles(application, role_ids=ids, actor=actor)
        if "accessControl" in names:
            set_rules(application, form["accessControl"], actor=actor)
        if "consent" in names:
            set_consent(application, form["consent"], path="consent", actor=actor)
        if "signInExperience" in names:
            look: Any = {_LOOK[name][0]: value for name, value in form["signInExperience"].items()}
            set_application_sign_in_experience(application, **look, actor=actor)


def _form(row: Application) -> Form:
    form: Form = {
        "name": row.name,
        "type": row.type,
        "description": row.description,
        "isThirdParty": row.is_third_party,
        "oidcClientMetadata": row.oidc_client_metadata,
        "customClientMetadata": row.custom_client_metadata,
        "customData": row.custom_data,
        "accessControl": {"enabled": row.app_level_access_control_enabled},
    }
    if row.type == ApplicationType.SAML:
        # What its client says of itself follows from the service provider.
        del form["isThirdParty"], form["oidcClientMetadata"], form["customClientMetadata"]
    return form
