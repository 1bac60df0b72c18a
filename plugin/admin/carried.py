"""Settings of the shop carried along in a form or an address, as text."""

from __future__ import annotations

from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from pydantic import BaseModel, ValidationError

_Model = TypeVar("_Model", bound=BaseModel)
#: No setting is called like this.
_WHOLE = "json"


def packed(settings: BaseModel) -> str:
    """Return settings as text; what is empty is left out."""
    values = settings.model_dump(mode="json")
    if any(isinstance(value, list | dict) for value in values.values()):
        return urlencode({_WHOLE: settings.model_dump_json()})  # lists and groups as they are
    return urlencode({name: value for name, value in values.items() if value not in (None, "")})


def unpacked(text: str | None, model: type[_Model], otherwise: _Model) -> _Model:
    """Return what `packed` made of settings; `otherwise` for none and for what is none."""
    if text is None:
        return otherwise
    try:
        values = dict(parse_qsl(text, max_num_fields=50))
        if _WHOLE in values:
            return model.model_validate_json(values[_WHOLE])
        return model.model_validate_strings(values)
    except (ValidationError, ValueError):
        return otherwise
