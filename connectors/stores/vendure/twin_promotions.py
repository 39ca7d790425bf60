"""Promotions of the imitated shop, by the rules of Vendure 3.7: an end after the start, known variants, one
condition at least where there is no coupon."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from connectors.stores.vendure.twin_query import BadInput, fields, instant, typed
from connectors.stores.vendure.twin_state import NoSuchEntity, Shop

Answer = dict[str, Any]
SAID = frozenset({"enabled", "startsAt", "endsAt", "usageLimit", "conditions", "actions", "translations"})
ARGUMENTS = {
    "contains_products": {"minimum", "productVariantIds"},
    "products_percentage_discount": {"discount", "productVariantIds"},
}
LANGUAGE = "en"


@dataclass
class ShopPromotion:
    """As it was written last; what a change leaves out stays."""

    id: str
    said: dict[str, Any]


class Promotions:
    """`record` enters effects into the twin's ledger."""

    def __init__(self, shop: Shop, record: Callable[..., None]) -> None:
        self.shop = shop
        self.record = record
        self.known: dict[str, ShopPromotion] = {}
        self.by_name: Mapping[str, Callable[[Mapping[str, Any]], Answer]] = {
            "Language": lambda variables: {"activeChannel": {"defaultLanguageCode": LANGUAGE}},
            "Promotions": self._list,
            "CreatePromotion": self._create,
            "UpdatePromotion": self._update,
        }

    def _list(self, variables: Mapping[str, Any]) -> Answer:
        options = fields(variables, "Promotions", {"options"}, {"options"})["options"]
        given = fields(options, "PromotionListOptions", {"filter", "skip", "take", "sort"}, {"filter"})
        wanted = fields(given["filter"], "PromotionFilterParameter", {"id", "description"})
        ids = fields(wanted.get("id", {"in": list(self.known)}), "IDOperators", {"in"}, {"in"})["in"]
        text = fields(wanted.get("description", {}), "StringOperators", {"eq"}).get("eq")
        found = [
            each
            for each in self.known.values()
            if each.id in ids and text in (None, _translation(each)["description"])
        ]
        return {"list": {"items": [_shown(each) for each in found[: typed(given["take"], int, "take")]]}}

    def _create(self, variables: Mapping[str, Any]) -> Answer:
        said = fields(_input(variables), "CreatePromotionInput", SAID, {"enabled", "conditions", "actions"})
        self._check(said)
        if not said["conditions"]:
            return {"result": {"errorCode": "MISSING_CONDITIONS_ERROR"}}
        made = ShopPromotion(id=str(len(self.known) + 1), said=said)
        self.known[made.id] = made
        self.record("campaign", made.id)
        return {"result": {"id": made.id}}

    def _update(self, variables: Mapping[str, Any]) -> Answer:
        said = fields(_input(variables), "UpdatePromotionInput", SAID | {"id"}, {"id"})
        known = self.known.get(typed(said["id"], str, "ID"))
        if known is None:
            raise NoSuchEntity("Promotion", said["id"])
        self._check(said)
        known.said = known.said | {name: value for name, value in said.items() if name != "id"}
        self.record("campaign" if known.said["enabled"] else "campaign_end", known.id)
        return {"result": {"id": known.id}}

    def _check(self, said: Mapping[str, Any]) -> None:
        moments = [instant(said[name]) for name in ("startsAt", "endsAt") if said.get(name)]
        if moments != sorted(moments):
            raise BadInput("endsAt must be after startsAt")
        for each in (*said.get("conditions", ()), *said.get("actions", ())):
            given = fields(each, "ConfigurableOperationInput", {"code", "arguments"}, {"code", "arguments"})
            names = {"name", "value"}
            pairs = [fields(it, "ConfigArgInput", names, names) for it in given["arguments"]]
            arguments = {it["name"]: typed(it["value"], str, "String") for it in pairs}
            if arguments.keys() != ARGUMENTS.get(given["code"]):
                raise BadInput(f"no operation {given['code']} with these arguments")
            for variant_id in msgspec.json.decode(arguments["productVariantIds"], type=list[str]):
                if variant_id not in self.shop.variants:
                    raise NoSuchEntity("ProductVariant", variant_id)
        for each in said.get("translations", ()):
            fields(
                each, "PromotionTranslationInput", {"languageCode", "name", "description"}, {"languageCode"}
            )


def _input(variables: Mapping[str, Any]) -> Any:
    return fields(variables, "Mutation", {"input"}, {"input"})["input"]


def _translation(promotion: ShopPromotion) -> Mapping[str, str]:
    (found,) = (each for each in promotion.said["translations"] if each["languageCode"] == LANGUAGE)
    return {"name": found["name"], "description": found["description"]}


def _shown(promotion: ShopPromotion) -> Answer:
    said = promotion.said
    return {
        "id": promotion.id,
        **_translation(promotion),
        "startsAt": said.get("startsAt"),
        "endsAt": said.get("endsAt"),
        "usageLimit": said.get("usageLimit"),
        "enabled": said["enabled"],
        "actions": [{"code": each["code"], "args": each["arguments"]} for each in said["actions"]],
    }
