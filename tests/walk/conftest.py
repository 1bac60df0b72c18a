"""The house of all states, made once for a module, and a browser to look at it with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from plugin.app import create_app
from plugin.carrier_apis import build_carrier_apis
from plugin.dns_out import DnsLookup
from plugin.mail_services import build_mail_services
from plugin.model import Shop
from plugin.services.context import Context
from tests.conftest import make_config
from tests.dns_server import name_server
from tests.fakes.framed_platform import FramedPlatform
from tests.fakes.mail_services.brevo import FakeBrevo
from tests.fakes.tracking_apis import FakeTrackingApis
from tests.own_shop import with_script_tag
from tests.services.on_sqlite import db_url as db_url
from tests.services.sync_stage import FakePosts
from tests.walk import states_at_work, states_of_others
from tests.walk.eyes import Eyes
from tests.walk.house import House
from tests.walk.states import STATES
from tests.walk.states_of_figures import Told, look_at_verdicts
from tests.walk.wrong_values import send_wrong_values

#: Their states are in the list by being loaded.
LOADED = (states_at_work, states_of_others)


@pytest.fixture
def fake_platform() -> FramedPlatform:
    return FramedPlatform()


@pytest.fixture
def house(context: Context, make_shop: Callable[..., Shop]) -> Iterator[House]:
    """The app with what it asks outside answered on this machine, and no shop yet."""
    with name_server() as names:
        whole = replace(
            with_script_tag(context),
            carrier_apis=build_carrier_apis(FakeTrackingApis()),
            mail_services=build_mail_services(FakeBrevo()),
            posts=FakePosts(),
            dns=DnsLookup(make_config(dns_server=names.address)),
        )
        app = create_app(context=whole)
        # What a page does with a form is looked at; that it needs its token is tested elsewhere.
        app.config.update(TESTING=False, WTF_CSRF_ENABLED=False)
        yield House(app, whole, make_shop)


@pytest.fixture
def every_state(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The house with every state looked at, and every form sent with wrong values."""
    fill(house, monkeypatch)
    return house


@pytest.fixture
def every_state_in_german(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """The same in half the time."""
    house.languages = ("de",)
    fill(house, monkeypatch)
    return house


def fill(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the house have all states."""
    for name, make in STATES.items():
        make(house, name)
    look_at_verdicts(house, Told(monkeypatch))
    send_wrong_values(house, "wrong_values")


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """The address of the house."""
    server = make_server("127.0.0.1", 0, house.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def eyes(chromium: Browser, address: str) -> Iterator[Eyes]:
    """A browser that shows pages as they were answered."""
    found = Eyes(chromium, address)
    yield found
    found.window.close()
