"""The set-up guides of the kinds, with the addresses of one tenant in them."""

from connectors.factories import Factory

_CALLBACK = "{{callbackUri}}"


def callback_uri(origin: str, connector_id: str) -> str:
    """Return the address to which a provider sends the browser back after a sign-in on the hosted pages."""
    return f"{origin}/callback/{connector_id}"


def guide(factory: Factory, *, callback_uri: str) -> str:
    """Return the guide of a kind in Markdown, with the callback address of a connector where it speaks of one."""
    return (factory.readme or factory.description).replace(_CALLBACK, callback_uri)
