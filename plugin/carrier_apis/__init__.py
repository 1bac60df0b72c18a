"""The tracking APIs that a merchant can give a key for, each behind the same contract."""

from __future__ import annotations

from plugin.carrier_apis.aftership import AfterShip
from plugin.carrier_apis.calls import Sends
from plugin.carrier_apis.dhl import Dhl
from plugin.carrier_apis.ups import Ups
from plugin.contracts.tracking import TrackingApi
from plugin.http_out import HttpOut


def build_carrier_apis(http: Sends | None = None) -> dict[str, TrackingApi]:
    """Return the adapters by name; of several that know a parcel the first one is asked."""
    sends = http or HttpOut()
    apis: list[TrackingApi] = [Dhl(sends), Ups(sends), AfterShip(sends)]
    return {api.name: api for api in apis}
