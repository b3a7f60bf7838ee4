"""An authorization request on its way through the checks, and what they found out about it."""

from dataclasses import dataclass, field

from applications.clients import Client
from oidc.authorization.answer import Answer
from oidc.authorization.demands import Assurance
from oidc.authorization.parameters import Parameters
from oidc.claims.requested_claims import RequestedClaims


@dataclass(slots=True)
class Authorization:
    """One request. The addressee's checks set `client` and `redirect_uri`; only then can the client be answered."""

    parameters: Parameters
    origin: str
    # Set once the user has signed in for this very request: `prompt=login` and `max_age` are then fulfilled.
    has_just_signed_in: bool = False
    # Set where the client has pushed the parameters ahead (RFC 9126).
    is_pushed: bool = False
    # Set where the parameters come from an object that the client has signed (RFC 9101).
    is_signed: bool = False
    # Set once the user has answered the consent page for this very request.
    answer: Answer | None = None

    client: Client = field(init=False)
    redirect_uri: str = field(init=False, default="")
    response_mode: str = "query"
    # Whether the answer is signed (JARM).
    answers_by_jwt: bool = False
    prompts: frozenset[str] = frozenset()
    max_age: int | None = None
    hinted_subject: str | None = None
    dpop_jkt: str = ""
    # The organization to sign in to, if the tenant has that.
    organization_id: str = ""
    requested_claims: RequestedClaims = RequestedClaims()
    assurance: Assurance = Assurance.NONE
    scopes: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()

    @property
    def is_silent(self) -> bool:
        """Whether nothing may be shown to the user (`prompt=none`)."""
        return "none" in self.prompts
