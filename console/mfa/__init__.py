"""The page of second factors and passkeys: its form, and what users will see of it."""
