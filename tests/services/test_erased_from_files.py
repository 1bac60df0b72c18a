"""A file that waits for the merchant's yes does not bring back who was erased meanwhile."""

from __future__ import annotations

from plugin.model import Shop
from plugin.services import csv_import, privacy, subscriber_import
from plugin.services.context import Context
from plugin.store.imports import import_slices
from plugin.store.subscribers import subscribers
from tests.services.sign_up_stage import MAIL
from tests.services.sync_stage import SyncStage


def test_who_is_erased_is_taken_out_of_files_that_wait(context: Context, shop: Shop) -> None:
    stage = SyncStage(context, shop)
    kind = subscriber_import.kind_with("Messe Konstanz 2025, Formular am Stand")
    people = [MAIL.upper(), "berta@post.example"]
    table = "E-Mail;Bestätigt am\n" + "".join(f"{one};20.11.2025 18:10\n" for one in people)
    file = csv_import.hand_in(stage.context, shop, kind, table.encode())
    privacy.erase_person(stage.context, shop, MAIL)
    for row in stage.rows(import_slices):
        kept = context.keys.unseal(shop.id, "import", row.body_sealed)
        assert "marlene" not in kept.lower()
    csv_import.start_import(stage.context, shop, file.id)
    stage.work()
    assert [stage.person(people[1]).id] == [row.id for row in stage.rows(subscribers)]
