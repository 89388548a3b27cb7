"""A proxy between the service and a receiver that breaks what passes, as its `mode` says: pass, delay (each
piece comes late), drip (byte by byte), half_close (the receiver's side ends after the request), reset (in
the middle of the answer), refuse (the connection ends at once), hang (nothing passes)."""

import contextlib
import socket
import struct
import threading
import time

DELAY = 0.05


class FaultProxy:
    def __init__(self, port):
        self.target = ("127.0.0.1", port)
        self.mode = "pass"
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(client, self.mode), daemon=True).start()

    def _serve(self, client, mode):
        with client, contextlib.suppress(OSError):
            if mode == "refuse":
                self._reset(client)
            elif mode == "hang":
                while client.recv(65536):
                    pass
            else:
                with socket.create_connection(self.target) as server:
                    request = threading.Thread(target=self._pump, args=(client, server, "pass"),
                                               daemon=True)
                    request.start()
                    self._pump(server, client, mode)

    def _pump(self, source, sink, mode):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                if mode == "delay":
                    time.sleep(DELAY)
                elif mode == "drip":
                    for byte in piece[:20]:
                        sink.sendall(bytes([byte]))
                        time.sleep(DELAY / 10)
                    piece = piece[20:]
                elif mode == "half_close":
                    sink.shutdown(socket.SHUT_WR)
                    return
                elif mode == "reset":
                    sink.sendall(piece[:10])
                    self._reset(sink)
                    return
                sink.sendall(piece)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    @staticmethod
    def _reset(connection):
        """Closes with RST instead of FIN: once nobody reads from it any more."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RD)
        connection.close()
