"""SAML 2.0: the messages, and what attackers make of them."""
