/**
 * What extensions of tests ask and take by, in Python: sockets alone, because the machine's `http` and `urllib`
 * take longer to load than an init may on a slow one.
 */
export const LISTENER = `#!/usr/bin/python3 -IS
import json, os, socket, sys, threading, time

def read(file):
    first = file.readline().decode().split()
    headers = {}
    for line in iter(file.readline, b"\\r\\n"):
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    body = file.read(int(headers.get("content-length", 0)))
    return first, headers, body

# Asks the Runtime API: the status, the headers by their lower names, the body.
def ask(method, path, body=b"", **headers):
    host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].rsplit(":", 1)
    given = {"Host": host, "Content-Length": len(body), "Connection": "close"}
    given.update({name.replace("_", "-"): value for name, value in headers.items()})
    head = "".join(f"{name}: {value}\\r\\n" for name, value in given.items())
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"{method} {path} HTTP/1.1\\r\\n{head}\\r\\n".encode() + body)
        first, headers, answer = read(connection.makefile("rb"))
        return int(first[1]), headers, answer

# Gives each batch of telemetry that comes to an address to a function.
def listen(host, port, take):
    def serve(connection):
        with connection, connection.makefile("rb") as file:
            take(json.loads(read(file)[2]))
            connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n")
    def accept(server):
        while True: serve(server.accept()[0])
    server = socket.create_server((host, port))
    threading.Thread(target=accept, args=(server,), daemon=True).start()

def register(events):
    status, headers, _ = ask("POST", "/2020-01-01/extension/register", json.dumps({"events": events}).encode(), Lambda_Extension_Name="listener")
    return headers["lambda-extension-identifier"]

def subscribe(path, key, schema, types, buffering, destination):
    body = {"schemaVersion": schema, "types": types, "buffering": buffering, "destination": destination}
    status, _, answer = ask("PUT", path, json.dumps(body).encode(), Lambda_Extension_Identifier=key)
    return [status, answer.decode() if status < 400 else json.loads(answer)["errorType"]]

def next_event(key):
    return json.loads(ask("GET", "/2020-01-01/extension/event/next", Lambda_Extension_Identifier=key)[2])

`;
