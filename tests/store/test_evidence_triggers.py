"""The evidence is only ever added to, whatever statement is sent."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from plugin.model import Shop
from plugin.services.context import Context
from plugin.store.evidence import evidence
from tests.conftest import KeptMail
from tests.services.sign_up_stage import Stage


# SQLite knows no such statement.
@pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)
def test_the_whole_table_cannot_be_emptied_at_once(
    context: Context, shop: Shop, kept_mail: KeptMail
) -> None:
    stage = Stage(context, shop)
    stage.confirmed(kept_mail)
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        context.db.write() as connection,
    ):
        connection.exec_driver_sql("TRUNCATE evidence")
    assert len(stage.rows(evidence)) == 3
