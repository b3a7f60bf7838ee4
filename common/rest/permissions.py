"""Permissions of the REST APIs."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:  # REST framework's views load this module from its settings
    from rest_framework.views import APIView


class DenyAll(BasePermission):
    """Answers nobody: the default, so that a view that names no permission is closed."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return False


class Open(BasePermission):
    """Answers everybody: for endpoints that are public by contract."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return True
