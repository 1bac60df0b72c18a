"""Parcels: what happened to them, where they are, and telling it to whoever may know."""
