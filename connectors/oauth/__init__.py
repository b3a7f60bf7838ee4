"""The client's side of OAuth 2.0 and OpenID Connect: how users are signed in with another provider."""

import warnings

from authlib.deprecate import AuthlibDeprecationWarning

# Authlib would rather have a successor of httpx, and says so at every start.
warnings.filterwarnings("ignore", message="The httpx module is deprecated", category=AuthlibDeprecationWarning)
