"""May this user use this application, and may it act in their organization."""

from oidc.clients import Client
from oidc.consent.let_in import organizations_let_into
from oidc.errors import access_denied
from oidc.hot import is_admitted


def assert_application_admits(client: Client, *, user_id: str) -> None:
    """Refuse a user whom none of the application's access rules names: `access_denied`. At most one statement.

    Access control that is switched on is closed until a rule opens it, so with none in place nobody enters. The rules
    are read as they are now, so whoever loses a role or leaves an organization is out with the next token.
    """
    if client.is_access_controlled and not is_admitted(user_id, client.id):
        raise access_denied()


def application_may_act_in(client: Client, *, user_id: str, organization_id: str, grant_id: str) -> bool:
    """Whether the application gets tokens for an organization that the user belongs to.

    The tenant's own always do, a third party's where the user has let it in, perhaps with this grant alone. At most one
    statement.
    """
    if not client.is_third_party:
        return True
    return organization_id in organizations_let_into(client, user_id=user_id, grant_id=grant_id)
