"""The welcome series as a merchant sets it: which of the three mails go out, and when."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from plugin.contracts.settings import Settings


@dataclass(frozen=True)
class WelcomeMail:
    """One mail of the series; `days` count from the confirmation."""

    on: bool
    days: int


class Welcome(Settings):
    """The three mails in their order; all off until the merchant switches them on."""

    first: bool = False
    first_days: int = Field(2, ge=1, le=90, json_schema_extra={"unit": "days"})
    second: bool = False
    second_days: int = Field(6, ge=1, le=90, json_schema_extra={"unit": "days"})
    third: bool = False
    third_days: int = Field(20, ge=1, le=90, json_schema_extra={"unit": "days"})

    @property
    def mails(self) -> dict[str, WelcomeMail]:
        """Return the mails by the kind that they are sent as."""
        return {
            "welcome_1": WelcomeMail(self.first, self.first_days),
            "welcome_2": WelcomeMail(self.second, self.second_days),
            "welcome_3": WelcomeMail(self.third, self.third_days),
        }

    @property
    def in_order(self) -> bool:
        """Tell whether each mail comes after the one before."""
        return self.first_days < self.second_days < self.third_days
