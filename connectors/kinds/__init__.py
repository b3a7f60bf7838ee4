"""Every kind of connector; importing this registers them."""

from connectors.kinds import development_mailbox, http, oidc, smtp

__all__ = ["development_mailbox", "http", "oidc", "smtp"]
