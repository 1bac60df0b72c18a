"""The benchmark of mails under kills, small: the same promises as at full size."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import mails


@pytest.mark.timeout(240)
def test_workers_that_are_killed_lose_no_mail_and_double_no_advertising(tmp_path: Path) -> None:
    outcome = mails.run(mails=60, kills=6, folder=tmp_path, workers=1)
    assert outcome.mails == 60
    assert [budget.sentence() for budget in outcome.budgets(6) if not budget.kept] == []
