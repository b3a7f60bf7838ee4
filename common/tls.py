"""TLS of connections that leave the house: whose certificates are trusted."""

import ssl

import httpx
from django.conf import settings


def client_context() -> ssl.SSLContext:
    """Return a new context that verifies chain and name: issued by a public authority or one of `CA_CERTIFICATES`."""
    context = httpx.create_ssl_context(trust_env=False)
    if settings.CA_CERTIFICATES:
        context.load_verify_locations(cafile=settings.CA_CERTIFICATES)
    return context
