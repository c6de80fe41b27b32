"""Counts words: `plugin: {word-count: {text: "…"}}` puts out the parameter `words`."""
import hmac
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Outrigger names another place where it cannot mount this one (a laptop without user namespaces).
with open(os.environ.get("OUTRIGGER_TOKEN_PATH", "/var/run/argo/token")) as file:
    EXPECTED = "Bearer " + file.read().strip()


def execute(template):
    block = template.get("plugin", {}).get("word-count")
    if block is None:
        return {}  # another plugin's task
    words = len(block.get("text", "").split())
    outputs = {"parameters": [{"name": "words", "value": words}]}
    return {"node": {"phase": "Succeeded", "message": f"{words} words", "outputs": outputs}}


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if not hmac.compare_digest(self.headers.get("Authorization", ""), EXPECTED):
            self.answer(403, {"error": "wrong token"})
        elif self.path != "/api/v1/template.execute":
            self.answer(404, {"error": "no such method"})
        else:
            self.execute(body)

    def execute(self, body):
        try:
            reply = execute(json.loads(body)["template"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return self.answer(400, {"error": f"not a request: {error!r}"})
        self.answer(200, reply)

    def answer(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, template, *values):
        print(template % values, flush=True)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", 14375), Handler).serve_forever()
