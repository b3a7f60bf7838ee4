"""How often and how much: of callers without an account, of clients, of users, and of a tenant as a whole."""

from config.settings.variables import env

# How often unauthenticated callers may begin something, per kind of request; empty if another limiter stands in front.
ANONYMOUS_LIMIT_PER_ADDRESS = env.str("ANONYMOUS_LIMIT_PER_ADDRESS", "600/minute")
ANONYMOUS_LIMIT_PER_TENANT = env.str("ANONYMOUS_LIMIT_PER_TENANT", "30000/minute")
# How many error pages of one address, and of a tenant, the audit log has an entry of.
ERROR_PAGE_LIMIT_PER_ADDRESS = env.str("ERROR_PAGE_LIMIT_PER_ADDRESS", "10/minute")
ERROR_PAGE_LIMIT_PER_TENANT = env.str("ERROR_PAGE_LIMIT_PER_TENANT", "60/minute")
GUESS_LIMIT_PER_ADDRESS = env.str("GUESS_LIMIT_PER_ADDRESS", "300/hour")
ACTION_TEST_LIMIT_PER_TENANT = env.str("ACTION_TEST_LIMIT_PER_TENANT", "60/minute")
# How often one client may call the Management API of a tenant, and all of them; a tenant can have limits of its own.
MANAGEMENT_LIMIT_PER_CLIENT = env.str("MANAGEMENT_LIMIT_PER_CLIENT", "12000/minute")
MANAGEMENT_LIMIT_PER_TENANT = env.str("MANAGEMENT_LIMIT_PER_TENANT", "60000/minute")
# How often one address may call the Experience API of a tenant, and one user the Account API.
EXPERIENCE_LIMIT_PER_ADDRESS = env.str("EXPERIENCE_LIMIT_PER_ADDRESS", "6000/minute")
ACCOUNT_LIMIT_PER_USER = env.str("ACCOUNT_LIMIT_PER_USER", "600/minute")
# How many answers are kept for the idempotency keys of a tenant, for a day.
IDEMPOTENCY_LIMIT_PER_TENANT = env.str("IDEMPOTENCY_LIMIT_PER_TENANT", "200000/day")
# How many pictures callers without an account may upload, per network and per tenant.
UPLOAD_LIMIT_PER_ADDRESS = env.str("UPLOAD_LIMIT_PER_ADDRESS", "60/hour")
UPLOAD_LIMIT_PER_TENANT = env.str("UPLOAD_LIMIT_PER_TENANT", "1200/hour")
# How many of the events that unauthenticated callers can cause a tenant's webhooks are told of, and their tests.
WEBHOOK_EXCEPTION_LIMIT = env.str("WEBHOOK_EXCEPTION_LIMIT", "600/minute")
WEBHOOK_TEST_LIMIT_PER_TENANT = env.str("WEBHOOK_TEST_LIMIT_PER_TENANT", "60/minute")
MESSAGE_LIMIT_PER_ADDRESS = env.str("MESSAGE_LIMIT_PER_ADDRESS", "100/hour")
MESSAGE_LIMIT_PER_INTERACTION = env.str("MESSAGE_LIMIT_PER_INTERACTION", "20/hour")
MESSAGE_LIMIT_PER_COUNTRY = env.str("MESSAGE_LIMIT_PER_COUNTRY", "1000/hour")
MESSAGE_LIMIT_PER_TENANT = env.str("MESSAGE_LIMIT_PER_TENANT", "600/minute")
MESSAGE_CEILING_PER_TENANT = env.str("MESSAGE_CEILING_PER_TENANT", "20000/day")
PENDING_INVITATIONS_PER_ORGANIZATION = env.int("PENDING_INVITATIONS_PER_ORGANIZATION", 1_000)
