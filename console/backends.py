"""Who is signed in to the console: developers of tenant `admin`."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from identity.models import User
from tenants.context import enter_tenant
from tenants.hosts import ADMIN_TENANT


class ConsoleBackend(BaseBackend):
    """Loads the signed-in developer; sign-in itself goes through the provider, so nothing is authenticated here."""

    def get_user(self, user_id: Any) -> User | None:
        with enter_tenant(ADMIN_TENANT):
            return User.objects.filter(id=user_id, is_suspended=False).first()
