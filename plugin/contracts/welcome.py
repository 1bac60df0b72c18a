"""The welcome series as a merchant sets it: which of the three mails go out, and when."""

from __future__ import annotations

from pydantic import Field

from plugin.contracts.settings import Settings

LATEST = 90


class WelcomeMail(Settings):
    """One mail of the series; `days` count from the confirmation."""

    on: bool = False
    days: int = Field(2, ge=1, le=LATEST)


class Welcome(Settings):
    """The three mails in their order; all off until the merchant switches them on."""

    first: WelcomeMail = WelcomeMail(days=2)
    second: WelcomeMail = WelcomeMail(days=6)
    third: WelcomeMail = WelcomeMail(days=20)

    @property
    def mails(self) -> dict[str, WelcomeMail]:
        """Return the mails by the kind that they are sent as."""
        return {"welcome_1": self.first, "welcome_2": self.second, "welcome_3": self.third}

    @property
    def in_order(self) -> bool:
        """Tell whether each mail comes after the one before."""
        return self.first.days < self.second.days < self.third.days
