"""The answers that Django's admin asks of a class, taken from the console's policies."""

from typing import Any

from django.http import HttpRequest

from console.access import current_access
from console.policies import Area, may_change, may_view


class RolePermissions:
    """Permissions by the developer's role in the tenant, instead of Django's own."""

    area = Area.GENERAL
    can_add = True
    can_change = True
    can_delete = True

    def area_of(self, obj: Any) -> Area:
        """The area an object belongs to, where objects of one class differ."""
        return self.area

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_view(current_access(request), self.area)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_view(current_access(request), self.area)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_add and may_change(current_access(request), self.area_of(obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_change and may_change(current_access(request), self.area_of(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_delete and may_change(current_access(request), self.area_of(obj))
