"""Operations of plain Django views, which no `APIView` carries."""

from collections.abc import Callable
from typing import Any

from rest_framework.views import APIView

from common.rest.operations import FORM, Media, operation

_Declare = Callable[[Any], Any]


def _view(**declared: _Declare) -> type[APIView]:
    """Return a view that declares an operation for each method, and is called by nobody."""
    handlers: dict[str, Any] = {method: declare(lambda *_: None) for method, declare in declared.items()}
    return type("PlainView", (APIView,), {"authentication_classes": [], **handlers})


def _document(id: str, title: str) -> type[APIView]:
    return _view(get=operation(id, f"Get the OpenAPI document of the {title}", answer=dict[str, Any]))


# By route.
UNROUTED: dict[str, type[APIView]] = {
    "api/swagger.json": _view(
        get=operation(
            "GetSwaggerJson",
            "Get the OpenAPI document of the Management API",
            answer=dict[str, Any],
            tag="Swagger.json",
        )
    ),
    "api/.well-known/management.openapi.json": _document("GetWellKnownManagementOpenapiJson", "Management API"),
    "api/.well-known/experience.openapi.json": _document("GetWellKnownExperienceOpenapiJson", "Experience API"),
    "api/.well-known/user.openapi.json": _document("GetWellKnownUserOpenapiJson", "Account API"),
    "api/saml-applications/<slug:id>/metadata": _view(
        get=operation(
            "ListSamlApplicationMetadata",
            "Get the metadata of the identity provider for a SAML application",
            answer=Media("text/xml"),
            errors=["entity.not_exists_with_id"],
        )
    ),
    "api/saml-applications/<slug:id>/callback": _view(
        get=operation(
            "GetSamlApplicationCallback",
            "Return to a SAML sign-in after the user has signed in",
            query={"code": str, "state": str, "error": str, "error_description": str},
            answer=Media("text/html"),
        )
    ),
    "api/saml/<slug:id>/authn": _view(
        get=operation(
            "GetSamlAuthn",
            "Begin a SAML sign-in (HTTP-Redirect binding)",
            query={"SAMLRequest": str, "Signature": str, "SigAlg": str, "RelayState": str},
            answer=Media("text/html"),
            status=302,
        ),
        post=operation(
            "CreateSamlAuthn",
            "Begin a SAML sign-in (HTTP-POST binding)",
            body=FORM,
            answer=Media("text/html"),
            status=302,
        ),
    ),
    "api/authn/saml/<str:connector_id>": _view(
        post=operation(
            "AssertSaml",
            "Receive the SAML response of a social identity provider",
            body=FORM,
            answer=Media("text/html"),
            status=303,
        )
    ),
    "api/authn/single-sign-on/saml/<str:connector_id>": _view(
        post=operation(
            "AssertSingleSignOnSaml",
            "Receive the SAML response of an enterprise's identity provider",
            body=FORM,
            answer=Media("text/html"),
            status=303,
        )
    ),
    ".well-known/webauthn": _view(
        get=operation(
            "GetWebAuthnRelatedOrigins",
            "Get the other origins at which the tenant's passkeys are used",
            answer={"origins": list[str]},
        )
    ),
}
