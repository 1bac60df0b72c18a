"""A voucher that is smaller than usual is nowhere called more than it is."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from plugin.model import Shop
from plugin.services import guard_limits
from plugin.services.context import Context
from plugin.services.guard_rules import Limits
from plugin.store.vouchers import vouchers
from tests.conftest import KeptMail
from tests.services.sign_up_stage import Stage, plain

pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


@pytest.fixture
def stage(context: Context, shop: Shop) -> Stage:
    """A shop that gives five euros, and has three left."""
    limits = Limits(budget=Decimal(3), smaller_on=True, smallest=Decimal(50))
    guard_limits.save(context, shop, limits, seen=0)
    return Stage(context, shop)


def test_the_page_and_the_mail_name_the_voucher_that_was_made(
    stage: Stage, kept_mail: KeptMail, client: FlaskClient
) -> None:
    token = stage.confirmed(kept_mail)
    stage.work()
    assert [row.value for row in stage.rows(vouchers)] == [Decimal(3)]
    page = client.get(f"/c/{token}").text
    assert re.search(r"3\s€", page)
    assert not re.search(r"5\s€", page)
    letter = plain(kept_mail.sent[-1][0])
    assert "Wie versprochen" not in letter
    assert re.search(r"Sonst sind es 5\s€. Im Moment können wir Ihnen 3\s€ geben", letter)
