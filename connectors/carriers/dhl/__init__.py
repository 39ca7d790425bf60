"""DHL: tracking of all its divisions through one interface; DHL Express books with a plug-in of its own."""

from datetime import timedelta

from connectors.carriers.dhl.connector import DhlConnector
from connectors.carriers.dhl.settings import DhlSettings
from connectors.kit import CarrierPlugin, RateLimit
from mappings.carriers import dhl as mapping

PLUGIN = CarrierPlugin(
    platform="dhl",
    title="DHL (tracking)",
    settings=DhlSettings,
    connector=DhlConnector,
    mapping=mapping,
    limits=(RateLimit(calls=1, per=timedelta(seconds=5)),),
    twin="connectors.carriers.dhl.twin:Twin",
    api_version="v1",
    unverified=(
        "one call in five seconds and 250 a day for a new key (raised on request)",
        "words of divisions that mean more than their code (derived from genuine answers)",
        "that pushes tell `shipments` as answers do: divisions differ; the rest is acknowledged, no more",
        "activation, acknowledgement and repetition of pushes; DHL makes the subscription",
    ),
    exemptions={
        "webhook.changed_post_is_refused": "DHL signs no push: a token of our own proves who posts, not what",
    },
)

__all__ = ["PLUGIN"]
