"""A page with settings of the shop as a whole in one form, saved unless somebody else did."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import Response, request
from pydantic import BaseModel

from plugin.admin import entries
from plugin.admin.captions import Captions
from plugin.admin.carried import packed, unpacked
from plugin.admin.entries import Entries
from plugin.admin.fields import fields_of
from plugin.admin.frame import page, this_shop, to, words
from plugin.api import current_context
from plugin.errors import ConflictError
from plugin.model import Shop
from plugin.services.context import Context

_Model = TypeVar("_Model", bound=BaseModel)


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
        """Set what the form says, unless somebody else did meanwhile; lead to `endpoint` then."""
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
            return self._page(filled, present, status=409, changed=True)
        return to(endpoint, done=done)

    def _page(
        self, filled: Entries, seen: _Model, status: int = 200, *, changed: bool = False
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
            changed=changed,
            **self.more(seen),
        )
