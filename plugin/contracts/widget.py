"""What a widget is: one folder in `widgets/` whose package defines `WIDGET`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

#: Stage of the customer journey, by which the admin groups widgets.
JourneyStage = Literal["attract", "convert", "deliver", "return"]


@dataclass(frozen=True)
class Widget:
    """One widget.

    `settings` is the pydantic model of its merchant settings: admin form, publish checks and
    public config come from it. `public(settings)` returns exactly the fields a browser may see.
    `interrupts` says whether it opens by itself (kill switch, frequency). `collects_consent` says
    whether sign-ups may come from it, `has_fields` whether shoppers enter or choose anything in it
    (accessibility sheet). `suggests`: it proposes articles, each of which is counted,
    and it is loaded for those who are held out as well, to count them where they would have seen
    something. `routes` returns a Flask blueprint, if the widget has routes.
    """

    name: str
    stage: JourneyStage
    folder: Path
    settings: type[BaseModel]
    public: Callable[[Any], dict[str, Any]]
    interrupts: bool = False
    collects_consent: bool = False
    has_fields: bool = False
    suggests: bool = False
    counted: tuple[str, ...] = ("impression",)
    routes: Callable[[], Any] | None = None
