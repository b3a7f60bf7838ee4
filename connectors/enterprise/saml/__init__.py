"""Enterprise connectors that speak SAML 2.0: this installation is the service provider."""
