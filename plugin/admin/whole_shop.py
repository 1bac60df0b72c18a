"""A page with settings of the shop as a whole in one form, saved unless somebody else did."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import Response, request
from pydantic import BaseModel, ValidationError

from plugin.admin import entries
from plugin.admin.captions import Captions
from plugin.admin.carried import packed, unpacked
from plugin.admin.entries import Entries
from plugin.admin.fields import Field, at, fields_of
from plugin.admin.frame import page, this_shop, to, words
from plugin.admin.merging import merged
from plugin.api import current_context
from plugin.errors import ConflictError
from plugin.model import Shop
from plugin.services.context import Context

_Model = TypeVar("_Model", bound=BaseModel)
#: A field, what is stored in it, and what was entered.
Differing = tuple[Field, Any, Any]


@dataclass(frozen=True)
class WholeShop(Generic[_Model]):
    """Such a page.

    `name` is that of its template and of its words; `more` returns what else stands on it, for
    the settings that the merchant sees.
    """

    name: str
    model: type[_Model]
    get: Callable[[Context, Shop], _Model]
    save: Callable[..., None]
    more: Callable[[_Model], dict[str, Any]]

    def show(self) -> Response:
        """Show what is set."""
        present = self.get(current_context(), this_shop())
        settings = present.model_dump(mode="json")
        shown = entries.shown(settings, fields_of(self.model), words())
        return self._page(Entries(settings, shown), present)

    def take(self, endpoint: str, done: str) -> Response:
        """Set what the form says and lead to `endpoint`; asks where somebody else set the same."""
        context, shop = current_context(), this_shop()
        present = self.get(context, shop)
        before = present.model_dump(mode="json")
        fields = fields_of(self.model)
        filled = entries.read(request.form, before, fields, self.model, shop.languages, words())
        seen = unpacked(request.form.get("seen"), self.model, present)
        if filled.problems:
            return self._page(filled, seen, status=422)
        wanted = self.model.model_validate_json(json.dumps(filled.settings))
        try:
            self.save(context, shop, wanted, seen=seen)
        except ConflictError:
            mine = wanted.model_dump(mode="json")
            if not self._saved_together(before, mine, seen, present):
                differ = [
                    (field, at(before, field.path), at(mine, field.path))
                    for field in fields
                    if at(before, field.path) != at(mine, field.path)
                ]
                return self._page(filled, present, status=409, differ=differ)
        return to(endpoint, done=done)

    def _saved_together(
        self, stored: dict[str, Any], mine: dict[str, Any], seen: _Model, present: _Model
    ) -> bool:
        """Save what two people changed beside each other; False where they disagree."""
        before = seen.model_dump(mode="json")
        together = merged(stored, mine, before, list(fields_of(self.model)))
        if together is None:
            return False
        try:
            wanted = self.model.model_validate_json(json.dumps(together))
            self.save(current_context(), this_shop(), wanted, seen=present)
        except (ConflictError, ValidationError):
            return False
        return True

    def _page(
        self,
        filled: Entries,
        seen: _Model,
        status: int = 200,
        *,
        differ: list[Differing] | None = None,
    ) -> Response:
        say, fields = Captions(words(), self.name), fields_of(self.model)
        return page(
            f"{self.name}.html",
            status,
            say=say,
            fields=fields,
            entered=filled.entered,
            problems=filled.problems,
            problem_links=[
                (f"f-{field.path}", say.of(field, "label"))
                for field in fields
                if field.path in filled.problems
            ],
            seen=packed(seen),
            differ=differ,
            **self.more(seen),
        )
