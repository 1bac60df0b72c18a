"""One suite for every tracking API, on the shapes of its documentation."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from plugin.carrier_apis import build_carrier_apis
from plugin.contracts.tracking import Asked, PushesTracking, Tracked, TrackingAccess
from plugin.errors import (
    AccessRevokedError,
    BadInputError,
    NotAllowedError,
    PlatformError,
    PlatformRefusedError,
)
from plugin.model import Expected
from tests.fakes.tracking_apis import (
    DHL_NUMBER,
    GLS_NUMBER,
    SECRETS,
    UPS_NUMBER,
    FakeTrackingApis,
    aftership_tracking,
    checkpoint,
    dhl_event,
    dhl_shipment,
    signed,
    ups_activity,
)

#: API, what it calls the carrier, the number, a full answer.
PARCELS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "dhl": (
        "parcel-de",
        DHL_NUMBER,
        dhl_shipment(
            dhl_event("transit", "2026-11-23T08:14:00+01:00", text="Ins Zustellfahrzeug geladen"),
            dhl_event("transit", "2026-11-22T21:40:00"),
            estimatedDeliveryTimeFrame={
                "estimatedFrom": "2026-11-23T11:00:00+01:00",
                "estimatedThrough": "2026-11-23T13:30:00+01:00",
            },
        ),
    ),
    "ups": (
        "ups",
        UPS_NUMBER,
        {
            "trackingNumber": UPS_NUMBER,
            "deliveryDate": [{"type": "SDD", "date": "20261123"}],
            "deliveryTime": {"type": "EDW", "startTime": "110000", "endTime": "133000"},
            "activity": [
                ups_activity("I", "OT", "20261123T071400"),
                ups_activity("I", "AR", "20261122T204000"),
            ],
        },
    ),
    "aftership": (
        "gls",
        GLS_NUMBER,
        aftership_tracking(
            checkpoint("InTransit", "InTransit_003", "2026-11-22T21:40:00"),
            checkpoint("OutForDelivery", "OutForDelivery_001", "2026-11-23T08:14:00+01:00", None),
            courier_estimated_delivery_date={"estimated_delivery_date": "2026-11-23"},
        ),
    ),
}
EARLIER, LATER = (
    datetime(2026, 11, 22, 20, 40, tzinfo=UTC),
    datetime(2026, 11, 23, 7, 14, tzinfo=UTC),
)


class Stage:
    """One API with the parcel that it may know."""

    def __init__(self, name: str) -> None:
        self.fake = FakeTrackingApis()
        self.api = build_carrier_apis(self.fake)[name]
        self.access = TrackingAccess(1, SECRETS[name])
        self.carrier, self.number, self.full = PARCELS[name]

    def track(self) -> Tracked | None:
        asked = Asked(self.number, self.carrier, "de", "Europe/Berlin")
        return self.api.track(self.access, asked)

    def knows(self, answer: dict[str, Any]) -> Tracked:
        self.fake.known[self.api.name][self.number] = answer
        found = self.track()
        assert found is not None
        return found


@pytest.fixture(params=sorted(PARCELS))
def stage(request: pytest.FixtureRequest) -> Stage:
    return Stage(request.param)


def test_every_api_that_is_offered_stands_in_this_suite() -> None:
    apis = build_carrier_apis(FakeTrackingApis())
    assert set(apis) == set(PARCELS)
    assert {name: api.fields for name, api in apis.items()} == {
        name: tuple(secrets) for name, secrets in SECRETS.items()
    }


def test_reports_are_read_with_time_place_and_sentence(stage: Stage) -> None:
    found = stage.knows(stage.full)
    scans = sorted(found.scans, key=lambda scan: scan.happened_at)
    assert [scan.happened_at for scan in scans] == [EARLIER, LATER]
    assert scans[0].place in ("Hagen", "Herne", "Neuenstein")
    assert all(scan.text for scan in scans)


def test_the_day_it_is_expected_comes_with_its_window_where_there_is_one(stage: Stage) -> None:
    window = None if stage.api.name == "aftership" else (time(11), time(13, 30))
    assert stage.knows(stage.full).expected == Expected(date(2026, 11, 23), window=window)


def test_a_carrier_is_asked_by_number_alone(stage: Stage) -> None:
    stage.knows(stage.full)
    sent = json.dumps([(one.path, one.query, one.content) for one in stage.fake.looks()])
    assert stage.number in sent
    assert "postal" not in sent.lower()
    assert "name" not in sent.lower()


def test_a_number_that_nobody_knows_yet_is_no_failure(stage: Stage) -> None:
    assert stage.track() is None
    assert stage.track() is None


def test_right_credentials_are_accepted_and_wrong_ones_said_to_be_wrong(stage: Stage) -> None:
    stage.api.check(stage.access)
    for odd in ("wrong", "", "two words", "schlüssel"):
        with pytest.raises(AccessRevokedError, match="tracking_revoked"):
            stage.api.check(TrackingAccess(1, {**stage.access.secrets, stage.api.fields[0]: odd}))


@pytest.mark.parametrize(
    ("status", "code"),
    [(429, "tracking_busy"), (500, "tracking_away"), (503, "tracking_away")],
)
def test_busy_and_broken_apis_are_asked_later(stage: Stage, status: int, code: str) -> None:
    stage.fake.next_says(status, b"<html>", retry_after="120")
    with pytest.raises(PlatformError, match=code) as caught:
        stage.track()
    assert caught.value.advice == "retry"
    assert caught.value.retry_after == (120 if status == 429 else None)
    assert len(stage.fake.asked) == 1


def test_a_lost_line_and_an_odd_answer_are_asked_later(stage: Stage) -> None:
    stage.fake.next_is_lost()
    with pytest.raises(PlatformError, match="tracking_away"):
        stage.track()
    stage.fake.next_says(200, b"[" * 90)
    with pytest.raises(PlatformError, match="tracking_odd"):
        stage.track()


def test_a_key_without_leave_is_refused(stage: Stage) -> None:
    stage.fake.next_says(403)
    with pytest.raises(PlatformRefusedError, match="tracking_forbidden"):
        stage.track()


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00", "9999-12-31T23:59:59+00:00", "heute", ""])
def test_reports_of_times_that_cannot_be_are_left_out_and_others_stay(
    stage: Stage, time: str
) -> None:
    odd: dict[str, dict[str, Any]] = {
        "dhl": dhl_shipment(dhl_event("transit", time), dhl_event("transit", EARLIER.isoformat())),
        "ups": {
            "trackingNumber": UPS_NUMBER,
            "activity": [
                {**ups_activity("I", "DP", "20261122T204000"), "gmtDate": "", "date": time[:10]},
                ups_activity("I", "DP", "20261122T204000"),
            ],
            "deliveryDate": "never",
        },
        "aftership": aftership_tracking(
            checkpoint("InTransit", "", time), checkpoint("InTransit", "", EARLIER.isoformat())
        ),
    }
    found = stage.knows(odd[stage.api.name])
    assert [scan.happened_at for scan in found.scans] == [EARLIER]
    assert found.expected is None


def test_answers_with_missing_parts_bring_nothing_down(stage: Stage) -> None:
    number_key = {"dhl": "id", "ups": "trackingNumber", "aftership": "tracking_number"}
    bare: dict[str, Any] = {number_key[stage.api.name]: stage.number, "slug": stage.carrier}
    for odd in ({}, {"events": 7, "activity": "x", "checkpoints": [1, None, {}]}):
        assert stage.knows({**bare, **odd}).scans == ()


def test_markup_stays_text_and_line_breaks_go() -> None:
    stage = Stage("dhl")
    evil = "<b>\nZu\x07gestellt</b>" + "x" * 500
    text = stage.knows(dhl_shipment(dhl_event("transit", "2026-11-22T20:40:00Z", text=evil)))
    said = text.scans[0].text or ""
    assert said.startswith("<b> Zu gestellt</b>")
    assert len(said) == 200


def test_dhl_speaks_of_another_parcel_of_a_like_number_and_is_not_believed() -> None:
    stage = Stage("dhl")
    stage.fake.known["dhl"][DHL_NUMBER] = {**stage.full, "id": "00340434161094042999"}
    assert stage.track() is None
    pieces = {"pieceIds": [DHL_NUMBER]}
    assert stage.knows({**stage.full, "id": "1234567890", "details": pieces}).scans


def test_what_dhl_brings_back_to_the_sender_is_not_delivered() -> None:
    event = dhl_event("delivered", "2026-11-22T20:40:00Z")
    found = Stage("dhl").knows(dhl_shipment(event, returnFlag=True))
    assert [scan.word for scan in found.scans] == ["returned"]


def test_ups_is_asked_for_a_token_once() -> None:
    stage = Stage("ups")
    stage.track()
    stage.track()
    assert stage.fake.tokens == 1
    stage.api.check(stage.access)
    assert stage.fake.tokens == 2


def test_a_rescheduled_day_of_ups_holds_and_a_delivered_parcel_is_not_expected() -> None:
    stage = Stage("ups")
    days = [{"type": "SDD", "date": "20261123"}, {"type": "RDD", "date": "20261124"}]
    assert stage.knows({**stage.full, "deliveryDate": days, "deliveryTime": {}}).expected == (
        Expected(date(2026, 11, 24))
    )
    days.append({"type": "DEL", "date": "20261124"})
    assert stage.knows({**stage.full, "deliveryDate": days}).expected is None


def test_aftership_follows_a_parcel_from_the_first_question_on() -> None:
    stage = Stage("aftership")
    stage.track()
    assert stage.fake.followed == [{"tracking_number": GLS_NUMBER, "slug": "gls"}]
    stage.fake.next_says(200, b'{"data":{"trackings":[]}}')
    stage.fake.next_says(400, b'{"meta":{"code":4006}}')
    with pytest.raises(PlatformRefusedError, match="tracking_refused"):
        stage.track()


def test_a_signed_message_of_aftership_tells_the_same_as_an_answer() -> None:
    stage = Stage("aftership")
    api = stage.api
    assert isinstance(api, PushesTracking)
    body = json.dumps({"event": "tracking_update", "event_id": "e1", "msg": stage.full}).encode()
    told = api.pushed(stage.access, signed(body), body, "Europe/Berlin")
    assert told == (stage.knows(stage.full),)


def test_messages_that_aftership_did_not_sign_are_turned_away() -> None:
    stage = Stage("aftership")
    api = stage.api
    assert isinstance(api, PushesTracking)
    body = json.dumps({"msg": stage.full}).encode()
    without = TrackingAccess(1, {"api_key": "as-key", "webhook_secret": ""})
    for access, headers in (
        (stage.access, {}),
        (stage.access, signed(body, "other")),
        (stage.access, {"aftership-hmac-sha256": "ü"}),
        (without, signed(body, "")),
    ):
        with pytest.raises(NotAllowedError):
            api.pushed(access, headers, body, "Europe/Berlin")
    for empty in (b"{}", b"[]", b"\xff"):
        with pytest.raises(BadInputError):
            api.pushed(stage.access, signed(empty), empty, "Europe/Berlin")
