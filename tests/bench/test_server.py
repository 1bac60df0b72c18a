"""The verdict on the config request rests on ratios within each round."""

from __future__ import annotations

import pytest

from bench import server


def rounds(*cpu: float) -> list[tuple[float, float]]:
    return [(used, 1_000.0) for used in cpu]


@pytest.mark.parametrize(
    ("config", "code", "goal"), [(60, 0, ""), (90, 0, "not "), (110, 1, "not ")]
)
def test_config_may_cost_no_more_than_a_flask_hello(
    config: float, code: int, goal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The third round ran on a machine twice as slow, which says nothing about either."""
    found = {
        "bare WSGI hello": rounds(50, 50, 100),
        "bare Flask hello": rounds(100, 100, 200),
        "config": rounds(config, config, 2 * config),
        "config, unchanged (304)": rounds(50, 50, 100),
    }

    assert server.show(found) == code
    assert f"goal   0.7 of a Flask hello: {goal}reached" in capsys.readouterr().out
