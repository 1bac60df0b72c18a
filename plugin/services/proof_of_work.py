"""Proof of work: what a browser computes in a second, a flood of forms has to compute each time.

A task is a signed text; its proof is that text with one number for each part of the task, each
found by trying. A task is made for one form by that form's own id. A form is taken once, so a
proof counts once; nothing is stored for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from plugin.errors import NotAllowedError
from plugin.model import Shop
from plugin.security import digest, random_token
from plugin.services.context import Context

#: Several small parts instead of a large one: chance then hardly changes how long it takes.
PARTS = 8
#: Zero bits that a hash begins with: 16,000 tries for a proof, or 130,000.
LIGHT, HEAVY = 11, 14
_SALT_BITS = 96
_BETWEEN = "~"
_LONGEST = 400
_DIGITS = 10


def task_for(context: Context, shop: Shop, form_id: str, *, heavy: bool) -> Mapping[str, object]:
    """Return the task that a form has to do, good for ten minutes."""
    salt, bits = random_token(_SALT_BITS), HEAVY if heavy else LIGHT
    token = context.keys.sign("work", [shop.key, _mark(form_id), salt, bits])
    return {"task": token, "salt": salt, "bits": bits, "parts": PARTS}


def is_proven(context: Context, shop: Shop, form_id: str, proof: str) -> bool:
    """Tell whether a proof belongs to a task of ours for this form, and is right."""
    if len(proof) > _LONGEST:
        return False
    token, *numbers = proof.split(_BETWEEN)
    try:
        key, mark, salt, bits = context.keys.unsign("work", token)
    except NotAllowedError:
        return False
    if (key, mark) != (shop.key, _mark(form_id)) or len(numbers) != PARTS:
        return False
    return all(_is_found(f"{salt}.{part}", one, bits) for part, one in enumerate(numbers))


def solve(task: Mapping[str, object]) -> str:
    """Return a proof for a task, found as a browser finds it (`widgets/_runtime/pow.ts`)."""
    bits = int(str(task["bits"]))
    numbers = []
    for part in range(int(str(task["parts"]))):
        number = 0
        while not _is_found(f"{task['salt']}.{part}", str(number), bits):
            number += 1
        numbers.append(str(number))
    return _BETWEEN.join([str(task["task"]), *numbers])


def _is_found(start: str, number: str, bits: int) -> bool:
    if not (number.isascii() and number.isdecimal() and len(number) <= _DIGITS):
        return False
    found = hashlib.sha256(f"{start}.{number}".encode()).digest()
    return int.from_bytes(found[:4], "big") >> (32 - bits) == 0


def _mark(form_id: str) -> str:
    return digest(form_id)[:16]
