"""Swift, an invented carrier: the smallest complete example of a carrier plug-in."""

from datetime import timedelta

from connectors.kit import CarrierPlugin, RateLimit

from orderhub_swift import mapping
from orderhub_swift.connector import SwiftConnector
from orderhub_swift.settings import SwiftSettings

PLUGIN = CarrierPlugin(
    platform="swift",
    title="Swift Parcels",
    settings=SwiftSettings,
    connector=SwiftConnector,
    mapping=mapping,
    limits=(RateLimit(calls=20, per=timedelta(seconds=1)),),
    twin="orderhub_swift.twin:SwiftTwin",
    read_back_after=timedelta(seconds=40),
    api_version="1",
)
