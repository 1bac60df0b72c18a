"""What stands beside an order on its page: help, withdrawal, notices, questions, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["plain", "quiet", "good", "warn"]
FieldKind = Literal["text", "email", "lines", "tick", "radio", "hidden"]


@dataclass(frozen=True)
class Choice:
    """One answer to choose: what is posted, and what it is called."""

    value: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Field:
    """One thing to fill in; `label` stands above it, `note` below.

    `lines` is a text of several lines, `radio` one of `choices`. A tick is posted as `value`
    (or "1") and is never ticked unless the shopper ticked it before: `ticked` says so.
    """

    name: str
    kind: FieldKind
    label: str = ""
    value: str = ""
    note: str = ""
    required: bool = False
    ticked: bool = False
    longest: int = 200
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Send:
    """A button that sends a form; `value` is posted as `answer` where a form has several."""

    label: str
    value: str = ""


@dataclass(frozen=True)
class Form:
    """What is posted to `action` (an address of ours) as an ordinary form.

    `sends` stand side by side and have the same height. `folded` is the label of a button that
    opens the fields; empty: they are open.
    """

    action: str
    fields: tuple[Field, ...] = ()
    sends: tuple[Send, ...] = ()
    folded: str = ""


@dataclass(frozen=True)
class Block:
    """One section of the page: `lead` in full ink, `lines` quiet below, then button and form.

    `button` is a label and an address. `advertises` keeps it off the page of a disturbed order,
    and of a shopper who is in the holdout; `first` puts it below the title of the order.
    """

    key: str
    title: str
    lines: tuple[str, ...] = ()
    button: tuple[str, str] | None = None
    form: Form | None = None
    tone: Tone = "plain"
    lead: str = ""
    sign: Literal["", "message", "check"] = ""
    first: bool = False
    advertises: bool = False
