"""What a process remembers from one request to the next, and no test may see of another.

Tests are shared out among workers while they run, so which test comes after which is another matter every time.
"""

from django.core.cache import cache

from applications.client_keys import forget_fetched_keys
from common import request_context
from connectors.enterprise.saml.identity_provider import forget_fetched_metadata
from connectors.kinds.smtp import tokens as smtp_tokens
from connectors.oauth.discovery import forget_published
from events import write_behind
from events.figures import counting
from events.webhooks import volume
from oidc.keys import verified_tokens
from oidc.token import statements
from tenants import configuration, rate_limits

_REMEMBERED = (
    counting._active,
    counting._counts,
    counting._remembered,
    smtp_tokens._held,
    statements._without_relations,
    verified_tokens._held,
    volume._written,
    write_behind._waiting,
)


def forget_everything() -> None:
    """Leave nothing of the requests so far."""
    configuration.forget()
    cache.clear()
    rate_limits.forget()
    forget_fetched_keys()
    forget_fetched_metadata()
    forget_published()
    for remembered in _REMEMBERED:
        remembered.clear()
    # A test's own calls of services would belong to the journey of the last request of the test before.
    request_context._request.set(None)
