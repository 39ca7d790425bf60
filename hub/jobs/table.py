"""All jobs by name: what a wake-up names, what the worker runs."""

from collections.abc import Awaitable, Callable, Mapping

from hub.context import HubContext
from hub.jobs.announce import work_webhooks
from hub.jobs.fetch import fetch
from hub.jobs.housekeeping import housekeeping
from hub.jobs.inbox import work_inbox
from hub.jobs.links import check_links
from hub.jobs.outbox import work_outbox
from hub.jobs.poll import poll
from hub.jobs.pull import pull
from hub.jobs.quotas import adjust_quotas, close_quotas, open_quotas
from hub.jobs.reconcile import reconcile
from hub.jobs.stock import reaudit, resume, tell_stock
from hub.jobs.sweep import sweep
from hub.jobs.track import track
from hub.jobs.webhooks import register_webhooks

Job = Callable[[HubContext, str], Awaitable[None]]

JOBS: Mapping[str, Job] = {
    "adjust_quotas": adjust_quotas,
    "close_quotas": close_quotas,
    "check_links": check_links,
    "fetch": fetch,
    "housekeeping": housekeeping,
    "open_quotas": open_quotas,
    "poll": poll,
    "pull": pull,
    "reaudit": reaudit,
    "reconcile": reconcile,
    "register_webhooks": register_webhooks,
    "resume": resume,
    "sweep": sweep,
    "tell_stock": tell_stock,
    "track": track,
    "work_inbox": work_inbox,
    "work_outbox": work_outbox,
    "work_webhooks": work_webhooks,
}
