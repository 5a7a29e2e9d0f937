"""Thousands of connections, slow readers, oversized and malformed requests."""
import socket
import time

from common import Agent, Server


def harm(claims, folder, medic, options):
    count = 10_000 if options.long else 2_000
    good = Server()
    agent = Agent(folder, f"""global: {{scrape_interval: 1s}}
web:
  limits: {{connections: {count + 500}, connections_per_address: {count + 200}, receive_timeout: 3s, send_timeout: 3s, idle_timeout: 60s}}
scrape_configs:
- {{job_name: good, static_configs: [{{targets: ['127.0.0.1:{good.port}']}}]}}
""", medic)
    claims.come("the target is scraped", lambda: agent.value('up{job="good"}') == 1)
    start = agent.memory()

    def connect(buffer=None):
        stream = socket.socket()
        if buffer:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        stream.settimeout(20)
        stream.connect(("127.0.0.1", agent.port))
        return stream

    def status(request, pieces=()):
        with connect() as stream:
            try:
                stream.sendall(request)
                for piece in pieces:
                    stream.sendall(piece)
            except OSError:
                pass
            try:
                return stream.recv(65536).split(b"\r\n")[0].decode("latin-1")
            except OSError:
                return "cut"

    crowd = [connect() for _ in range(count)]
    claims.come(f"{count} connections are held", lambda: agent.metric("medic_http_connections") >= count)
    began = time.monotonic()
    claims.check("somebody else is served meanwhile", "200" in status(b"GET /-/ready HTTP/1.1\r\nHost: localhost\r\n\r\n"))
    agent.query("up")
    claims.check("at once, also through the socket", time.monotonic() - began < 2, time.monotonic() - began)
    grown = agent.memory() - start
    claims.check("a connection at rest costs little", grown * 1024 / count < 64, f"{grown * 1024 / count:.0f} KB each")
    for stream in crowd:
        stream.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
    answers = [stream.recv(16)[9:12] for stream in crowd]
    claims.check("all of them are answered", set(answers) <= {b"200", b"503"} and b"200" in answers, set(answers))
    for stream in crowd:
        stream.close()
    claims.come("their end is noticed", lambda: agent.metric("medic_http_connections") < 50)

    lazy = [connect(4096) for _ in range(5)]
    for stream in lazy:
        stream.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * 400)
    cut = lambda why: agent.metric(f'medic_http_connections_cut_total{{reason="{why}"}}')
    claims.come("readers who do not read are cut off", lambda: cut("slow_reader") >= 5, 60)
    slow = [connect() for _ in range(50)]
    for stream in slow:
        stream.sendall(b"GET /metrics HTTP/1.1\r\nHost: local")
    claims.come("so are writers who do not write", lambda: cut("slow_writer") >= 50, 20)
    for stream in lazy + slow:
        stream.close()
    head = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
    for words, answer, wanted in (
        ("headers that are too long", status(head + b"X: " + b"x" * 100_000 + b"\r\n\r\n"), ("431", "413", "cut", "400")),
        ("a target that is too long", status(b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"), ("414", "431", "400", "cut")),
        ("an announced body that is too long", status(b"POST /api/v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n"), ("413",)),
        ("a body that grows too long", status(b"POST /api/v1/query HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
                                              [b"10000\r\n" + b"x" * 65536 + b"\r\n"] * 120), ("413", "cut", "")),
        ("two lengths", status(b"POST /api/v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"), ("400", "cut", "")),
        ("no HTTP", status(b"\x00\x01\x02\r\n\r\n"), ("400", "cut", "")),
        ("a negative length", status(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n"), ("400", "cut", "")),
        ("a malformed escape", status(b"GET /api/v1/query?query=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n"), ("400",)),
    ):
        fits = any(one in answer if one else answer == "" for one in wanted)
        claims.check(f"{words}: refused", fits, answer)
    claims.check("refusals are counted", agent.metric("medic_http_requests_refused_total") >= 3, agent.metric("medic_http_requests_refused_total"))
    claims.check("the target was scraped all the time", agent.value('sum(sum_over_time(up{job="good"}[10s]))') >= 8)
    claims.check("memory stays within bounds", agent.memory() - start < 200, f"{start:.0f} MB, then {agent.memory():.0f} MB")
    agent.stop(claims)
    good.stop()
