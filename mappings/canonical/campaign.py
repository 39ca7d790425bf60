"""A price cut that several stores run for a time, as one store is told of it and as it shows it."""

from datetime import datetime
from decimal import Decimal

from mappings.canonical.values import Money, Value


class Campaign(Value):
    """Exactly one of `percent` (0 to 100) and `amount_off` (of each unit) is set.

    `campaign_id` is ours and stays; `external_id` is the store's, empty while we do not know it. Without
    `ends_at` it runs until it is ended; `most_uses` is how often buyers may use it, null: any number.
    """

    campaign_id: str
    name: str
    starts_at: datetime
    ends_at: datetime | None = None
    listing_ids: tuple[str, ...]
    percent: Decimal | None = None
    amount_off: Money | None = None
    most_uses: int | None = None
    external_id: str = ""


class ShownCampaign(Value):
    """The same as the store has it now. `is_stopped`: it gives nothing any more, whatever its dates say."""

    external_id: str
    name: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    listing_ids: tuple[str, ...] = ()
    percent: Decimal | None = None
    amount_off: Money | None = None
    most_uses: int | None = None
    is_stopped: bool = False
