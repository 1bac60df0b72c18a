"""What each role may do: decided here alone, by the name and method of a route."""

from __future__ import annotations

from flask import request

from plugin.admin.who import actor
from plugin.api.session import current_session
from plugin.errors import ForbiddenError
from plugin.services.team import Role

#: What concerns nobody but whoever presses it.
OWN = frozenset(
    {
        "admin.sign_out",
        "admin.stay",
        "admin.account_start",
        "admin.account_on",
        "admin.account_off",
        "admin.account_mail",
    }
)
#: Routes for owners alone, by the beginning of their names: who gets in, who gets data, the end.
FOR_OWNERS = ("admin.team", "admin.connections", "admin.carrier_key", "admin.leave")
#: The same for forms on pages that others may look at.
CHANGED_BY_OWNERS = frozenset({"admin.data_secret"})
#: Files full of personal data: a reader has no use for them.
NOT_FOR_READERS = frozenset(
    {
        "admin.data_subscribers",
        "admin.people_proof",
        "admin.withdrawals_csv",
    }
)


def allows(role: Role, method: str, endpoint: str) -> bool:
    """Tell whether somebody with this role may send such a request to a page of the admin."""
    if role == "owner" or endpoint in OWN:
        return True
    if endpoint.startswith(FOR_OWNERS):
        return False
    if method in ("GET", "HEAD", "OPTIONS"):
        return role == "staff" or endpoint not in NOT_FOR_READERS
    return role == "staff" and endpoint not in CHANGED_BY_OWNERS


def may(endpoint: str, method: str = "GET") -> bool:
    """Tell the same for whoever is signed in; a preview that a key opened may only look."""
    role = actor().role if current_session() is not None else "reader"
    return allows(role, method, endpoint)


def hold() -> None:
    """Refuse what the role of whoever is signed in does not allow.

    ForbiddenError("role_reader" or "role_staff").
    """
    role = actor().role
    if not allows(role, request.method, request.endpoint or ""):
        raise ForbiddenError(f"role_{role}")
