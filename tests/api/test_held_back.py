"""Who is held back from the voucher signs up like everybody else."""

from __future__ import annotations

import uuid

import pytest
from flask.testing import FlaskClient

from plugin.model import Shop
from plugin.services import subscriptions
from plugin.services.arms import COURTESY
from plugin.services.context import Context
from plugin.store.guard import guard_decisions
from plugin.store.vouchers import vouchers
from tests.conftest import KeptMail
from tests.services.sign_up_stage import MAIL, Stage

pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


def test_a_form_of_the_comparison_group_is_taken_and_brings_no_code(
    context: Context, shop: Shop, client: FlaskClient, kept_mail: KeptMail
) -> None:
    stage = Stage(context, shop)
    form = {
        "id": str(uuid.uuid4()),
        "email": MAIL,
        "campaign": stage.campaign,
        "version": 1,
        "purposes": ["newsletter"],
        "page": "https://uferhaus.example/",
        "lang": "de",
        "elapsed": 8200,
        "website": "",
        # As the storefront's script sends it: the arms of all campaigns, its own among them.
        "ticket": stage.form_token(),
        "arm": COURTESY,
        "arms": {str(stage.campaign): COURTESY},
    }
    assert client.post(f"/v1/{shop.key}/subscriptions", json=form).status_code == 202
    stage.work()
    subscriptions.confirm(context, stage.link_in(kept_mail.sent[-1][0]))
    assert [row.reason for row in stage.rows(guard_decisions)] == ["holdout"]
    assert stage.rows(vouchers) == []
