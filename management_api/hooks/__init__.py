"""Webhooks, their deliveries, and how the rows of this API look in their payloads."""
