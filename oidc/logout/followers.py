"""Who else has to hear of a sign-out by the user's browser: rooms above register themselves."""

from collections.abc import Callable

from oidc.models import Session

# Takes the session that ends, and where the browser is to go; returns where it goes instead, to get there later.
Follower = Callable[[Session, str], str]

_followers: list[Follower] = []


def register_sign_out_follower(follower: Follower) -> None:
    """Ask `follower` at each sign-out, before the session ends. Called from `AppConfig.ready`."""
    if follower not in _followers:
        _followers.append(follower)


def destination_of_sign_out(session: Session, destination: str) -> str:
    """Return where the browser goes first, in the caller's transaction."""
    for follower in _followers:
        destination = follower(session, destination)
    return destination
