"""A mail server that takes everything and keeps of each mail what tells it from the others."""

from __future__ import annotations

import asyncio
import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session

_CODE = re.compile(r"\b[A-Z]+(?:-[0-9A-Z]{4,5}){3,}\b")


@dataclass
class Sink:
    """The voucher code of each copy that arrived ("" where there is none), by Message-ID."""

    port: int = 0
    arrived: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep one mail."""
        message = message_from_bytes(cast(bytes, envelope.original_content), policy=default)
        part = message.get_body(("plain",))
        code = _CODE.search(str(part.get_content()) if part is not None else "")
        self.arrived[str(message["Message-ID"])].append(code[0] if code else "")
        return "250 OK"


@contextmanager
def mail_sink() -> Iterator[Sink]:
    """Run a sink on loopback until the block ends."""
    sink = Sink()
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(
        loop.create_server(lambda: SMTP(sink, loop=loop), "127.0.0.1", 0)
    )
    sink.port = listening.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(_end(listening))
        loop.close()


async def _end(listening: asyncio.Server) -> None:
    listening.close()
    calls = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in calls:
        task.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    await asyncio.sleep(0)  # transports close in the turn after their connection ends
