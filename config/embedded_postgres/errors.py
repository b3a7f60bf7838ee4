"""What goes wrong with the embedded server, in words for the person at the terminal."""


class EmbeddedPostgresError(RuntimeError):
    """The embedded server cannot be used; the message says why and what to do."""
