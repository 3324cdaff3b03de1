"""idle_memory_vs_nginx: what a connection that waits costs the server, signed in and following the catalogue, against one
that nginx keeps alive behind a client certificate."""
import select
import socket
import ssl
import time

from house import resident_bytes, stop
from shop import Client, free_port, pb, tls_context

CONNECTIONS, WARM = 2_000, 50

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
    seconds = 2 if given.quick else 10
    ours = growth(house.server_pid, lambda i: our_connection(house, i), seconds)
    say(f"ours: {ours / 1024:.1f} KiB a connection")
    nginx = Nginx(house)
    try:
        theirs = growth(nginx.process.pid, nginx.connection, seconds)
    finally:
        stop(nginx.process)
    say(f"nginx: {theirs / 1024:.1f} KiB a connection")
    return {"ours": round(ours / 1024, 2), "peer": round(theirs / 1024, 2), "ratio": round(ours / theirs, 3),
            "unit": "KiB/connection"}


def growth(pid, connect, seconds):
    """Of resident memory, by connection, once some have come and gone and all of them have been silent for a while."""
    for connection in [connect(i) for i in range(WARM)]:
        connection.close()
    time.sleep(seconds / 2)
    before = resident_bytes(pid)
    connections = [connect(i) for i in range(CONNECTIONS)]
    time.sleep(seconds)
    grown = resident_bytes(pid) - before
    poll = select.poll()
    for connection in connections:
        poll.register(connection, select.POLLIN)
    assert not poll.poll(0), "a connection did not stay, or was told something"
    for connection in connections:
        connection.close()
    return grown / CONNECTIONS


def our_connection(house, number):
    """Signed in, the catalogue followed, one price asked for; then silent."""
    identity, token = house.tills[number % len(house.tills)]
    client = Client(house.port, identity, kind=pb.CLIENT_COUNTER)
    client.call(pb.OP_SESSION_RESUME, pb.SessionResume(token=token), pb.SessionOpened)
    client.call(pb.OP_CATALOGUE_FOLLOW, pb.CatalogueFollow(version=house.catalogue_version), pb.CatalogueFollowed)
    client.call(pb.OP_PRODUCT_SHOW, pb.ProductShow(plu=1 + number), pb.ProductShown)
    return client.sock


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
