"""Starts `bleib demo` of an installed wheel, looks at each address, and stops it with Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request


def free_ports(count: int) -> int:
    """Return the first of `count` free ports in a row."""
    for first in range(23000, 24000, count):
        try:
            for port in range(first, first + count):
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise SystemExit("no free ports")


def main(command: str, data: str) -> int:
    """Return 0 if every address answers and Ctrl-C ends the demo cleanly."""
    port = free_ports(3)
    process = subprocess.Popen(
        [command, "demo", "--past", "0", "--port", str(port), "--data", data],
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": "/usr/bin:/bin", "HOME": data, "LANG": os.environ.get("LANG", "C.UTF-8")},
        start_new_session=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "Ctrl-C" in line:
            break
    else:
        print("the demo ended before it was ready")
        return 1
    script = f"http://127.0.0.1:{port}/static/v1/bleib.js"
    for address in (f"http://127.0.0.1:{port}/readyz", script, f"http://127.0.0.1:{port + 1}/"):
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert answer.status == 200, address
            assert answer.read(), address
    process.send_signal(signal.SIGINT)
    code = process.wait(timeout=30)
    print(f"the demo ended with {code}")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
