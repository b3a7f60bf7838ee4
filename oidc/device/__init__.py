"""The device authorization grant (RFC 8628): a device asks, its user answers in a browser, the device collects."""
