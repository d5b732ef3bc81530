#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A web server on loopback that serves a directory, and misbehaves as a script tells it.

usage: bad-mirror.py DIRECTORY SCRIPT LOG     prints its port on the first line

SCRIPT is read again for each request: lines of `PATH-SUFFIX ACTION ACTION …`. The n-th request for a path that ends so
gets the n-th action, later ones the last. `{name}` in LOG's lines: `METHOD PATH ACTION`. Actions:

  ok             the file                             absent         404
  status=CODE    an empty answer                      reset          the connection is cut before any answer
  truncate=N     N bytes of the file, then the end    flip=N         the lowest bit of byte N is another
  stall=N        N bytes, then silence                oversize=N     N bytes more than the file has, in chunks
  short          a whole answer of all but one byte   loop           a redirect to itself
  to=PATH        a redirect to PATH                   old=PATH       the content of another path
"""
import http.server
import os
import socket
import sys
import threading
import time

directory, script, log = sys.argv[1:4]
counts = {}
lock = threading.Lock()
stop = threading.Event()


def action_for(path):
    with lock:
        try:
            lines = open(script, encoding="utf-8").read().splitlines()
        except FileNotFoundError:
            lines = []
        for line in lines:
            words = line.split()
            if words and path.endswith(words[0]):
                number = counts.get((line, path), 0)
                counts[(line, path)] = number + 1
                return words[1:][min(number, len(words) - 2)]
    return "ok"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        action, _, argument = action_for(self.path).partition("=")
        with lock, open(log, "a", encoding="utf-8") as out:
            out.write(f"{self.command} {self.path} {action}\n")
        if action == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            return self.hang_up()
        if action in ("loop", "to"):
            self.send_response(302)
            self.send_header("Location", argument or self.path)
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if action == "status":
            return self.empty(int(argument))
        path = os.path.join(directory, (argument if action == "old" else self.path).lstrip("/"))
        if action == "absent" or not os.path.isfile(path):
            return self.empty(404)
        with open(path, "rb") as file:
            self.serve(bytearray(file.read()), action, int(argument) if argument.isdigit() else 0)

    def empty(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def serve(self, body, action, number):
        if action == "flip":
            body[number % len(body)] ^= 1
        if action == "short":
            body = body[:-1]
        self.send_response(200)
        if action == "oversize":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            body += b"\n" * number
            for start in range(0, len(body), 65536):
                piece = body[start : start + 65536]
                self.wfile.write(b"%x\r\n" % len(piece) + piece + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")
            return
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if action in ("truncate", "stall"):
            self.wfile.write(body[:number])
            self.wfile.flush()
            if action == "stall":
                stop.wait()
            return self.hang_up()
        self.wfile.write(body)

    def hang_up(self):
        self.close_connection = True
        self.connection.close()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # clients hang up on us, and that is the point


def end_with(owner):
    """A test that is killed says goodbye to nobody."""
    while os.getppid() == owner:
        time.sleep(0.5)
    os._exit(0)


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
print(server.server_address[1], os.getpid(), flush=True)
server.serve_forever()
