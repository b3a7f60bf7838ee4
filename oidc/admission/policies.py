"""May this user use this application, and may it act in their organization."""

from applications.clients import Client
from applications.hot import is_admitted
from common.oauth.errors import OAuthError, access_denied
from common.shapes import Flag, Members
from identity.selectors import get_user, has_mfa_factor
from oidc.claims.consented_organizations import consented_organization_ids
from organizations.selectors import MemberScopes, member_scopes
from tenants.services.settings import Setting, get_setting

# Whether users sign in to the organization that a request names.
ORGANIZATION_SIGN_IN_SETTING = Setting(
    key="organizationSignIn", shape=Members({"enabled": Flag(required=True)}), default={"enabled": False}
)


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
    return organization_id in consented_organization_ids(client, user_id=user_id, grant_id=grant_id)


def _not_a_member() -> OAuthError:
    """Says the same if there is no such organization."""
    return access_denied("user is not a member of the organization", status=403)


def get_membership(user_id: str, organization_id: str) -> MemberScopes:
    """Return what the user may do in the organization; raises `access_denied` (403) for one who is no member there."""
    return assert_member(member_scopes(user_id, organization_id))


def assert_member(membership: MemberScopes | None) -> MemberScopes:
    """Return a membership that was read; raises `access_denied` (403) if there is none."""
    if membership is None:
        raise _not_a_member()
    return membership


def assert_second_factor(membership: MemberScopes, *, user_id: str) -> None:
    """Refuse a member without the second factor that the organization requires: `access_denied` (403)."""
    if membership.is_mfa_required and not has_mfa_factor(get_user(user_id)):
        raise access_denied("organization requires MFA but user has no MFA configured", status=403)


def signs_in_to_organizations() -> bool:
    """Whether the tenant has users sign in to the organization that a request names. No statement when warm."""
    return bool(get_setting(ORGANIZATION_SIGN_IN_SETTING).get("enabled"))


def assert_organization_admits(client: Client, *, user_id: str, organization_id: str, grant_id: str) -> None:
    """Refuse who may not sign in to an organization: nonmembers, and members without the second factor it requires.

    A third party whom the user has not let in, perhaps for this grant, learns no more than of a nonmember. Raises
    `access_denied` (403). One statement; two for a third party, another where a second factor is required.
    """
    if not application_may_act_in(client, user_id=user_id, organization_id=organization_id, grant_id=grant_id):
        raise _not_a_member()
    assert_second_factor(get_membership(user_id, organization_id), user_id=user_id)
