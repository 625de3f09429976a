"""A TCP proxy that breaks connections where a test says so."""
import socket
import threading


class Proxy:
    """Passes on to 127.0.0.1:port; what the server sends is cut after .cut bytes, once (None: never)."""

    def __init__(self, port, cut=None):
        self.target = port
        self.cut = cut
        self.passed = 0
        self.sessions = 0
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.sessions += 1
            server = socket.create_connection(('127.0.0.1', self.target))
            threading.Thread(target=self.pump, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self.pump, args=(server, client, True), daemon=True).start()

    def pump(self, source, sink, counts):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                if counts and self.cut is not None and len(data) >= self.cut:
                    sink.sendall(data[:self.cut])
                    self.cut = None
                    break
                if counts:
                    self.passed += len(data)
                    if self.cut is not None:
                        self.cut -= len(data)
                sink.sendall(data)
        except OSError:
            pass
        for s in (source, sink):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()

    def close(self):
        self.listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
