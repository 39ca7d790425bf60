"""A campaign of the brand, kept in step in several stores: what each is told, and what it made of it."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from mappings.canonical import Campaign, Money, ShownCampaign
from mappings.structs import FrozenStruct


class Standing(StrEnum):
    """What became of a campaign in one store."""

    WAITING = "waiting"  # told or to be ended, no answer yet
    ACCEPTED = "accepted"  # it runs as it was told
    DIFFERS = "differs"  # the store shows something else, see the words
    REFUSED = "refused"  # the store said no, or nobody knows whether it heard
    CANNOT = "cannot"  # its platform cannot run campaigns, or it offers none of the goods
    CHANGED = "changed"  # the brand's campaign changed since the store was told
    ENDED = "ended"  # it gives nothing any more, as wanted


class BrandCampaign(FrozenStruct):
    """Exactly one of `percent` and `amount_off` (of each unit) is set. `store_ids` empty: all stores.
    `time_zone` is the one in which people gave the dates."""

    campaign_id: str
    name: str
    starts_at: datetime
    ends_at: datetime | None = None
    time_zone: str = "UTC"
    skus: tuple[str, ...]
    percent: Decimal | None = None
    amount_off: Money | None = None
    most_uses: int | None = None
    store_ids: tuple[str, ...] = ()

    def is_for(self, store_id: str) -> bool:
        return store_id in self.store_ids or not self.store_ids

    def told_as(self, listing_ids: Iterable[str], external_id: str = "") -> Campaign:
        """As a store is told that offers the goods under these listings."""
        return Campaign(
            campaign_id=self.campaign_id,
            name=self.name,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            listing_ids=tuple(sorted(set(listing_ids))),
            percent=self.percent,
            amount_off=self.amount_off,
            most_uses=self.most_uses,
            external_id=external_id,
        )


def judged(wanted: Campaign, shown: ShownCampaign | None, now: datetime) -> tuple[Standing, str]:
    """Does the store run what it was told? And in which points it does not."""
    if shown is None:
        return Standing.DIFFERS, "the store has no such campaign any more"
    found = differences(wanted, shown, now)
    return (Standing.DIFFERS, "; ".join(found)) if found else (Standing.ACCEPTED, "")


def ended(shown: ShownCampaign | None) -> tuple[Standing, str]:
    """Is it over, as wanted?"""
    if shown is None or shown.is_stopped:
        return Standing.ENDED, ""
    return Standing.DIFFERS, "the store still runs it"


def differences(wanted: Campaign, shown: ShownCampaign, now: datetime) -> tuple[str, ...]:
    """Sentences for people; none: the store shows what it was told."""
    found = []
    is_over = wanted.ends_at is not None and wanted.ends_at <= now
    if shown.is_stopped and not is_over:
        found.append("the store ended it early")
    elif shown.ends_at != wanted.ends_at:
        found.append(f"it ends {_moment(shown.ends_at)} instead of {_moment(wanted.ends_at)}")
    if shown.starts_at != wanted.starts_at:
        found.append(f"it begins {_moment(shown.starts_at)} instead of {_moment(wanted.starts_at)}")
    if (shown.percent, shown.amount_off) != (wanted.percent, wanted.amount_off):
        found.append(f"it takes off {_cut(shown)} instead of {_cut(wanted)}")
    missing = set(wanted.listing_ids) - set(shown.listing_ids)
    surplus = set(shown.listing_ids) - set(wanted.listing_ids)
    if missing:
        found.append(f"it leaves out {', '.join(sorted(missing))}")
    if surplus:
        found.append(f"it also holds for {', '.join(sorted(surplus))}")
    if shown.most_uses != wanted.most_uses:
        found.append(f"it may be used {_uses(shown.most_uses)} instead of {_uses(wanted.most_uses)}")
    return tuple(found)


def _moment(value: datetime | None) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC" if value else "never"


def _cut(value: Campaign | ShownCampaign) -> str:
    if value.percent is not None:
        return f"{value.percent.normalize():f} %"
    return f"{value.amount_off.amount} {value.amount_off.currency}" if value.amount_off else "nothing known"


def _uses(number: int | None) -> str:
    return "without limit" if number is None else f"{number} times"
