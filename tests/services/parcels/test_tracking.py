"""Carriers are asked by keys of the shop, politely, and what they tell moves the parcel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from plugin.app import create_app
from plugin.errors import InvalidFieldError, NotFoundError, PlatformError
from plugin.model import Shop
from plugin.services import orders
from plugin.services.context import Context
from plugin.services.parcels import tracking, tracking_keys
from plugin.store import tracking as store
from tests.conftest import START, MovingClock
from tests.fakes.things import a_parcel, an_order
from tests.fakes.tracking_apis import (
    DHL_NUMBER,
    GLS_NUMBER,
    SECRETS,
    UPS_NUMBER,
    aftership_tracking,
    checkpoint,
    dhl_event,
    dhl_shipment,
    ups_activity,
)
from tests.services.parcels.tracking_stage import Stage

SQLITE = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


@pytest.fixture
def stage(context: Context, shop: Shop, moving_clock: MovingClock) -> Stage:
    return Stage(context, shop, moving_clock)


@pytest.fixture
def hooked(stage: Stage) -> Iterator[FlaskClient]:
    stage.connect("aftership")
    stage.sends({"carrier": "GLS", "tracking_number": "zx81 hda4"})
    stage.turns()
    with create_app(context=stage.context).test_client() as client:
        yield client


DHL = {"carrier": "DHL", "tracking_number": DHL_NUMBER}
UNDER_WAY = dhl_shipment(dhl_event("transit", "2026-11-21T08:00:00Z"))


# On both databases: who is due, claimed and counted is a matter of SQL.
def test_what_the_carrier_reports_moves_the_parcel(stage: Stage) -> None:
    stage.connect("dhl")
    stage.sends(DHL)
    assert stage.parcel().phase == "announced"
    stage.fake.known["dhl"][DHL_NUMBER] = dhl_shipment(
        dhl_event("transit", "2026-11-21T08:30:00Z", "Köln", "In das Zustellfahrzeug geladen"),
        dhl_event("transit", "2026-11-20T20:00:00Z"),
        estimatedTimeOfDelivery="2026-11-21T13:00:00+01:00",
    )
    stage.turns()
    parcel = stage.parcel()
    assert (parcel.phase, parcel.stage, parcel.last_place) == ("arriving", 4, "Köln")
    assert (parcel.expected_day, parcel.confidence) == (date(2026, 11, 21), "carrier")
    assert {row.text for row in stage.events()} == {None}  # a sentence may name the receiver
    [asked] = stage.fake.looks()
    assert asked.query == {"trackingNumber": DHL_NUMBER, "service": "parcel-de", "language": "de"}
    assert (stage.key("dhl").asked, stage.key("dhl").error) == (1, None)
    due = stage.due()
    assert due is not None
    assert timedelta(hours=1) < due - stage.context.now() < timedelta(hours=2)


@SQLITE
def test_without_a_key_nobody_is_asked(stage: Stage) -> None:
    stage.sends(DHL)
    assert stage.turn() is None
    assert stage.fake.asked == []


@SQLITE
def test_the_carriers_own_api_comes_before_the_one_of_all_and_a_number_may_name_it(
    stage: Stage,
) -> None:
    stage.connect("aftership", "ups")
    stage.sends(
        {"carrier": "UPS Standard", "tracking_number": UPS_NUMBER},
        {"carrier": "GLS", "tracking_number": GLS_NUMBER},
        {"carrier": "Other", "tracking_number": UPS_NUMBER},
        {"carrier": "Brieftaube", "tracking_number": UPS_NUMBER},
        {"carrier": "Amazon Logistics", "tracking_number": "TBA010000000000"},
        {"carrier": "GLS", "tracking_number": "../../x?y=<b>"},
    )
    stage.fake.known["ups"][UPS_NUMBER] = {
        "trackingNumber": UPS_NUMBER,
        "activity": [ups_activity("I", "OT", "20261121T080000")],
    }
    stage.turns()
    assert [stage.parcel(place).phase for place in (1, 3, 4)] == [
        "arriving",
        "arriving",
        "announced",
    ]
    hosts = [one.host for one in stage.fake.looks()]
    assert hosts.count("onlinetools.ups.com") == 2
    assert [one["tracking_number"] for one in stage.fake.followed] == [GLS_NUMBER]


@SQLITE
def test_calls_keep_their_distance_and_a_second_worker_waits_for_nobody(stage: Stage) -> None:
    stage.connect("dhl")
    stage.sends(*[DHL] * 3)
    assert stage.turn() == 5
    assert stage.turn() is None  # another worker, at once
    assert len(stage.fake.looks()) == 1
    stage.clock.move(seconds=5)
    assert stage.turn() == 5
    assert len(stage.fake.looks()) == 2


@SQLITE
def test_a_day_holds_so_many_calls_and_no_more_than_its_hours_allow(stage: Stage) -> None:
    stage.connect("dhl", per_day="10")
    stage.sends(*[DHL] * 12)
    stage.turns()
    assert len(stage.fake.looks()) == 4  # nine o'clock: nine of 24 hours, and a little
    stage.clock.move(hours=3)
    stage.turns()
    assert len(stage.fake.looks()) == 5
    stage.clock.move(hours=24)
    stage.turns()
    assert stage.key("dhl").asked == 5


@SQLITE
def test_a_busy_api_rests_as_long_as_it_asks_and_longer_each_time(stage: Stage) -> None:
    stage.connect("dhl")
    stage.sends(DHL, DHL)
    stage.fake.next_says(429, retry_after="1800")
    stage.turns()
    assert len(stage.fake.looks()) == 1
    assert stage.key("dhl").error == "tracking_busy"
    stage.clock.move(minutes=29)
    stage.turns()
    assert len(stage.fake.looks()) == 1
    for _ in range(3):
        stage.fake.next_is_lost()
        stage.clock.move(hours=1)
        stage.turns()
    assert len(stage.fake.looks()) == 4
    assert stage.key("dhl").failures == 4
    stage.clock.move(hours=1)
    stage.fake.known["dhl"][DHL_NUMBER] = UNDER_WAY
    stage.turns()
    assert (stage.key("dhl").failures, stage.key("dhl").error) == (0, None)
    assert [stage.parcel(place).phase for place in (1, 2)] == ["under_way", "under_way"]


@SQLITE
def test_a_key_that_is_refused_is_used_no_more(stage: Stage) -> None:
    stage.connect("dhl")
    stage.sends(DHL, DHL)
    stage.fake.next_says(401)
    stage.turns()
    assert (stage.key("dhl").state, len(stage.fake.looks())) == ("revoked", 1)
    stage.clock.move(hours=9)
    assert stage.turn() is None
    stage.connect("dhl")
    stage.turns()
    assert len(stage.fake.looks()) == 2


@SQLITE
def test_an_unknown_number_is_asked_for_less_and_less_and_a_refused_one_given_up(
    stage: Stage,
) -> None:
    stage.connect("dhl")
    stage.sends(DHL)
    waits = []
    zone = ZoneInfo(stage.shop.zone)
    for _ in range(5):
        stage.turns()
        due = stage.due()
        assert due is not None
        assert 6 <= due.astimezone(zone).hour < 22
        wait = due - stage.context.now()
        waits.append(round(wait.total_seconds() / 3600))
        stage.clock.move(seconds=wait.total_seconds())
    least = [4, 8, 16, 24, 24]
    night = 10
    assert all(0 <= waited - hours < night for waited, hours in zip(waits, least, strict=True))
    for _ in range(5):
        stage.clock.move(hours=25)
        stage.fake.next_says(400)
        stage.turns()
    assert stage.due() is None


@SQLITE
def test_a_worker_that_dies_while_asking_asks_no_more_often(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.connect("dhl")
    stage.sends(DHL)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(tracking, "_ask", killed)
        with pytest.raises(KeyboardInterrupt):
            stage.turn()
    assert stage.key("dhl").asked == 1
    stage.clock.move(minutes=10)
    assert stage.turn() is None
    stage.clock.move(minutes=21)
    stage.fake.known["dhl"][DHL_NUMBER] = UNDER_WAY
    stage.turns()
    assert stage.parcel().phase == "under_way"


@SQLITE
def test_the_same_answer_twice_changes_nothing_and_a_day_may_change_back(stage: Stage) -> None:
    stage.connect("dhl")
    stage.sends(DHL)
    for day in (23, 24, 24, 23):
        stage.fake.known["dhl"][DHL_NUMBER] = {
            **UNDER_WAY, "estimatedTimeOfDelivery": f"2026-11-{day}"
        }  # fmt: skip
        stage.turns()
        assert stage.parcel().expected_day == date(2026, 11, day)
        stage.clock.move(hours=3)
    told = [row for row in stage.events() if row.source == "carrier"]
    assert [row.kind for row in told] == ["in_transit", "unknown", "unknown", "unknown"]


@SQLITE
@pytest.mark.parametrize(("since", "until", "kept"), [("2090", "2090", 1), ("2026", "2028", 2)])
def test_a_day_that_cannot_be_is_not_written_down_at_every_look(
    stage: Stage, since: str, until: str, kept: int
) -> None:
    frame = {"estimatedFrom": f"{since}-11-23", "estimatedThrough": f"{until}-11-23"}
    stage.connect("dhl")
    stage.sends(DHL)
    stage.fake.known["dhl"][DHL_NUMBER] = {**UNDER_WAY, "estimatedDeliveryTimeFrame": frame}
    for _ in range(3):
        stage.turns()
        stage.clock.move(hours=3)
    assert len([row for row in stage.events() if row.source == "carrier"]) == kept


@SQLITE
def test_parcels_of_an_api_that_rests_hold_up_no_others_and_keep_their_turn(stage: Stage) -> None:
    stage.connect("dhl", "ups")
    stage.sends(*[DHL] * 3, {"carrier": "UPS", "tracking_number": UPS_NUMBER})
    stage.fake.next_says(503)
    stage.turns()
    assert [one.host for one in stage.fake.looks()] == ["api-eu.dhl.com", "onlinetools.ups.com"]
    stage.clock.move(minutes=6)
    stage.turns()
    assert len(stage.fake.looks()) == 5


@SQLITE
def test_with_the_last_key_goes_what_was_kept_for_it(stage: Stage) -> None:
    stage.connect("dhl")
    stage.sends(DHL)
    stage.turns()
    tracking_keys.disconnect(stage.context, stage.shop, "dhl")
    with stage.context.db.read() as connection:
        assert store.looked_for(connection, stage.shop.id, DHL_NUMBER) == []


@SQLITE
def test_what_has_arrived_is_looked_for_no_more(stage: Stage) -> None:
    stage.connect("dhl")
    stage.sends(DHL)
    stage.fake.known["dhl"][DHL_NUMBER] = dhl_shipment(dhl_event("delivered", "2026-11-21T08:00Z"))
    stage.turns()
    assert (stage.parcel().phase, stage.due()) == ("delivered", None)
    stage.clock.move(days=2)
    stage.turns()
    assert len(stage.fake.looks()) == 1


@SQLITE
def test_a_parcel_that_is_gone_leaves_nothing_behind(stage: Stage) -> None:
    stage.connect("dhl")
    stage.sends(DHL, {**DHL, "tracking_number": "00340433836442636597"})
    stage.turns()
    order = an_order(updated_at=START + timedelta(hours=1), shipments=(a_parcel(1, **DHL),))
    with stage.context.db.write() as connection:
        orders.ingest(connection, stage.context, stage.shop, order)
    stage.turns()
    with stage.context.db.read() as connection:
        assert store.looked_for(connection, stage.shop.id, "00340433836442636597") == []
        assert store.looked_for(connection, stage.shop.id, DHL_NUMBER) != []


@SQLITE
def test_a_signed_message_moves_the_parcel_once(stage: Stage, hooked: FlaskClient) -> None:
    told = aftership_tracking(checkpoint("InTransit", "InTransit_003", "2026-11-21T08:00:00Z"))
    for _ in range(2):
        assert stage.push(hooked, told).get_json() == {"parcels": 1}
    assert [row.kind for row in stage.events() if row.source == "carrier"] == ["at_depot"]
    assert (stage.parcel().phase, stage.parcel().last_place) == ("under_way", "Neuenstein")
    due = stage.due()
    assert due is not None
    assert due - stage.context.now() >= timedelta(days=1)
    other = {**told, "slug": "dpd-de"}
    assert stage.push(hooked, other).get_json() == {"parcels": 0}
    foreign = {**told, "tracking_number": "ANOTHER1"}
    assert stage.push(hooked, foreign).get_json() == {"parcels": 0}


@SQLITE
def test_messages_without_the_shops_signature_are_turned_away(
    stage: Stage, hooked: FlaskClient
) -> None:
    told = aftership_tracking(checkpoint("Delivered", "Delivered_001", "2026-11-21T08:00:00Z"))
    assert stage.push(hooked, told, hook="wrong").status_code == 401
    assert stage.push(hooked, told, key="no-such-shop").status_code == 404
    assert hooked.post(f"/carriers/dhl/{stage.shop.key}", data=b"{}").status_code == 404
    assert hooked.post(f"/carriers/nobody/{stage.shop.key}", data=b"{}").status_code == 404
    large = b"x" * (512 * 1024 + 1)
    assert hooked.post(f"/carriers/aftership/{stage.shop.key}", data=large).status_code == 413
    tracking_keys.disconnect(stage.context, stage.shop, "aftership")
    assert stage.push(hooked, told).status_code == 404
    assert stage.parcel().phase == "announced"


@SQLITE
def test_a_key_is_checked_before_it_is_kept_and_never_shown(stage: Stage) -> None:
    for typed, field in (
        ({"api_key": ""}, "api_key"),
        ({"api_key": "wrong"}, "api_key"),
        ({"api_key": "dhl-key", "per_day": "0"}, "per_day"),
        ({"api_key": "dhl-key", "per_day": "viele"}, "per_day"),
    ):
        with pytest.raises(InvalidFieldError) as caught:
            tracking_keys.connect(stage.context, stage.shop, "dhl", typed)
        assert caught.value.field == field
    stage.fake.next_is_lost()
    with pytest.raises(PlatformError):
        tracking_keys.connect(stage.context, stage.shop, "dhl", SECRETS["dhl"])
    with pytest.raises(NotFoundError):
        tracking_keys.connect(stage.context, stage.shop, "pigeon", {})
    assert tracking_keys.present(stage.context, stage.shop) == {}
    stage.connect("dhl", per_day="1.500")
    assert stage.key("dhl").per_day == 1500
    assert "dhl-key" not in repr(stage.key("dhl"))
    assert "dhl-key" not in stage.key("dhl").credentials_sealed
