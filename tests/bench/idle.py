"""idle_memory_vs_nginx: what a till that waits costs the server, signed in, with the catalogue fetched and followed and a sale
made, against a connection that nginx keeps alive behind a client certificate."""
import contextlib
import select
import socket
import ssl
import subprocess
import time

from house import resident_bytes, stop
from shop import free_port, tls_context

CONNECTIONS, WARM = 2_000, 50
SETTLED_S = 6  # the server gives back what it freed every 5 s: what earlier figures left is gone before this one begins

NGINX = """
worker_processes 1;
daemon off;
user root;
pid {directory}/nginx.pid;
error_log {directory}/nginx-error.log warn;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    keepalive_timeout 3600s;
    client_body_temp_path {directory}/nginx-body;
    proxy_temp_path {directory}/nginx-proxy;
    fastcgi_temp_path {directory}/nginx-fastcgi;
    uwsgi_temp_path {directory}/nginx-uwsgi;
    scgi_temp_path {directory}/nginx-scgi;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        ssl_client_certificate {ca};
        ssl_verify_client on;
        ssl_protocols TLSv1.3;
        ssl_session_tickets off;
        ssl_session_cache off;
        location / {{ default_type text/plain; return 200 "bread\\n"; }}
    }}
}}
"""


def measure(house, given, say):
    seconds, count = (2, 200) if given.quick else (10, CONNECTIONS)
    ours = growth(house.server_pid, lambda n: held_tills(house, n), seconds, count)
    say(f"ours: {ours / 1024:.1f} KiB a connection")
    nginx = Nginx(house)
    try:
        theirs = growth(nginx.process.pid, lambda n: kept_alive(nginx, n), seconds, count)
    finally:
        stop(nginx.process)
    say(f"nginx: {theirs / 1024:.1f} KiB a connection")
    return {"ours": round(ours / 1024, 2), "peer": round(theirs / 1024, 2), "ratio": round(ours / theirs, 3),
            "unit": "KiB/connection"}


def growth(pid, connected, seconds, count):
    """Of resident memory, by connection, once some have come and gone and all of them have been silent for a while."""
    with connected(WARM):
        pass
    time.sleep(SETTLED_S)
    before = resident_bytes(pid)
    with connected(count) as silent:
        time.sleep(seconds)
        grown = resident_bytes(pid) - before
        assert silent(), "a connection did not stay, or was told something"
    return grown / count


@contextlib.contextmanager
def held_tills(house, count):
    """Signed in, the catalogue fetched and followed, one sale made; then silent."""
    command = house.load_command("hold", count, 1, "--snapshot", *house.to_sell())
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as load:
        ready = load.stdout.readline()
        assert ready, f"bench_load ended with {load.wait()}"
        yield lambda: not select.select([load.stdout], [], [], 0)[0]
        load.stdin.close()
        assert load.wait(30) == 0


@contextlib.contextmanager
def kept_alive(nginx, count):
    connections = [nginx.connection(i) for i in range(count)]
    poll = select.poll()
    for connection in connections:
        poll.register(connection, select.POLLIN)
    yield lambda: not poll.poll(0)
    for connection in connections:
        connection.close()


class Nginx:
    def __init__(self, house):
        self.house, self.port = house, free_port()
        files = house.certificates()
        path = house.directory / "nginx.conf"
        path.write_text(NGINX.format(directory=house.directory, port=self.port, **files))
        self.process = house.spawn("nginx", ["nginx", "-c", path, "-e", house.directory / "nginx-start.log"], self.port)

    def connection(self, number):
        identity, _ = self.house.tills[number % len(self.house.tills)]
        raw = socket.create_connection(("127.0.0.1", self.port))
        sock = tls_context(identity=identity, alpn=None).wrap_socket(raw, server_hostname=identity.server_name)
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = b""
        while not answer.endswith(b"bread\n"):
            more = sock.recv(65536)
            assert more, answer
            answer += more
        assert answer.startswith(b"HTTP/1.1 200"), answer
        assert isinstance(sock, ssl.SSLSocket) and sock.version() == "TLSv1.3"
        return sock
