"""The kinds of files: their columns, and how their rows become what the API takes as well."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

from plugin.services.any_shop_models import CodesIn, OrderIn, ShipmentIn, Told
from plugin.services.any_shop_products import ProductIn
from plugin.services.csv_reading import (
    Column,
    as_amount,
    as_day,
    as_flag,
    as_id,
    as_ids,
    as_last_moment,
    as_list,
    as_moment,
    as_pairs,
    as_quantity,
    as_text,
    as_upper,
    as_whole,
)

KindName = Literal["orders", "shipments", "products", "voucher_codes", "subscribers"]
Cells = Mapping[str, Any]


class ParcelsIn(Told):
    """The parcels of one order that a file names."""

    order_id: str
    shipments: tuple[ShipmentIn, ...]


@dataclass(frozen=True)
class Kind:
    """One kind of file.

    Rows with the same `key` are one thing; `build` makes its values of them, `parts` names the
    list in it that has an item for each row.
    """

    name: KindName
    columns: tuple[Column, ...]
    model: type[Told]
    key: str
    parts: str
    build: Callable[[Sequence[Cells], str, datetime], dict[str, Any]]
    example: tuple[tuple[str, ...], ...]


def _picked(cells: Cells, *fields: str) -> dict[str, Any]:
    return {field: cells[field] for field in fields if field in cells}


def _order(rows: Sequence[Cells], currency: str, _now: datetime) -> dict[str, Any]:
    first = rows[0]
    cancelled = first.get("cancelled_at")
    values = _picked(
        first, "number", "email", "postcode", "country", "total", "discount", "paid", "placed_at",
        "cancelled_at",
    )  # fmt: skip
    values["id"] = first["id"]
    values["currency"] = first.get("currency", currency)
    # Without a time of change the order has changed when it was placed, or cancelled.
    values["updated_at"] = first.get("updated_at") or cancelled or first.get("placed_at")
    values["codes"] = tuple(
        code for code in (part.strip() for part in first.get("codes", "").split(",")) if code
    )
    values["lines"] = tuple(
        {"id": str(place), **_picked(row, "product_id", "variant_id", "title", "quantity", "price")}
        for place, row in enumerate(rows, start=1)
    )
    return values


def _parcels(rows: Sequence[Cells], _currency: str, now: datetime) -> dict[str, Any]:
    def parcel(row: Cells) -> dict[str, Any]:
        delivered = row.get("delivered_at")
        changed = [moment for moment in (row.get("shipped_at"), delivered) if moment is not None]
        status = row.get("status") or ("delivered" if delivered else "in_transit")
        return {
            "id": as_id(row.get("tracking_number", ""), _NO_ZONE)[:39],
            **_picked(row, "carrier", "tracking_number", "expected_on", "delivered_at"),
            "status": status,
            "created_at": row.get("shipped_at"),
            "updated_at": max(changed, default=now),
        }

    return {"order_id": rows[0]["id"], "shipments": tuple(parcel(row) for row in rows)}


def _product(rows: Sequence[Cells], _currency: str, now: datetime) -> dict[str, Any]:
    values = _picked(
        rows[0], "id", "title", "url", "image_url", "kind", "published", "tags", "categories",
        "accessories", "alternatives", "rating",
    )  # fmt: skip
    values["updated_at"] = now
    values["variants"] = tuple(
        {
            "id": row.get("variant_id") or row["id"],
            **({"title": row["variant_title"]} if "variant_title" in row else {}),
            **_picked(row, "price", "compare_at", "unit_cost", "available", "options"),
            **_measure(row),
        }
        for row in rows
    )
    return values


def _measure(row: Cells) -> dict[str, Any]:
    if "measure" not in row:
        return {}
    amount, unit = row["measure"]
    per, per_unit = row.get("measure_per") or (1, unit)
    told = {"amount": amount, "unit": unit, "per": Decimal(per), "per_unit": per_unit}
    return {"measure": told}


def _codes(rows: Sequence[Cells], _currency: str, _now: datetime) -> dict[str, Any]:
    first = rows[0]
    return {
        "codes": (first["code"],),
        "kind": _KINDS_OF_VALUE.get(first.get("kind", "").casefold(), first.get("kind", "")),
        **_picked(first, "value", "minimum", "ends_at"),
    }


_NO_ZONE: Any = UTC
_KINDS_OF_VALUE = {
    "": "amount", "betrag": "amount", "amount": "amount", "€": "amount", "eur": "amount",
    "prozent": "percent", "percent": "percent", "%": "percent",
}  # fmt: skip

KINDS: dict[str, Kind] = {
    "orders": Kind(
        "orders",
        (
            Column("number", "Bestellnummer", "order number", as_text, needed=True),
            Column("placed_at", "Bestelldatum", "order date", as_moment, needed=True),
            Column("email", "E-Mail", "email", as_text),
            Column("postcode", "PLZ", "postcode", as_text),
            Column("country", "Land", "country", as_upper),
            Column("currency", "Währung", "currency", as_upper),
            Column("total", "Summe", "total", as_amount, needed=True),
            Column("discount", "Rabatt", "discount", as_amount),
            Column("codes", "Gutscheincode", "voucher code", as_text),
            Column("paid", "Bezahlt", "paid", as_flag),
            Column("cancelled_at", "Storniert am", "cancelled on", as_moment),
            Column("updated_at", "Geändert am", "changed on", as_moment),
            Column("product_id", "Artikelnummer", "product number", as_id),
            Column("variant_id", "Variantennummer", "variant number", as_id),
            Column("title", "Artikel", "product", as_text, needed=True),
            Column("quantity", "Menge", "quantity", as_whole, needed=True),
            Column("price", "Einzelpreis", "unit price", as_amount, needed=True),
        ),
        OrderIn,
        "number",
        "lines",
        _order,
        (
            ("1007", "21.11.2026 10:12", "mara@example.com", "78462", "DE", "EUR", "57,00",
             "5,00", "WILLKOMMEN-7F3K", "ja", "", "21.11.2026 10:15", "31", "31-1",
             "Teeschale Ruß", "2", "19,00"),
            ("1007", "21.11.2026 10:12", "mara@example.com", "78462", "DE", "EUR", "57,00",
             "5,00", "WILLKOMMEN-7F3K", "ja", "", "21.11.2026 10:15", "32", "32-1",
             "Leinentuch Nela", "1", "24,00"),
        ),
    ),
    "shipments": Kind(
        "shipments",
        (
            Column("number", "Bestellnummer", "order number", as_text, needed=True),
            Column("carrier", "Versanddienst", "carrier", as_text),
            Column("tracking_number", "Sendungsnummer", "tracking number", as_text, needed=True),
            Column("shipped_at", "Versandt am", "shipped on", as_moment, needed=True),
            Column("expected_on", "Lieferung am", "expected on", as_day),
            Column("delivered_at", "Zugestellt am", "delivered on", as_moment),
            Column("status", "Stand", "status", as_text),
        ),
        ParcelsIn,
        "number",
        "shipments",
        _parcels,
        (("1007", "DHL", "00340434161094000001", "22.11.2026 15:00", "24.11.2026", "", ""),),
    ),
    "products": Kind(
        "products",
        (
            Column("id", "Artikelnummer", "product number", as_id, needed=True),
            Column("title", "Artikel", "product", as_text, needed=True),
            Column("url", "Adresse", "address", as_text, needed=True),
            Column("image_url", "Bild", "picture", as_text),
            Column("kind", "Kategorie", "category", as_text),
            Column("published", "Sichtbar", "published", as_flag),
            Column("variant_id", "Variantennummer", "variant number", as_id),
            Column("variant_title", "Variante", "variant", as_text),
            Column("price", "Preis", "price", as_amount, needed=True),
            Column("compare_at", "Streichpreis", "compare at price", as_amount),
            Column("unit_cost", "Einkaufspreis", "unit cost", as_amount),
            Column("available", "Lieferbar", "available", as_flag),
            Column("tags", "Schlagwörter", "tags", as_list),
            Column("categories", "Weitere Kategorien", "further categories", as_list),
            Column("options", "Merkmale", "options", as_pairs),
            Column("measure", "Inhalt", "content", as_quantity),
            Column("measure_per", "Grundpreis für", "unit price for", as_quantity),
            Column("rating", "Bewertung", "rating", as_amount),
            Column("accessories", "Zubehör", "accessories", as_ids),
            Column("alternatives", "Alternativen", "alternatives", as_ids),
        ),
        ProductIn,
        "id",
        "variants",
        _product,
        (("31", "Teeschale Ruß", "/teeschale-russ", "/bilder/31.jpg", "Schalen", "ja", "31-1",
          "", "19,00", "", "7,50", "ja", "Steinzeug, Handarbeit", "Geschirr", "", "", "", "4,80",
          "52, 53", ""),
         ("52", "Holzöl Werft", "/holzoel-werft", "/bilder/52.jpg", "Pflege", "ja", "52-1",
          "100 ml", "12,00", "", "4,20", "ja", "Pflege, Holz", "", "Größe: 100 ml", "100 ml",
          "1 l", "", "", "")),
    ),
    "voucher_codes": Kind(
        "voucher_codes",
        (
            Column("code", "Code", "code", as_text, needed=True),
            Column("value", "Wert", "value", as_amount, needed=True),
            Column("kind", "Art", "kind", as_text),
            Column("minimum", "Mindestwarenwert", "minimum order value", as_amount),
            Column("ends_at", "Gültig bis", "valid until", as_last_moment),
        ),
        CodesIn,
        "code",
        "",
        _codes,
        (("WILLKOMMEN-7F3K", "5,00", "Betrag", "40,00", "31.12.2027"),
         ("WILLKOMMEN-9QX2", "5,00", "Betrag", "40,00", "31.12.2027")),
    ),
}  # fmt: skip


def template(kind: Kind, language: str) -> str:
    """Return an example file in the customs of a language."""
    german = language == "de"
    separator = ";" if german else ","
    titles = [column.de if german else column.en for column in kind.columns]
    lines = [
        titles,
        *([cell if german else _in_english(cell) for cell in row] for row in kind.example),
    ]
    return "\ufeff" + "".join(separator.join(_quoted(row, separator)) + "\r\n" for row in lines)


def _in_english(cell: str) -> str:
    if re.fullmatch(r"[0-9]+,[0-9]{2}", cell):
        return cell.replace(",", ".")
    day = re.sub(r"^([0-9]{2})\.([0-9]{2})\.([0-9]{4})", r"\3-\2-\1", cell)
    return {"ja": "yes", "Betrag": "amount"}.get(day, day)


def _quoted(row: Sequence[str], separator: str) -> Iterator[str]:
    for cell in row:
        yield f'"{cell}"' if separator in cell else cell
