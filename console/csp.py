"""The console's Content-Security-Policy, which differs from that of the pages for end users.

The admin theme is driven by Alpine.js, whose expressions are compiled in the browser (`unsafe-eval`), and it writes its
colors and positions as inline styles. Scripts still come from this origin alone and never inline, so injected markup
does not run. Pictures may come from anywhere: avatars and logos are addresses of the tenant's own.
"""

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp

POLICY = {
    "default-src": [NONE],
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "https:", "http:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "base-uri": [NONE],
}

console_policy = csp(POLICY)
