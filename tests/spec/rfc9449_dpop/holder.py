"""A client that holds a key and proves it with every request."""

from dataclasses import dataclass, field
from typing import Any

from tests.oidc.tokens.parties import ISSUER, Party
from tests.oidc.tokens.proofs import Key
from tests.responses import ClientResponse


@dataclass
class Holder(Party):
    key: Key = field(default_factory=Key)

    def prove(self, path: str, **changes: Any) -> dict[str, str]:
        """The header for a request to an endpoint of the provider."""
        return {"DPoP": self.key.proof("POST", f"{ISSUER}/{path}", **changes)}

    def proven(self, path: str = "token", *, key: Key | None = None, **parameters: Any) -> ClientResponse:
        """POST with a proof, of another key if one is given."""
        proof = (key or self.key).proof("POST", f"{ISSUER}/{path}")
        return self.post(path, headers={"DPoP": proof}, **parameters)

    def call(self, path: str, token: str, *, key: Key | None = None, scheme: str = "DPoP", **changes: Any) -> Any:
        """GET a protected resource with a bound token."""
        proof = (key or self.key).proof("GET", f"http://localhost:8000{path}", **{"token": token, **changes})
        return self.browser.get(path, headers={"Authorization": f"{scheme} {token}", "DPoP": proof})
