"""The set-up guides of the kinds, with the addresses of one tenant in them."""

from connectors.factories import Factory, SocialFactory

_CALLBACK = "{{callbackUri}}"


def callback_uri(origin: str, connector_id: str, factory: Factory | None = None) -> str:
    """Return the address to which a provider sends the browser back after a sign-in on the hosted pages."""
    path = factory.callback_path if isinstance(factory, SocialFactory) else "/callback/"
    return f"{origin}{path}{connector_id}"


def guide(factory: Factory, *, callback_uri: str) -> str:
    """Return the guide of a kind in Markdown, with the callback address of a connector where it speaks of one."""
    return (factory.readme or factory.description).replace(_CALLBACK, callback_uri)
