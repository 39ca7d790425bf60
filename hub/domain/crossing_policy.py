"""What the brand, or one store, says of orders that lie in another store's territory."""

from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Ships(StrEnum):
    """Who ships an order whose address lies in another store's territory."""

    OWNER = "owner"
    SELLER = "seller"
    NEAREST = "nearest"
    ASK = "ask"


def _percent(title: str, zh: str) -> Decimal:
    found: Decimal = Field(Decimal(0), title=title, json_schema_extra={"zh": zh}, ge=0, le=100)
    return found


class CrossingPolicy(BaseModel):
    """Usually the territory's owner ships. Nobody owes anything until shares are agreed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ships: Ships = Field(
        Ships.OWNER,
        title="owner (of the territory), seller, nearest (with stock) or ask: who ships",
        json_schema_extra={"zh": "跨区订单由谁发货"},
    )
    territory_percent: Decimal = _percent(
        "share of the goods' net value that the seller owes the territory's owner", "辖区归属分成"
    )
    shipper_percent: Decimal = _percent(
        "share of the goods' net value that the seller owes the store from whose room they leave",
        "发货方分成",
    )
    freight_percent: Decimal = _percent(
        "share of the freight that the buyer paid which the seller owes that store", "运费分成"
    )
    parcel_fee: Decimal = Field(
        Decimal(0),
        title="fixed amount that the seller owes that store for each parcel",
        json_schema_extra={"zh": "每包裹固定费用"},
        ge=0,
    )
    fee_currency: str = Field(
        "",
        title="of parcel_fee: ISO 4217; orders in other currencies owe no fee",
        json_schema_extra={"zh": "固定费用币种"},
        pattern=r"^([A-Z]{3})?$",
    )

    @model_validator(mode="after")
    def _adds_up(self) -> "CrossingPolicy":
        if self.territory_percent + self.shipper_percent > 100:
            raise ValueError("territory_percent and shipper_percent are more than 100 together")
        if self.parcel_fee and not self.fee_currency:
            raise ValueError("parcel_fee needs fee_currency, for example fee_currency=CNY")
        return self
