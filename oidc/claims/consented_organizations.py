"""The organizations that a user lets a third party's client into: for good, or with one grant."""

from applications.clients import Client
from oidc.claims.role_statements import read_consented_organizations, read_organizations_of_grant


def consented_organization_ids(client: Client, *, user_id: str, grant_id: str) -> list[str]:
    """Return the organizations of a user in which the client may act. 1 statement.

    An application is let in until the user says otherwise; a client with a metadata document into what was chosen when
    this grant was given.
    """
    if client.has_document:
        return read_organizations_of_grant(grant_id) if grant_id else []
    return read_consented_organizations(user_id, client.id)
