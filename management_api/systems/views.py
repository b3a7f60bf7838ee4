"""`/api/systems`: settings of the installation."""

from typing import NoReturn, TypedDict

from rest_framework.request import Request

from common.errors import AppError
from common.rest.operations import operation
from management_api.views import ApiView


class ProtectedApps(TypedDict):
    """Where protected applications are."""

    defaultDomain: str


class SystemApplication(TypedDict):
    """What an installation with protected applications says."""

    protectedApps: ProtectedApps


class ApplicationSystemView(ApiView):
    """The domain of protected applications, which need a proxy network in front of other people's servers."""

    @operation(
        "GetSystemApplicationConfig",
        "Get the domain of protected applications",
        answer=SystemApplication,
        errors=["application.protected_app_not_configured"],
    )
    def get(self, request: Request) -> NoReturn:
        raise AppError("application.protected_app_not_configured")
