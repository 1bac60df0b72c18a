"""What a sign-up may ask beside the address, and give beside a voucher: declared data."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from plugin.contracts.content import Name
from plugin.contracts.settings import Headline, Paragraph, Settings
from plugin.texts import LANGUAGES, area_texts

#: Nothing but https, or a path of the shop: it becomes a link in a mail.
_TARGET = r"^(https://[^\s<>\"'\\]+|/([^\s/<>\"'\\][^\s<>\"'\\]*)?)?$"
MONTHS = tuple(str(number) for number in range(1, 13))


def _said(key: str) -> dict[str, str]:
    """Return one of our own texts in every language; they fit both forms of address."""
    return {language: area_texts("sign_up").get(language, key) for language in LANGUAGES}


class Question(Settings):
    """One optional question, with the reason that stands below it; empty: the checked reason."""

    enabled: bool = False
    reason: Headline = Field(Headline(), json_schema_extra={"optional": True})


class Interests(Question):
    """Up to six topics, of which shoppers choose as many as they like."""

    topic_1: Name = Field(Name(), json_schema_extra={"optional": True})
    topic_2: Name = Field(Name(), json_schema_extra={"optional": True})
    topic_3: Name = Field(Name(), json_schema_extra={"optional": True})
    topic_4: Name = Field(Name(), json_schema_extra={"optional": True})
    topic_5: Name = Field(Name(), json_schema_extra={"optional": True})
    topic_6: Name = Field(Name(), json_schema_extra={"optional": True})

    @property
    def topics(self) -> dict[str, Name]:
        """Return the topics that have a name, by the value that stands for them in a form."""
        slots = (f"topic_{number}" for number in range(1, 7))
        named: dict[str, Name] = {slot: getattr(self, slot) for slot in slots}
        return {slot: name for slot, name in named.items() if not name.empty}


class Fields(Settings):
    """What is asked beside the address. All of it is optional: the law allows no more."""

    name: Question = Question()
    birth_month: Question = Question()
    interests: Interests = Interests()

    def public(self) -> list[dict[str, Any]] | None:
        """Return the questions that are asked, in words; None where there is none."""
        found = [self._in_words(name) for name in ("name", "birth_month") if self._asks(name)]
        if self.interests.enabled and self.interests.topics:
            found.append(self._in_words("interests"))
        return found or None

    def _asks(self, name: str) -> bool:
        return bool(getattr(self, name).enabled)

    def _in_words(self, name: str) -> dict[str, Any]:
        question: Question = getattr(self, name)
        words = {
            "id": name,
            "label": _said(f"{name}.label"),
            "why": question.reason.public() or _said(f"{name}.why"),
        }
        if name == "birth_month":
            months = [[month, _said(f"month.{month}")] for month in MONTHS]
            return {**words, "kind": "one", "options": [["", _said("none")], *months]}
        if name == "interests":
            topics = [[slot, text.public()] for slot, text in self.interests.topics.items()]
            return {**words, "kind": "several", "options": topics}
        return {**words, "kind": "text"}


class Gift(Settings):
    """Something else than money for everybody who confirms: a guide to read, or being first."""

    enabled: bool = False
    kind: Literal["guide", "early_access"] = "guide"
    title: Headline = Headline()
    text: Paragraph = Field(Paragraph(), json_schema_extra={"optional": True})
    url: str = Field("", max_length=500, pattern=_TARGET)

    def public(self) -> dict[str, Any] | None:
        """Return what stands on the form; the address only goes to who has confirmed."""
        if not self.enabled or self.title.empty:
            return None
        why = _said(f"gift.{self.kind}")
        return {"title": self.title.public(), "text": self.text.public(), "why": why}
