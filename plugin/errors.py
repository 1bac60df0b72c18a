"""The one tree of exceptions: each says what the caller may do and carries a stable code.

The sentence for the merchant stands in `plugin/texts/{de,en}.json` under `errors.<code>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Advice = Literal["retry", "fix", "give_up"]


class BleibError(Exception):
    """Base of all our errors.

    `code` is stable and public, `status` the HTTP status that answers it, `advice` what the
    caller may do, `field` the input at fault if there is one, `retry_after` seconds to wait.
    """

    status = 500
    advice: Advice = "give_up"

    def __init__(
        self, code: str, *, field: str | None = None, retry_after: int | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.retry_after = retry_after


class BadInputError(BleibError):
    """The request is malformed; sending it again unchanged cannot help."""

    status = 400
    advice: Advice = "fix"


class TooLargeError(BadInputError):
    """The body is over the limit of its route."""

    status = 413


class InvalidFieldError(BadInputError):
    """The request is well-formed, but a field does not hold what it should."""

    status = 422


class NotAllowedError(BleibError):
    """A signature, token or session is missing or wrong."""

    status = 401
    advice: Advice = "fix"


class ForbiddenError(BleibError):
    """The caller is known, but this is not theirs to do."""

    status = 403


class NotFoundError(BleibError):
    """There is no such thing in this shop; says the same for things of other shops."""

    status = 404


class ConflictError(BleibError):
    """The thing has changed since the caller last saw it."""

    status = 409
    advice: Advice = "fix"


class TooManyError(BleibError):
    """A rate limit is reached; `retry_after` says when to come back."""

    status = 429
    advice: Advice = "retry"


class ChallengeError(BleibError):
    """Too much comes from where the caller is: work has to be proven first (`task`)."""

    status = 428
    advice: Advice = "retry"

    def __init__(self, code: str, *, task: Mapping[str, object]) -> None:
        super().__init__(code)
        self.task = task


class UnavailableError(BleibError):
    """Something we need does not answer now (database busy, migration running)."""

    status = 503
    advice: Advice = "retry"


class GiveUpError(BleibError):
    """A step cannot succeed by trying again: it becomes a dead letter a merchant can see."""


class PlatformError(BleibError):
    """The shop platform refused or failed; `advice` says whether trying again may help."""

    status = 502
    advice: Advice = "retry"


class PlatformRefusedError(PlatformError):
    """The platform answered and said no: the same request will be refused again."""

    advice: Advice = "give_up"


class AccessRevokedError(PlatformError):
    """The platform no longer accepts our token: the merchant must connect again."""

    advice: Advice = "fix"


class UnsupportedByPlatformError(PlatformRefusedError):
    """The shop's platform has no such thing: whoever asks should have looked first."""

    status = 409
