"""What is done behind requests: Celery's queues, how many threads each has, and what beat wakes when."""

from kombu import Exchange, Queue

from config.settings.variables import env

REDIS_URL: str = env.str("REDIS_URL", "")

CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
CELERY_TASK_EAGER_PROPAGATES = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# No signal can end a thread, so each task bounds its calls.
CELERY_WORKER_POOL = "config.lanes:LanePool"
# Threads of a worker, by queue: of each as many tasks are under way, whatever the others do. People wait for messages.
# Deliveries wait for endpoints of tenants and their customers, half a minute each. The third is Celery's default queue.
WORKER_LANES = {
    "messages": env.int("WORKER_CONCURRENCY", 8, validate=lambda count: count >= 1),
    "deliveries": env.int("WORKER_DELIVERY_CONCURRENCY", 4, validate=lambda count: count >= 1),
    "celery": env.int("WORKER_BACKGROUND_CONCURRENCY", 4, validate=lambda count: count >= 1),
}
CELERY_WORKER_CONCURRENCY = sum(WORKER_LANES.values())
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in WORKER_LANES]
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_ROUTES = {
    "connectors.tasks.deliver_message": {"queue": "messages"},
    "connectors.tasks.discard_message": {"queue": "messages"},
    "connectors.tasks.confirm_event_source": {"queue": "deliveries"},
    "events.tasks.deliver_log_stream": {"queue": "deliveries"},
    "events.tasks.deliver_webhooks": {"queue": "deliveries"},
    "oidc.backchannel_logout.tasks.send_logout_token": {"queue": "deliveries"},
    "tenants.tasks.check_domain": {"queue": "deliveries"},
    # A slice takes long: what is short goes first. With Redis 0 comes first and 9 last.
    "identity.imports.tasks.run_import": {"priority": 9},
}
CELERY_BEAT_SCHEDULER = "config.beat:Scheduler"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "common: heartbeat": {"task": "common.tasks.record_heartbeat", "schedule": 30.0},
    "connectors: clean up": {"task": "connectors.tasks.clean_up_authorizations", "schedule": 3600.0},
    "connectors: clean up problems": {"task": "connectors.tasks.clean_up_problems", "schedule": 86_400.0},
    "connectors: clean up assertions": {"task": "connectors.tasks.clean_up_assertions", "schedule": 3600.0},
    "events: arrange": {"task": "events.tasks.arrange_audit_log", "schedule": 3600.0},
    "events: log streams": {"task": "events.tasks.wake_log_streams", "schedule": 5.0},
    "events: clean up": {"task": "events.tasks.clean_up_audit_logs", "schedule": 3600.0},
    "events: clean up figures": {"task": "events.tasks.clean_up_figures", "schedule": 86_400.0},
    "events: clean up deliveries": {"task": "events.tasks.clean_up_deliveries", "schedule": 900.0},
    "events: deliver webhooks": {"task": "events.tasks.wake_webhooks", "schedule": 10.0},
    "experience: clean up": {"task": "experience.tasks.clean_up_places", "schedule": 3600.0},
    "experience: clean up own pages": {"task": "experience.tasks.clean_up_own_pages", "schedule": 86_400.0},
    "identity: clean up attempts": {"task": "identity.tasks.clean_up_attempts", "schedule": 3600.0},
    "identity: clean up avatars": {"task": "identity.tasks.clean_up_avatars", "schedule": 86_400.0},
    "identity: clean up imports": {"task": "identity.tasks.clean_up_imports", "schedule": 86_400.0},
    # Without a queue it is what runs them.
    "identity: continue imports": {
        "task": "identity.imports.tasks.continue_imports",
        "schedule": 60.0 if REDIS_URL else 5.0,
    },
    "identity: rewrap tokens": {"task": "identity.tasks.rewrap_tokens", "schedule": 86_400.0},
    "management_api: clean up": {"task": "management_api.tasks.clean_up_answers", "schedule": 3600.0},
    "oidc: clean up": {"task": "oidc.tasks.clean_up", "schedule": 3600.0},
    "oidc: promote due keys": {"task": "oidc.tasks.promote_due_keys", "schedule": 60.0},
    "organizations: expire invitations": {
        "task": "organizations.tasks.expire_overdue_invitations",
        "schedule": 3600.0,
    },
    "saml: clean up": {"task": "saml.tasks.clean_up", "schedule": 3600.0},
    "tenants: check domains": {"task": "tenants.tasks.check_due_domains", "schedule": 60.0},
    "tenants: fold counts": {"task": "tenants.tasks.fold_counts", "schedule": 60.0},
}
