"""The real server on a free port, and a proxy that loses an answer."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import tempfile
import threading
from pathlib import Path
from types import TracebackType

PROGRAM = os.environ.get("COUNTERFOIL_PROGRAM") or str(Path(__file__).parents[3] / "target" / "debug" / "counterfoil")


class Server:
    """`counterfoil serve` over a directory of its own."""

    def __enter__(self) -> Server:
        self.dir = tempfile.TemporaryDirectory()
        command = [PROGRAM, "serve", "--open", "--data", f"{self.dir.name}/data", "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(r"http://[0-9.]+:[0-9]+", line):
                self.address = found.group()
                return self
        raise AssertionError(f"{PROGRAM} does not serve: cargo build -p counterfoil")

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.process.terminate()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.dir.cleanup()


class Losing:
    """Hands each connection on; the answer to the first is thrown away once the server has given it."""

    def __init__(self, address: str) -> None:
        host, port = address.removeprefix("http://").split(":")
        self.to = (host, int(port))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            far = socket.create_connection(self.to)
            threading.Thread(target=_pump, args=(near, far, False), daemon=True).start()
            threading.Thread(target=_pump, args=(far, near, self.connections == 1), daemon=True).start()

    def close(self) -> None:
        self.listener.close()


def _pump(source: socket.socket, sink: socket.socket, lose: bool) -> None:
    try:
        while data := source.recv(65536):
            if lose:
                break
            sink.sendall(data)
    except OSError:
        pass
    for end in (sink, source):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
    source.close()
