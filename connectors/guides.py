"""The set-up guides of the kinds, with the addresses of one tenant in them."""

from connectors.factories import Factory, SocialFactory

_CALLBACK = "{{callbackUri}}"


def callback_uri(factory: Factory, *, origin: str, connector_id: str) -> str:
    """Return the address to which a provider sends the browser back after a sign-in on the hosted pages.

    It is what the developer registers there; empty for connectors that carry messages.
    """
    return f"{origin}{factory.callback_path}{connector_id}" if isinstance(factory, SocialFactory) else ""


def guide(factory: Factory, *, origin: str, connector_id: str) -> str:
    """Return the guide of a kind in Markdown, with the callback address of a connector where it speaks of one."""
    address = callback_uri(factory, origin=origin, connector_id=connector_id)
    return (factory.readme or factory.description).replace(_CALLBACK, address)
