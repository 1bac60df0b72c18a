"""Tokens are seen by the platform alone: not in a log, not in an address, not at another host."""

from __future__ import annotations

import logging
from contextlib import suppress
from urllib.parse import quote

import pytest

from plugin.contracts.platform import ReadsCatalogue, ReadsShop
from plugin.errors import PlatformError
from plugin.logs import configure_logs
from plugin.model import Shop
from plugin.services import rounds
from tests.contract import person
from tests.contract.moves import capable, put_products, settle, token
from tests.contract.stage import Stage, Trouble

TROUBLES: tuple[Trouble, ...] = (
    "throttled",
    "failed",
    "html",
    "truncated",
    "half",
    "wrong_types",
    "elsewhere",
)


@pytest.fixture
def whole_log(
    stage: Stage, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> pytest.LogCaptureFixture:
    """Every line, also those of libraries, from now on."""
    configure_logs("debug")
    caplog.set_level(logging.DEBUG)
    capfd.readouterr()
    return caplog


def test_no_secret_is_written_to_the_log_put_into_an_address_or_sent_elsewhere(
    stage: Stage, whole_log: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    shop = stage.install()
    given = list(stage.secrets())
    order = stage.place_order(email="anne@example.com", products=put_products(stage, 3))
    stage.ship(order, carrier="DHL", number="00340434161094042557")
    settle(stage, shop)
    for message in stage.deliveries(order):
        stage.send(message)
        stage.send(stage.foreign(message))
    person.subscribe(stage, shop)
    stage.run_steps()
    _bad_days(stage, shop)
    given += stage.secrets()
    stage.revoke()
    rounds.enqueue_due(stage.context)
    stage.run_steps()
    stage.install()
    given += stage.secrets()
    stage.uninstall()
    captured = capfd.readouterr()
    log = captured.out + captured.err + whole_log.text
    secrets = {secret for secret in given if len(secret) > 8}
    assert secrets
    assert "step_done" in log
    for secret in secrets:
        assert quote(secret, safe="") not in log
        assert not [piece for piece in _pieces(secret) if piece in log]
    targets = "\n".join(call.target for call in stage.seen())
    assert not [secret for secret in secrets if secret in targets]
    for stranger in stage.strangers():
        text = stranger.target + repr(dict(stranger.headers)) + stranger.body.decode("latin-1")
        assert not [secret for secret in secrets if secret in text]


def _pieces(secret: str) -> list[str]:
    """Return the whole and what would give away much of it."""
    return [secret, secret[:16], secret[-16:], secret[6:20]] if len(secret) >= 24 else [secret]


def _bad_days(stage: Stage, shop: Shop) -> None:
    reader, catalogue = capable(stage, shop, ReadsShop), capable(stage, shop, ReadsCatalogue)
    held = token(stage, shop)
    for kind in TROUBLES:
        stage.trouble(kind, 5)
        with suppress(PlatformError):
            if reader:
                reader.shop_facts(held)
        with suppress(PlatformError):
            if catalogue:
                catalogue.products(held, None, None)
        stage.calm()


def test_a_token_does_not_show_when_it_is_printed(stage: Stage, shop: Shop) -> None:
    held = token(stage, shop)
    assert held.token not in repr(held)
    assert held.token not in repr(stage.context)
