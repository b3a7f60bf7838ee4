"""The addresses of the identity provider, one of each for every SAML application, on each of the tenant's hosts."""


def entity_id_of(origin: str, application_id: str) -> str:
    """Return the name of the identity provider. Nothing is there: a name is compared, not visited."""
    return f"{origin}/saml/{application_id}"


def metadata_address(origin: str, application_id: str) -> str:
    """Return where the metadata is."""
    return f"{origin}/api/saml-applications/{application_id}/metadata"


def sso_address(origin: str, application_id: str) -> str:
    """Return where AuthnRequests are taken, by either binding."""
    return f"{origin}/api/saml/{application_id}/authn"


def sign_in_address(origin: str, application_id: str) -> str:
    """Return where users start who have not been to the service provider."""
    return f"{origin}/api/saml/{application_id}/sign-in"


def logout_address(origin: str, application_id: str) -> str:
    """Return where logout requests and responses are taken, by either binding."""
    return f"{origin}/api/saml/{application_id}/logout"
