"""The flyer of an order, printed as the merchant prints it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.journey.stage import eventually


def printed_flyer(page: Page, app: str, order: dict[str, Any]) -> bytes:
    """Return the PDF that the merchant's page of flyers prints for one order."""
    page.goto(f"{app}/admin/parcels/inserts")
    row = page.locator('input[name="order"]')
    chosen = row.and_(page.get_by_label(order["name"], exact=True)).get_attribute("value")
    token = page.locator('input[name="csrf_token"]').first.input_value()

    def printed() -> bytes | None:
        # Refused while a code is not made yet.
        answer = page.request.post(
            f"{app}/admin/parcels/inserts/print",
            form={"csrf_token": token, "order": str(chosen)},
            headers={"Origin": app},
        )
        return answer.body() if answer.ok else None

    return eventually(printed, "the flyer is printed")
