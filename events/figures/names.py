"""What is counted, by its name in the table."""

#: Access tokens for users and for machines, ID tokens, refresh tokens.
USER_TOKENS = "tokens.user"
MACHINE_TOKENS = "tokens.machine"
ID_TOKENS = "tokens.id"
REFRESH_TOKENS = "tokens.refresh"

#: Sign-ins and sign-ups that were completed; proofs (a password, a code …) that were refused on the way to a sign-in.
SIGN_INS = "signIns"
REGISTRATIONS = "registrations"
REFUSED_PROOFS = "refusedProofs"

#: With what users signed in: `proofs.Password` and so on, each once a sign-in.
PROOFS = "proofs."

#: Active users of a day by how many days before they were active last: `active.1` to `active.29`, and `active.30` for
#: longer ago or never. With it every window of up to thirty days is a sum of a few numbers (see `activity`).
ACTIVE = "active."
LONGEST_GAP = 30

#: How many days users' own rows are kept: the longest window, and some for processes that write late.
ACTIVITY_DAYS = 35
