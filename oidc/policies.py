"""May this user use this application."""

from oidc.clients import Client
from oidc.errors import access_denied


def assert_application_admits(client: Client, *, user_id: str) -> None:
    """Refuse a user whom the application's access control does not name: `access_denied`.

    Access control is closed until a rule opens it, so with none in place nobody enters.
    """
    if client.is_access_controlled:
        raise access_denied()
