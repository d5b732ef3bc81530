# SPDX-License-Identifier: Apache-2.0
"""Says how many certificate authorities are trusted, and makes a TLS connection to itself."""
import secrets
import socket
import ssl
import threading

KEY = secrets.token_bytes(32)


def contexts():
    """A server's and a client's side that know each other by a key made for this run: no certificate is needed."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    for context in (server, client):
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ECDHE-PSK-CHACHA20-POLY1305")
    server.set_psk_server_callback(lambda identity: KEY)
    client.set_psk_client_callback(lambda hint: ("app", KEY))
    return server, client


def serve(listener, context):
    connection, _ = listener.accept()
    with context.wrap_socket(connection, server_side=True) as secure:
        secure.sendall(b"hello, " + secure.recv(100))


def main():
    authorities = ssl.create_default_context().cert_store_stats()["x509_ca"]
    print(f"{ssl.OPENSSL_VERSION}, {authorities} certificate authorities")
    if authorities <= 100:
        raise SystemExit("the certificate authorities are missing")
    server, client = contexts()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener, server), daemon=True).start()
        with socket.create_connection(listener.getsockname()) as connection:
            with client.wrap_socket(connection) as secure:
                secure.sendall(b"self")
                answer = secure.recv(100).decode()
                print(f"handshake done: {secure.version()} {secure.cipher()[0]}: {answer}")


main()
