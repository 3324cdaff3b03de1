"""A payment gateway for tests: Stripe's API as far as caroline-server speaks it, in memory, and as bad as it is told to be.

    with Gateway() as gateway:            # gateway.url, gateway.secret
        gateway.forgets = True            # Idempotency-Key means nothing to it
        gateway.fault("capture", "cut")   # the next capture is done, and the line cut before the answer
        gateway.live()                    # what it has: every charge that was captured and not given back

With `behind` it is a front of a stand-in that others wrote: faults are its own, all else goes through, but for the page where a card is
typed, which neither stand-in has to its end, and the refund of an intent, which emulate has not.
"""
import collections
import http.client
import http.server
import json
import threading
import time
import urllib.parse

ENTRIES = {  # what is asked, by method and the form of its path
    ("POST", "customers"): "customer",
    ("POST", "customers/*/sources"): "source",
    ("DELETE", "customers/*"): "forget",
    ("POST", "checkout/sessions"): "page",
    ("GET", "checkout/sessions/*"): "look",
    ("GET", "checkout/sessions"): "pages",
    ("POST", "checkout/sessions/*/expire"): "expire",
    ("GET", "customers"): "customers",
    ("POST", "payment_methods/*/detach"): "detach",
    ("POST", "payment_intents"): "authorise",
    ("POST", "payment_intents/*/confirm"): "capture",
    ("POST", "payment_intents/*/cancel"): "void",
    ("GET", "payment_intents"): "status",
    ("GET", "payment_intents/*"): "one",
    ("POST", "charges"): "authorise",
    ("POST", "charges/*/capture"): "capture",
    ("GET", "charges"): "status",
    ("GET", "charges/*"): "one",
    ("POST", "refunds"): "refund",
}


class Refusal(Exception):
    def __init__(self, status, code, kind="invalid_request_error", decline=None):
        super().__init__(code)
        self.status = status
        self.body = {"error": {"type": kind, "code": code, **({"decline_code": decline} if decline else {})}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle_one(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.server.gateway.serve(self, self.rfile.read(length).decode() if length else "")

    do_GET = do_POST = do_DELETE = handle_one

    def answer(self, status, body, extra=b""):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(raw + extra)
        self.close_connection = True

    def cut(self):
        self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        pass  # a client that was killed


class Gateway:
    secret = "sk_test_caroline0123456789"

    def __init__(self, behind=None):
        self.behind = behind  # (host, port)
        self.forgets = False
        self.lock = threading.RLock()
        self.released = threading.Event()  # what hangs, hangs until then
        self.faults = collections.defaultdict(collections.deque)
        self.always = {}   # what: fault, each time
        self.asked = collections.Counter()
        self.bodies = []   # everything that was ever sent to it
        self.keys = {}     # idempotency
        self.customers, self.methods, self.intents, self.pages, self.charges = {}, {}, {}, {}, {}
        self.next = 0
        self.card = {"brand": "visa", "last4": "4242", "exp_month": 11, "exp_year": 2031}
        self.declines = {}  # method: decline code
        self.doings = []   # (what, id) of all that was done
        self.given_back = set()  # of the intents of a stand-in behind it
        self.late = 0      # of what it was asked and has not yet done
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.gateway = self
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()

    # ---- what tests do ----

    def fault(self, what, *faults):
        self.faults[what].extend(faults)

    def type_card(self, page, **card):
        """Somebody types a card on the page, and is sent back. Only the gateway ever sees its number."""
        with self.lock:
            assert self.pages[page]["status"] == "open", "the page is closed"
            self.pages[page]["status"] = "complete"
            method = self.source(self.pages[page]["customer"]) if self.behind else self.name("pm")
            self.methods[method] = {"id": method, "customer": self.pages[page]["customer"], "card": {**self.card, **card}}
            self.pages[page]["method"] = method
            return method

    def nothing_of(self, setup):
        """Of a setup's (our id of it) it has no customer, no open page and no card of anybody's."""
        with self.lock:
            pages = [p for p in self.pages.values() if p["metadata"].get("caroline_setup", "").startswith(f"{setup}-")]
            cards = [m for m in self.methods.values() if m["customer"] and m["id"] in {p["method"] for p in pages}]
            return not cards and all(p["status"] != "open" for p in pages) and not any(
                c["metadata"].get("caroline_setup", "").startswith(f"{setup}-") for c in self.customers.values())

    def live(self):
        """Of each of our ids what it has that is paid, and not given back: a list of references."""
        with self.lock:
            found = collections.defaultdict(list)
            for intent in self.everything():
                if intent["captured"] and not intent["refunded"]:
                    found[intent["ours"]].append(intent["id"])
            return dict(found)

    def open(self):
        """What was made and is neither captured nor let go of."""
        return [i["id"] for i in self.everything() if not i["captured"] and not i["over"]]

    def refunds(self, name):
        """How often that was given back."""
        if self.behind and self.kind == "charges":
            return len(self.ask_behind("GET", f"/v1/charges/{name}")["refunds"]["data"])
        return self.doings.count(("refund", name))

    def everything(self):
        if self.behind:
            return self.everything_behind()
        with self.lock:
            return [{"id": i["id"], "ours": i["metadata"].get("caroline_charge"), "amount": i["amount"],
                     "captured": i["status"] == "succeeded", "refunded": i["refunded"],
                     "over": i["status"] in ("canceled", "requires_payment_method")} for i in self.intents.values()]

    # ---- serving ----

    def name(self, kind):
        with self.lock:
            self.next += 1
            return f"{kind}_{self.next:024d}"

    def serve(self, request, body):
        path = urllib.parse.urlsplit(request.path)
        parts = [urllib.parse.unquote(p) for p in path.path.removeprefix("/v1/").split("/")]
        shape = "/".join("*" if i == 1 and not (parts[0] == "checkout") or (parts[0] == "checkout" and i == 2) else p
                         for i, p in enumerate(parts))
        what = ENTRIES.get((request.command, shape))
        with self.lock:
            self.asked[what] += 1
            self.bodies.append((request.command, request.path, body, dict(request.headers)))
            fault = self.faults[what].popleft() if self.faults[what] else self.always.get(what)
        if request.headers.get("Authorization") != f"Bearer {self.secret}":
            request.answer(401, {"error": {"type": "invalid_request_error"}})
        elif what is None:
            request.answer(404, {"error": {"type": "invalid_request_error", "code": "unknown_path"}})
        else:
            getattr(self, "fault_" + fault if fault else "well")(request, what, parts, path.query, body)

    def well(self, request, what, parts, query, body):
        request.answer(*self.do(request, what, parts, query, body))

    def do(self, request, what, parts, query, body):
        """(status, answer) of what is done, once a key."""
        form = dict(urllib.parse.parse_qsl(query + "&" + body))
        key = request.headers.get("Idempotency-Key")
        if self.behind and self.kind == "intents" and what in ("status", "one"):
            return self.with_refunds(*self.pass_on(request, body))
        if self.behind and what not in ("page", "look", "pages", "expire", "detach") and (what, self.kind) != ("refund", "intents"):
            return self.pass_on(request, body)
        with self.lock:
            if key and not self.forgets and key in self.keys:
                return self.keys[key]
            try:
                answer = 200, getattr(self, "do_" + what)(parts, form)
            except Refusal as refusal:
                answer = refusal.status, refusal.body
            if key:
                self.keys[key] = answer
            return answer

    # ---- faults ----

    def fault_500(self, request, *_):
        request.answer(500, {"error": {"type": "api_error"}})

    def fault_500_done(self, request, *rest):
        self.do(request, *rest)
        request.answer(500, {"error": {"type": "api_error"}})

    def fault_500_kept(self, request, *rest):
        """As Stripe does: under the same key it says the same fault again."""
        key = request.headers.get("Idempotency-Key")
        with self.lock:
            if key and not self.forgets:
                self.keys[key] = 500, {"error": {"type": "api_error"}}
        request.answer(500, {"error": {"type": "api_error"}})

    def fault_refused_kept(self, request, *_):
        """For good, and under the same key it says so again."""
        key = request.headers.get("Idempotency-Key")
        refusal = 400, {"error": {"type": "invalid_request_error", "code": "balance_insufficient"}}
        with self.lock:
            if key and not self.forgets:
                self.keys[key] = refusal
        request.answer(*refusal)

    def fault_429(self, request, *_):
        request.answer(429, {"error": {"type": "rate_limit_error", "code": "rate_limit"}})

    def fault_cut(self, request, *rest):
        self.do(request, *rest)
        request.cut()

    def fault_cut_before(self, request, *_):
        request.cut()

    def fault_hang(self, request, *_):
        self.released.wait(60)
        request.cut()

    def fault_hang_done(self, request, *rest):
        self.do(request, *rest)
        self.released.wait(60)
        request.cut()

    def fault_late(self, request, *rest):
        """Answered by nobody, and done when nobody expects it any more."""
        def do():
            self.do(request, *rest)
            self.late -= 1
        self.late += 1
        request.cut()
        threading.Timer(1.5, do).start()

    def fault_twice(self, request, *rest):
        """The answer, and behind it the same once more on the same line."""
        status, body = self.do(request, *rest)
        raw = json.dumps(body).encode()
        request.answer(status, body, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(raw) + raw)

    def fault_twice_done(self, request, *rest):
        """Carried out twice: as if a proxy between had sent it again."""
        self.do(request, *rest)
        with self.lock:
            forgot, self.forgets = self.forgets, True
            answer = self.do(request, *rest)
            self.forgets = forgot
        request.answer(*answer)

    def fault_garbage(self, request, *rest):
        self.do(request, *rest)
        request.answer(200, b"<html>please log in</html>")

    def fault_deep(self, request, *rest):
        self.do(request, *rest)
        request.answer(200, b"{\"a\":" + b"[" * 5000 + b"]" * 5000 + b"}")

    def fault_huge(self, request, *rest):
        self.do(request, *rest)
        request.answer(200, b"{\"a\":\"" + b"x" * (1 << 20) + b"\"}")

    def fault_redirect(self, request, *_):
        request.send_response(302)
        request.send_header("Location", self.url + "/v1/elsewhere")
        request.send_header("Content-Length", "0")
        request.end_headers()

    def fault_lie(self, request, what, parts, *_):
        """Says that it was done."""
        request.answer(200, {"id": parts[1] if len(parts) > 1 else self.name("pi"), "status": "succeeded"})

    def fault_blind(self, request, *_):
        """Says that it has nothing."""
        request.answer(200, {"object": "list", "data": [], "has_more": False})

    def fault_wrong_sum(self, request, what, parts, query, body):
        self.do(request, what, parts, query, body)
        with self.lock:
            list(self.intents.values())[-1]["amount"] += 1
        request.cut()

    # ---- doing ----

    @staticmethod
    def metadata(form):
        return {k[9:-1]: v for k, v in form.items() if k.startswith("metadata[")}

    def do_customer(self, _parts, form):
        name = self.name("cus")
        self.customers[name] = {"id": name, "object": "customer", "created": int(time.time()), "metadata": self.metadata(form)}
        return self.customers[name]

    @staticmethod
    def part(all_of, form):
        """As its lists are: the newest first, so many, behind one."""
        all_of = [thing for thing in all_of[::-1] if thing["created"] >= int(form["created[gte]"])]
        limit = int(form["limit"])
        start = next((n + 1 for n, i in enumerate(all_of) if i["id"] == form.get("starting_after")), 0)
        return {"object": "list", "data": all_of[start:start + limit], "has_more": start + limit < len(all_of)}

    def do_customers(self, _parts, form):
        return self.part(list(self.customers.values()), form)

    def do_pages(self, _parts, form):
        assert form["expand[]"] == "data.setup_intent.payment_method", form
        return self.part([self.shown_page(name) for name in self.pages], form)

    def do_expire(self, parts, _form):
        page = self.pages.get(parts[2])
        if not page:
            raise Refusal(404, "resource_missing")
        if page["status"] != "open":
            raise Refusal(400, "checkout_session_not_open")
        page["status"] = "expired"
        self.doings.append(("expire", parts[2]))
        return self.shown_page(parts[2])

    def do_forget(self, parts, _form):
        if parts[1] not in self.customers:
            raise Refusal(404, "resource_missing")
        del self.customers[parts[1]]
        for method in [m for m in self.methods.values() if m["customer"] == parts[1]]:
            method["customer"] = None
        self.doings.append(("forget", parts[1]))
        return {"id": parts[1], "deleted": True}

    def do_detach(self, parts, _form):
        if parts[1] not in self.methods:
            if self.behind:
                return {"id": parts[1]}
            raise Refusal(404, "resource_missing")
        self.methods[parts[1]]["customer"] = None
        self.doings.append(("detach", parts[1]))
        return self.methods[parts[1]]

    def do_page(self, _parts, form):
        assert form["mode"] == "setup", form
        name = self.name("cs_test_" + "a" * 40)
        self.pages[name] = {"id": name, "customer": form["customer"], "status": "open", "method": None, "metadata": self.metadata(form),
                            "created": int(time.time()),
                            "url": f"{self.url}/pay/{name}"}
        return self.shown_page(name)

    def do_look(self, parts, _form):
        if parts[2] not in self.pages:
            raise Refusal(404, "resource_missing")
        return self.shown_page(parts[2])

    def shown_page(self, name):
        page = self.pages[name]
        method = self.methods.get(page["method"])
        setup = {"id": "seti_1", "status": "succeeded", "payment_method": {**method}} if method else None
        return {"id": name, "object": "checkout.session", "status": page["status"], "url": page["url"], "setup_intent": setup,
                "metadata": page["metadata"], "created": page["created"]}

    def do_authorise(self, _parts, form):
        if form["customer"] not in self.customers:
            raise Refusal(400, "resource_missing")
        method = self.methods.get(form["payment_method"])
        if not method or method["customer"] != form["customer"]:
            raise Refusal(400, "payment_method_unexpected_state")
        name = self.name("pi")
        self.intents[name] = {"id": name, "object": "payment_intent", "amount": int(form["amount"]), "currency": form["currency"].lower(),
                              "status": "requires_confirmation", "customer": form["customer"], "method": method["id"],
                              "metadata": self.metadata(form), "refunded": False,
                              "created": int(time.time())}
        self.doings.append(("authorise", name))
        return self.shown(self.intents[name])

    @staticmethod
    def shown(intent):
        charge = {"id": "ch_" + intent["id"], "refunded": intent["refunded"]} if intent["status"] == "succeeded" else None
        return {**{k: v for k, v in intent.items() if k not in ("refunded", "method")}, "latest_charge": charge}

    def found(self, name):
        if name not in self.intents:
            raise Refusal(404, "resource_missing")
        return self.intents[name]

    def do_capture(self, parts, _form):
        intent = self.found(parts[1])
        if intent["status"] != "requires_confirmation":
            raise Refusal(400, "payment_intent_unexpected_state")
        if intent["method"] in self.declines:
            intent["status"] = "requires_payment_method"
            raise Refusal(402, "card_declined", "card_error", self.declines[intent["method"]])
        intent["status"] = "succeeded"
        self.doings.append(("capture", intent["id"]))
        return self.shown(intent)

    def do_void(self, parts, _form):
        intent = self.found(parts[1])
        if intent["status"] in ("succeeded", "canceled"):
            raise Refusal(400, "payment_intent_unexpected_state")
        intent["status"] = "canceled"
        self.doings.append(("void", intent["id"]))
        return self.shown(intent)

    def do_refund(self, _parts, form):
        if self.behind:
            return self.do_refund_behind(form["payment_intent"])
        intent = self.found(form["payment_intent"])
        if intent["status"] != "succeeded" or intent["refunded"]:
            raise Refusal(400, "charge_already_refunded")
        intent["refunded"] = True
        self.doings.append(("refund", intent["id"]))
        return {"id": self.name("re"), "object": "refund", "status": "succeeded"}

    def do_status(self, _parts, form):
        return self.part([self.shown(i) for i in self.intents.values() if form.get("customer") in (None, i["customer"])], form)

    def do_one(self, parts, form):
        assert form["expand[]"] == "latest_charge", form
        return self.shown(self.found(parts[1]))

    # ---- a stand-in behind it ----

    def do_refund_behind(self, name):
        if self.ask_behind("GET", f"/v1/payment_intents/{name}")["status"] != "succeeded" or name in self.given_back:
            raise Refusal(400, "charge_already_refunded")
        self.given_back.add(name)
        self.doings.append(("refund", name))
        return {"id": self.name("re"), "object": "refund", "status": "succeeded"}

    def with_refunds(self, status, raw):
        answer = json.loads(raw)
        for intent in answer.get("data", [answer]):
            if intent.get("id") in self.given_back:
                intent["latest_charge"] = {"id": "ch_1", "refunded": True}
        return status, answer

    def pass_on(self, request, body, method=None, path=None):
        line = http.client.HTTPConnection(*self.behind, timeout=20)
        headers = {k: v for k, v in request.headers.items() if k in ("Authorization", "Idempotency-Key", "Content-Type")} if request else {
            "Authorization": f"Bearer {self.secret}", "Content-Type": "application/x-www-form-urlencoded"}
        line.request(method or request.command, path or request.path, body or None, headers)
        answer = line.getresponse()
        raw = answer.read()
        line.close()
        return answer.status, raw

    def ask_behind(self, method, path, **form):
        status, raw = self.pass_on(None, urllib.parse.urlencode(form), method, path)
        assert status == 200, (status, raw)
        return json.loads(raw)

    token = "tok_visa"

    def source(self, customer):
        return self.ask_behind("POST", f"/v1/customers/{customer}/sources", source=self.token)["id"] if self.has_sources() else self.name("pm_card_visa")

    def has_sources(self):
        return self.kind == "charges"

    kind = "intents"

    def everything_behind(self):
        if self.kind == "charges":
            return [{"id": c["id"], "ours": c["metadata"].get("caroline_charge"), "amount": c["amount"], "captured": c["captured"] and c["paid"],
                     "refunded": c["refunded"], "over": c["status"] == "failed" or c["refunded"]}
                    for c in self.ask_behind("GET", "/v1/charges")["data"]]
        return [{"id": i["id"], "ours": i["metadata"].get("caroline_charge"), "amount": i["amount"], "captured": i["status"] == "succeeded",
                 "refunded": i["id"] in self.given_back, "over": i["status"] == "canceled"}
                for i in self.ask_behind("GET", "/v1/payment_intents?limit=100")["data"]]
