"""Rules of the brand's own fire in the route, in the order of their ranks.

A hold is one more reason of the audit: a person lets it pass like any other, by its code. A tag is an effect
of the step that brought the order to the rule's stage. Either stands among the reasons of the decision, with
the name and version of the rule.
"""

import msgspec

from hub.domain.automation_rules import AutomationRule, Trigger
from hub.domain.effects import PutTag
from hub.domain.order import Order, Reason, Stage
from hub.domain.outcome import Outcome
from hub.domain.snapshot import LiveRule, Snapshot

CODE = "automation_"
"""Before a rule's name: the code of its reasons."""

_AUDITED = frozenset({Stage.APPROVED, Stage.ON_HOLD})


def holds(order: Order, snapshot: Snapshot) -> list[Reason]:
    """Reasons of rules that hold this order now."""
    found = []
    for live in snapshot.automation:
        hold = live.rule.hold
        if hold is None or not _concerns(live.rule, order):
            continue
        until = order.sales.placed_at + hold.lasts if hold.lasts else None
        if until is None or until > snapshot.now:
            owner = f", for {hold.owner}" if hold.owner else ""
            text = f"{hold.why}{owner} ({_named(live)})"
            found.append(Reason(code=CODE + live.rule.name, text=text, until=until))
    return found


def automated(outcome: Outcome, snapshot: Snapshot) -> Outcome:
    """The outcome of a step, with what rules do at the stage that it led to."""
    if not snapshot.automation:
        return outcome
    triggers = {str(outcome.order.stage)}
    if outcome.step == "audit" and outcome.order.stage in _AUDITED:
        triggers.add(Trigger.ARRIVED)
    fired = [
        live
        for live in snapshot.automation
        if live.rule.tags and live.rule.when in triggers and _concerns(live.rule, outcome.order)
    ]
    reasons = tuple(
        Reason(code=CODE + live.rule.name, text=f"tagged {', '.join(live.rule.tags)} ({_named(live)})")
        for live in fired
    )
    effects = tuple(
        PutTag(order_id=outcome.order.order_id, tag=tag, rule=live.rule.name)
        for live in fired
        for tag in live.rule.tags
    )
    return msgspec.structs.replace(
        outcome, reasons=outcome.reasons + reasons, effects=outcome.effects + effects
    )


def _concerns(rule: AutomationRule, order: Order) -> bool:
    return rule.concerns(order.store_id, order.sales, order.skus)


def _named(live: LiveRule) -> str:
    return f"rule {live.rule.name}, version {live.version}"
