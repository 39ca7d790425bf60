"""Parameters of a store's rules. Stored with a version; a what-if run is `advance` with another policy."""

from datetime import timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class TellAt(StrEnum):
    """When a store is told that a parcel left."""

    HANDED_OVER = "handed_over"
    BOOKED = "booked"


class StorePolicy(BaseModel):
    """Defaults suit a marketplace: it punishes tracking numbers without a pick-up."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tell_at: TellAt = Field(TellAt.HANDED_OVER, title="Tell the store when")
    ship_authorized: bool = Field(False, title="Ship orders whose payment is only authorised")
    carriers: tuple[str, ...] = Field((), title="Carrier connections, best first (empty: all, by name)")
    duplicate_window: timedelta = Field(
        timedelta(minutes=10), title="Same buyer, same goods within this time is a suspected duplicate"
    )
