"""The project's own bad network: a TCP proxy between tills and a server, below TLS, that a test makes fail.

    with Proxy(server.port) as proxy:
        till = Device(shop, client, port=proxy.port)
        proxy.hold(TO_SERVER)              # what is sent that way is kept back ...
        proxy.heal()                       # ... and goes on where it stopped, as TCP's does when a cable is put back
        proxy.slow(BOTH, 2000)             # bytes a second
        proxy.tear(BOTH)                   # each byte in a segment of its own
        proxy.delay(BOTH, 0.3)             # seconds
        proxy.scatter(draw, 1)             # each connection of now late by its own drawn part of so many seconds: what is sent again
                                           # by a new one comes before what was sent before
        proxy.reset()                      # RST to both sides of every connection
        proxy.reset_after(TO_TILL, 40)     # ... once so many more bytes have gone that way, mid-frame as a rule
        proxy.half_close(TO_SERVER)        # the receiver reads the end of the stream; the other way goes on
        proxy.refuse()                     # new connections are reset
        proxy.abandon()                    # nothing goes over those of now any more, for good, and nobody is told

One thread with an event loop of its own; the calls may come from any other, and have happened when they return.
"""
import asyncio
import collections
import contextlib
import socket
import struct
import threading
import time

TO_SERVER, TO_TILL = "to server", "to till"
BOTH = (TO_SERVER, TO_TILL)
PIECE = 65536


class _Way:
    """One direction of all connections: how it is treated. Forwarders wait while it is held."""

    def __init__(self):
        self.flows = asyncio.Event()
        self.calm()

    def calm(self):
        self.rate = self.delay = self.cut_after = None
        self.torn = False
        self.flows.set()


class _Pair:
    """A till's connection and the one it goes on by."""

    def __init__(self, till, server):
        self.writers = {TO_TILL: till, TO_SERVER: server}
        self.abandoned = False
        self.delay = None

    def reset(self):
        for writer in set(self.writers.values()):
            with contextlib.suppress(OSError):
                # closed with a linger of 0 seconds, a socket says RST
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    def half_close(self, way):
        with contextlib.suppress(OSError, RuntimeError):
            self.writers[way].write_eof()


class Proxy:
    def __init__(self, server_port):
        self.server_port = server_port
        self.accepts = True
        self.pairs = set()
        self.carried = {TO_SERVER: 0, TO_TILL: 0}  # bytes
        self.written = collections.deque(maxlen=1000)  # how many bytes each of the last writes had

    def __enter__(self):
        ready = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self.thread.start()
        ready.wait()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.ends.set)
        self.thread.join()

    # ---- what goes wrong ----

    def hold(self, ways):
        self._each(ways, lambda way: way.flows.clear())

    def slow(self, ways, bytes_a_second):
        self._each(ways, lambda way: setattr(way, "rate", bytes_a_second))

    def tear(self, ways):
        self._each(ways, lambda way: setattr(way, "torn", True))

    def delay(self, ways, seconds):
        self._each(ways, lambda way: setattr(way, "delay", seconds))

    def scatter(self, draw, seconds):
        self._call(lambda: [setattr(pair, "delay", draw.uniform(0, seconds)) for pair in self.pairs])

    def reset_after(self, ways, count):
        self._each(ways, lambda way: setattr(way, "cut_after", count))

    def reset(self):
        self._call(lambda: [pair.reset() for pair in list(self.pairs)])

    def half_close(self, way):
        self._call(lambda: [pair.half_close(way) for pair in list(self.pairs)])

    def refuse(self):
        self._call(lambda: setattr(self, "accepts", False))

    def abandon(self):
        self._call(lambda: [setattr(pair, "abandoned", True) for pair in self.pairs])

    def heal(self):
        self._call(lambda: setattr(self, "accepts", True))
        self._each(BOTH, _Way.calm)
        self._call(lambda: [setattr(pair, "delay", None) for pair in self.pairs])

    # ---- how ----

    def _call(self, function):
        async def called():
            function()

        asyncio.run_coroutine_threadsafe(called(), self.loop).result(30)

    def _each(self, ways, function):
        self._call(lambda: [function(self.ways[way]) for way in ((ways,) if isinstance(ways, str) else ways)])

    def _run(self, ready):
        asyncio.run(self._serve(ready))

    async def _serve(self, ready):
        self.loop = asyncio.get_running_loop()
        self.ends = asyncio.Event()
        self.ways = {way: _Way() for way in BOTH}
        listener = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=PIECE)
        self.port = listener.sockets[0].getsockname()[1]
        ready.set()
        await self.ends.wait()
        listener.close()
        for pair in list(self.pairs):
            pair.reset()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _connected(self, reader, writer):
        if not self.accepts:
            _Pair(writer, writer).reset()
            return
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.server_port, limit=PIECE)
        except OSError:
            _Pair(writer, writer).reset()
            return
        for end in (writer, server_writer):
            end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pair = _Pair(writer, server_writer)
        self.pairs.add(pair)
        try:
            await asyncio.gather(self._forward(pair, reader, TO_SERVER), self._forward(pair, server_reader, TO_TILL))
        except OSError:
            pass  # one side is gone: so is the other
        finally:
            await self._tells(pair)
            self.pairs.discard(pair)
            for end in pair.writers.values():
                end.transport.abort()

    async def _forward(self, pair, reader, to):
        way, writer = self.ways[to], pair.writers[to]
        while piece := await reader.read(PIECE):
            arrived = time.monotonic()
            while piece:
                await way.flows.wait()
                if pair.abandoned:
                    await self.ends.wait()
                if delay := way.delay or pair.delay:
                    await asyncio.sleep(max(0.0, arrived + delay - time.monotonic()))
                now = 1 if way.torn else len(piece)
                if way.rate:
                    now = min(now, max(1, way.rate // 20))
                if way.cut_after is not None:
                    now = min(now, way.cut_after)
                writer.write(piece[:now])
                await writer.drain()
                self.carried[to] += now
                self.written.append(now)
                piece = piece[now:]
                if way.cut_after is not None:
                    way.cut_after -= now
                    if way.cut_after <= 0:
                        way.cut_after = None
                        pair.reset()
                        return
                if way.rate:
                    await asyncio.sleep(now / way.rate)
                elif way.torn:
                    await asyncio.sleep(0)  # no wait: the loop's next turn, so that each byte leaves alone
        await self._tells(pair)
        with contextlib.suppress(OSError, RuntimeError):
            writer.write_eof()

    async def _tells(self, pair):
        """While a way is held, nobody hears of an end either."""
        for way in self.ways.values():
            await way.flows.wait()
        if pair.abandoned:
            await self.ends.wait()
