"""EasyPost: rates, labels, refunds and trackers of many carriers behind one key."""

from datetime import timedelta

from connectors.carriers.easypost.connector import EasyPostConnector
from connectors.carriers.easypost.settings import EasyPostSettings
from connectors.kit import CarrierPlugin, RateLimit
from mappings.carriers import easypost as mapping

PLUGIN = CarrierPlugin(
    platform="easypost",
    title="EasyPost",
    settings=EasyPostSettings,
    connector=EasyPostConnector,
    mapping=mapping,
    limits=(RateLimit(calls=5, per=timedelta(seconds=1)),),
    twin="connectors.carriers.easypost.twin:Twin",
    read_back_after=timedelta(seconds=60),
    api_version="v2",
    unverified=(
        "5 calls per second (told of rating and trackers only)",
        "how long EasyPost needs until a purchase can be listed (60 s assumed)",
        "status_detail values beside return, lost, damaged, refused and address_correction",
        "the status of a parcel that is back at its sender (return_to_sender is read as on its way back)",
        "times of some carriers are local and stamped Z all the same",
        "what a second refund of a shipment is answered; that `not_applicable` leaves a label in use",
        "number and times of repeated pushes, and how long EasyPost waits for the answer (7 s)",
    ),
)

__all__ = ["PLUGIN"]
