"""The webhooks pages' words and form."""
