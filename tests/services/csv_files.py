"""A file of orders as a German spreadsheet writes it."""

from __future__ import annotations

ORDERS = (
    "Bestellnummer;Bestelldatum;E-Mail;PLZ;Summe;Artikel;Artikelnummer;Menge;Einzelpreis;Bezahlt\n"
    "#1007;21.11.2026 09:30;Mara@Post.example;78462;1.234,50;Teeschale Ruß;31;2;600,00;ja\n"
    "#1007;21.11.2026 09:30;Mara@Post.example;78462;1.234,50;Löffel;32;1;34,50;ja\n"
    "#1008;2026-11-20;;;19;Teeschale;31;1;19;nein\n"
)
