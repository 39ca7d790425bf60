"""Campaigns of the brand and their standing in each store."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from hub.clock import from_micros, micros
from hub.domain.campaigns import BrandCampaign, Standing
from hub.storage.bulk import keys, packed
from hub.storage.database import UnitOfWork
from mappings.canonical import Campaign
from mappings.structs import FrozenStruct

_brand = msgspec.json.Decoder(BrandCampaign).decode
read_told = msgspec.json.Decoder(Campaign).decode


class StoreStanding(FrozenStruct):
    """A campaign in one store; `told` null: the store was told nothing."""

    campaign_id: str
    connection_id: str
    external_id: str = ""
    told: Campaign | None = None
    standing: Standing
    words: str = ""
    at: datetime

    def told_with_id(self) -> Campaign | None:
        """What it was told, with what we learnt of it since: the store's own id."""
        return msgspec.structs.replace(self.told, external_id=self.external_id) if self.told else None


def save(uow: UnitOfWork, campaign: BrandCampaign, actor: str, now: datetime) -> bool:
    """Add a campaign, or change the one of that id, which stores then have to be told anew; false if it was
    so already."""
    if campaign in every(uow, campaign.campaign_id):
        return False
    uow.change(
        "INSERT INTO campaigns (id, document, starts_at, actor, at)"
        " VALUES (:id, :document, :starts, :actor, :at)"
        " ON CONFLICT (id) DO UPDATE SET document = excluded.document, starts_at = excluded.starts_at,"
        " actor = excluded.actor, at = excluded.at",
        id=campaign.campaign_id,
        document=msgspec.json.encode(campaign).decode(),
        starts=micros(campaign.starts_at),
        actor=actor,
        at=micros(now),
    )
    uow.change(
        "UPDATE campaign_standings SET standing = 'changed', words = '', at = :at"
        " WHERE campaign_id = :id AND standing <> 'cannot'",
        id=campaign.campaign_id,
        at=micros(now),
    )
    return True


def every(uow: UnitOfWork, campaign_id: str = "") -> list[BrandCampaign]:
    """All, or the one of that id; the latest to begin first."""
    rows = uow.all(
        "SELECT document FROM campaigns WHERE :id = '' OR id = :id ORDER BY starts_at DESC, id",
        id=campaign_id,
    )
    return [_brand(row.document) for row in rows]


def standings(uow: UnitOfWork, campaign_id: str, *, locked: bool = False) -> dict[str, StoreStanding]:
    """Connection id → how the campaign stands there."""
    lock = " FOR UPDATE" if locked and uow.is_postgres else ""
    rows = uow.all(
        f"SELECT * FROM campaign_standings WHERE campaign_id = :id ORDER BY connection_id{lock}",
        id=campaign_id,
    )
    return {row.connection_id: _standing(row) for row in rows}


def stand(uow: UnitOfWork, changed: Sequence[StoreStanding]) -> None:
    """Write how campaigns stand now."""
    if not changed:
        return
    columns = {"c": "text", "n": "text", "e": "text", "t": "text", "s": "text", "w": "text", "at": "bigint"}
    uow.change(
        "INSERT INTO campaign_standings"
        " (campaign_id, connection_id, external_id, told, standing, words, at)"
        f" SELECT k.c, k.n, k.e, k.t, k.s, k.w, k.at FROM {keys(uow, **columns)} WHERE true"
        " ON CONFLICT (campaign_id, connection_id) DO UPDATE SET external_id = excluded.external_id,"
        " told = excluded.told, standing = excluded.standing, words = excluded.words, at = excluded.at",
        keys=packed(
            [
                {
                    "c": each.campaign_id,
                    "n": each.connection_id,
                    "e": each.external_id,
                    "t": write_told(each.told) if each.told else "",
                    "s": each.standing.value,
                    "w": each.words[:500],
                    "at": micros(each.at),
                }
                for each in changed
            ]
        ),
    )


def listings_of(uow: UnitOfWork, skus: Sequence[str]) -> dict[str, list[str]]:
    """Connection id → listings that sell one of these SKUs there."""
    found: dict[str, list[str]] = {}
    for row in uow.all(
        f"SELECT l.connection_id, l.listing_id FROM {keys(uow, sku='text')}"
        " JOIN listings l ON l.sku = k.sku ORDER BY l.connection_id, l.listing_id",
        keys=packed([{"sku": each} for each in sorted(set(skus))]),
    ):
        found.setdefault(row.connection_id, []).append(row.listing_id)
    return found


def write_told(campaign: Campaign) -> str:
    """The document of a campaign message."""
    return msgspec.json.encode(campaign).decode()


def _standing(row: Any) -> StoreStanding:
    return StoreStanding(
        campaign_id=row.campaign_id,
        connection_id=row.connection_id,
        external_id=row.external_id,
        told=read_told(row.told) if row.told else None,
        standing=Standing(row.standing),
        words=row.words,
        at=from_micros(row.at),
    )
