"""A network printer for tests: ESC/POS on a TCP port, one connection at a time as the real ones have it.

    with FakePrinter() as printer:
        printer.no_paper_after = 5          # lines
        wait_for(lambda: printer.receipts)
        printer.refill()

It answers DLE EOT at once, also without paper, and GS r when all before it is on paper. Only what the interpreter of
escpos.py can read is printed; what it can't is `printer.problem`, which the end of the `with` raises.
"""
import re
import socket
import threading

import escpos

REALTIME = re.compile(rb"\x10\x04([\x01-\x04])|\x10\x14\x01([\x00\x01])[\x01-\x08]")
PIECE = 64


class FakePrinter:
    def __init__(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.lock = threading.Condition()
        self.printer = escpos.Printer()
        self.listener = self.thread = self.connection = None
        self.problem = None
        self.connections = 0
        self.deaf = False  # accepts, and does nothing more
        self.out_of_paper = self.cover_open = False
        self.no_paper_after = None  # so many lines from the beginning
        self.cut_after = None  # the connection, once so many lines are there; once
        self.held = False  # takes bytes and prints none: a slow one, asked to wait
        self.takes = None  # so many bytes from now on, and then none
        self.buffer = b""  # taken, not printed
        self.on()

    # ---- the switch, the paper ----

    @property
    def spec(self):
        return f"tcp:127.0.0.1:{self.port}"

    def on(self):
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(8)
        self.thread = threading.Thread(target=self.serve, args=(self.listener,), daemon=True)
        self.thread.start()

    def off(self):
        """What it had not printed yet is gone."""
        with self.lock:
            listener, connection, self.listener = self.listener, self.connection, None
            self.buffer = self.printer.rest = b""
        if listener:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        if connection:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.thread.join(20)

    def change(self, **values):
        """Its state, all at once."""
        with self.lock:
            for name, value in values.items():
                setattr(self, name, value)
            if not self.connection:
                self.print(None)
            self.lock.notify_all()

    def lose(self):
        """Only so much of it had left the till, then: the rest never came, and from here on it takes all again."""
        self.printer.rest = b""
        self.change(buffer=b"", takes=None)

    def refill(self):
        self.change(out_of_paper=False, no_paper_after=None)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.off()
        if kind is None:
            assert self.problem is None, self.problem

    # ---- what came out of it ----

    @property
    def paper(self):
        return self.printer.paper

    @property
    def receipts(self):
        return self.paper.receipts

    # ---- inside ----

    def serve(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self.lock:
                self.connection = connection
                self.connections += 1
                deaf = self.deaf
            try:
                if deaf:
                    with self.lock:
                        self.lock.wait_for(lambda: not self.deaf or self.listener is not listener, 60)
                else:
                    self.talk(connection)
            except OSError:
                pass
            except Exception as problem:  # noqa: BLE001: told to the test
                self.problem = problem
            finally:
                with self.lock:
                    self.connection = None
                connection.close()

    def status(self, question):
        none = self.out_of_paper
        return 0x12 | {1: 0x08 * (none or self.cover_open), 2: 0x04 * self.cover_open | 0x20 * none, 3: 0,
                       4: 0x60 * none}[question]

    def talk(self, connection):
        data = b""  # as it comes
        connection.settimeout(0.02)
        while True:
            try:
                piece = connection.recv(65536)
                if not piece:
                    return
                data += piece
            except TimeoutError:
                pass
            with self.lock:
                for said in REALTIME.finditer(data):
                    if said[1]:
                        connection.sendall(bytes([self.status(said[1][0])]))
                    else:
                        self.paper.kicks.append({0: 2, 1: 5}[said[2][0]])
                # A beginning of such a command waits for its end.
                data = REALTIME.sub(b"", data)
                keep = max((n for n in (1, 2, 3, 4) if b"\x10\x14\x01\x00".startswith(data[-n:]) or
                            b"\x10\x04".startswith(data[-n:]) or b"\x10\x14\x01\x01".startswith(data[-n:])), default=0) \
                    if data else 0
                self.buffer += data[:len(data) - keep]
                data = data[len(data) - keep:]
                if not self.print(connection):
                    return

    def print(self, connection):
        """What was taken, also when nobody is there any more. False: the connection is to be cut, the rest is lost."""
        while self.buffer and not self.out_of_paper and not self.held and not self.cover_open and self.takes != 0:
            if self.takes is not None:
                self.takes -= 1
            asked = len(self.paper.asked)
            piece, self.buffer = self.buffer[:1], self.buffer[1:]
            self.printer.feed(piece)
            lines = len(self.paper.lines)
            for kind, _ in self.paper.asked[asked:]:
                if kind == "r" and connection:
                    connection.sendall(b"\0")
            if self.no_paper_after is not None and lines >= self.no_paper_after:
                self.out_of_paper = True
            if self.cut_after is not None and lines >= self.cut_after:
                self.cut_after = None
                self.buffer = self.printer.rest = b""
                return False
        return True
