"""The sign-in experience: its settings, words, fields, messages and files."""

from django.core.files.uploadedfile import SimpleUploadedFile

from connectors.models import EmailTemplate
from tests.contract.world import Case, World
from tests.pictures import picture

FIELD = {"name": "company", "type": "Text", "label": "Company", "required": False}
TEMPLATE = {"subject": "Your code", "content": "{{code}}"}
WORDS = {"action": {"sign_in": "Logga in"}}


def furnish(world: World) -> None:
    EmailTemplate.objects.all().delete()
    world.make("field", "/api/custom-profile-fields", FIELD)
    world.make("", "/api/custom-phrases/sv-SE", WORDS, method="put")
    template = {"languageTag": "en", "templateType": "SignIn", "details": TEMPLATE}
    world.make("templates", "/api/email-templates", {"templates": [template]}, method="put")


def _language(world: World) -> dict[str, str]:
    return {"languageTag": "sv-SE"}


def _field(world: World) -> dict[str, str]:
    return {"name": "company"}


def _template(world: World) -> dict[str, str]:
    return {"id": world.made["templates"][0]["id"]}


def _picture(world: World) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("logo.png", picture(), "image/png")}


CASES = {
    "PATCH /api/sign-in-exp": Case(
        body=lambda w: {
            "color": {"primaryColor": "#0f766e", "isDarkModeEnabled": True, "darkPrimaryColor": "#2dd4bf"},
            "termsOfUseUrl": None,
            "signInMode": "SignIn",
        }
    ),
    "POST /api/sign-in-exp/default/check-password": Case(
        body=lambda w: {"password": "walnut tractor 51", "userId": w["alice"]}
    ),
    "POST /api/sign-in-exp/default/custom-ui-assets": Case(elsewhere="tests/management_api/test_custom_ui_assets.py"),
    "POST /api/user-assets": Case(files=_picture),
    "GET /api/custom-phrases/{languageTag}": Case(ids=_language, is_owned=False),
    "PUT /api/custom-phrases/{languageTag}": Case(ids=_language, is_owned=False, body=lambda w: dict(WORDS)),
    "DELETE /api/custom-phrases/{languageTag}": Case(ids=_language, is_owned=False),
    "POST /api/custom-profile-fields": Case(body=lambda w: {**FIELD, "name": "team"}),
    "POST /api/custom-profile-fields/batch": Case(body=lambda w: [{**FIELD, "name": "team"}]),
    "POST /api/custom-profile-fields/properties/sie-order": Case(
        body=lambda w: {"order": [{"name": "company", "sieOrder": 3}]}
    ),
    "GET /api/custom-profile-fields/{name}": Case(ids=_field),
    "PUT /api/custom-profile-fields/{name}": Case(
        ids=_field, body=lambda w: {"type": "Text", "label": "Firm", "required": True}
    ),
    "DELETE /api/custom-profile-fields/{name}": Case(ids=_field),
    "PUT /api/email-templates": Case(
        body=lambda w: {"templates": [{"languageTag": "fr", "templateType": "Generic", "details": TEMPLATE}]}
    ),
    "DELETE /api/email-templates": Case(query="languageTag=en"),
    "GET /api/email-templates/{id}": Case(ids=_template),
    "PATCH /api/email-templates/{id}/details": Case(ids=_template, body=lambda w: dict(TEMPLATE)),
    "DELETE /api/email-templates/{id}": Case(ids=_template),
    "GET /api/.well-known/endpoints/{tenantId}": Case(elsewhere="tests/experience/test_well_known.py"),
}
