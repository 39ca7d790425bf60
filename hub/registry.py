"""Plug-ins found through entry points; a broken one is listed with its error and the rest works."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from connectors.kit.plugin import KIT_VERSION, CarrierPlugin, Plugin, StorePlugin
from mappings.contracts import Mappings

STORES = "orderhub.stores"
CARRIERS = "orderhub.carriers"


@dataclass(frozen=True)
class Registry:
    """Platform name → plug-in; `broken` names those that could not be loaded, with the reason."""

    stores: Mapping[str, StorePlugin[Any, Any]] = field(default_factory=dict)
    carriers: Mapping[str, CarrierPlugin[Any, Any]] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)

    def plugin(self, kind: str, platform: str) -> Plugin[Any, Any] | None:
        return self.stores.get(platform) if kind == "store" else self.carriers.get(platform)

    def find(self, platform: str) -> tuple[str, Plugin[Any, Any]] | None:
        """(kind, plug-in) of a platform."""
        for kind in ("store", "carrier"):
            if plugin := self.plugin(kind, platform):
                return kind, plugin
        return None

    @property
    def mappings(self) -> Mappings:
        return Mappings(
            stores={name: plugin.mapping for name, plugin in self.stores.items()},
            carriers={name: plugin.mapping for name, plugin in self.carriers.items()},
        )


def load(
    stores: Iterable[EntryPoint] | None = None, carriers: Iterable[EntryPoint] | None = None
) -> Registry:
    """Load every plug-in that is installed."""
    broken: dict[str, str] = {}
    found_stores: dict[str, StorePlugin[Any, Any]] = {}
    found_carriers: dict[str, CarrierPlugin[Any, Any]] = {}
    for point in entry_points(group=STORES) if stores is None else stores:
        plugin = _loaded(point, StorePlugin, broken)
        if isinstance(plugin, StorePlugin):
            found_stores[point.name] = plugin
    for point in entry_points(group=CARRIERS) if carriers is None else carriers:
        plugin = _loaded(point, CarrierPlugin, broken)
        if isinstance(plugin, CarrierPlugin):
            found_carriers[point.name] = plugin
    return Registry(stores=found_stores, carriers=found_carriers, broken=broken)


def _loaded(
    point: EntryPoint, kind: type[Plugin[Any, Any]], broken: dict[str, str]
) -> Plugin[Any, Any] | None:
    try:
        plugin = point.load()
    except Exception as error:  # a foreign package may fail in any way while it is imported
        broken[point.name] = f"{type(error).__name__}: {error}"
        return None
    if not isinstance(plugin, kind):
        broken[point.name] = f"{point.value} is not a {kind.__name__}"
    elif plugin.kit != KIT_VERSION:
        broken[point.name] = f"was written for kit {plugin.kit}, this hub has kit {KIT_VERSION}"
    elif plugin.platform != point.name:
        broken[point.name] = f"calls itself {plugin.platform!r}; entry point and platform must be equal"
    else:
        return plugin
    return None
