"""Whether the current tenant tells usernames apart by case.

The rule is one of the sign-in settings, which live on a floor above: that room registers it here, so that every service
and look-up follows it without being told.
"""

from collections.abc import Callable


def _always() -> bool:
    return True


_rule: Callable[[], bool] = _always


def register_case_rule(rule: Callable[[], bool]) -> None:
    """Ask `rule` from now on. Called once, from `AppConfig.ready`."""
    global _rule
    _rule = rule


def is_case_sensitive() -> bool:
    """Return the current tenant's rule."""
    return _rule()
