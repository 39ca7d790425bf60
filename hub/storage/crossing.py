"""Who ships across territories: what the brand says. Exceptions stand in the policies of stores."""

from datetime import datetime

from hub.clock import micros
from hub.domain.crossing_policy import CrossingPolicy
from hub.storage.database import UnitOfWork

BRAND_POLICY = "SELECT b.policy FROM brand_policies b WHERE b.name = 'crossing'"


def brand_policy(uow: UnitOfWork) -> CrossingPolicy:
    """As it was set last; the usual one if it never was."""
    row = uow.one(BRAND_POLICY)
    return read(row.policy if row else None)


def read(policy: str | None) -> CrossingPolicy:
    """Of the text in the table."""
    return CrossingPolicy.model_validate_json(policy) if policy else CrossingPolicy()


def set_brand_policy(uow: UnitOfWork, policy: CrossingPolicy, actor: str, now: datetime) -> bool:
    """For all stores without an exception, whose policy versions rise; false if it was so already."""
    if brand_policy(uow) == policy:
        return False
    uow.change(
        "INSERT INTO brand_policies (name, policy, version, actor, at)"
        " VALUES ('crossing', :policy, 1, :actor, :at)"
        " ON CONFLICT (name) DO UPDATE SET policy = excluded.policy, actor = excluded.actor,"
        " at = excluded.at, version = brand_policies.version + 1",
        policy=policy.model_dump_json(),
        actor=actor,
        at=micros(now),
    )
    followers = "policy NOT LIKE '%\"crossing\":{%'"
    uow.change(f"UPDATE stores SET policy_version = policy_version + 1 WHERE {followers}")
    return True
