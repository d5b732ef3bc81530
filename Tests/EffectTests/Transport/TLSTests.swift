// SPDX-License-Identifier: Apache-2.0
import Glibc
import TestHouse
import Testing
import Vocabulary

@testable import Transport

/// Against `openssl s_server` with a certificate of its own.
@Suite(.enabled(if: Tool.exists("openssl"), "openssl is not installed")) struct TLSTests {
    /// Runs the server in the background of a shell, on a free port, and stops it at the end.
    private func withServer(_ body: (Scratch, String) async throws -> Void) async throws {
        let scratch = try Scratch()
        try scratch.sh(
            """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem \
                -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout other.key -out other.pem \
                -days 30 -subj /CN=other
            mkdir -p www; printf secret > www/file
            cd www
            openssl s_server -accept 127.0.0.1:0 -cert ../cert.pem -key ../key.pem -WWW >../log 2>&1 &
            echo $! > ../pid
            i=0; while ! grep -q ^ACCEPT ../log; do i=$((i+1)); [ $i -lt 20000 ] || exit 1; done
            """)
        defer { _ = try? scratch.sh("kill $(cat pid)") }
        let port = String(decoding: try scratch.sh("sed -n 's/^ACCEPT .*://p' log"), as: UTF8.self).prefix {
            $0 != "\n"
        }
        try await body(scratch, "https://localhost:\(port)/file")
    }

    private func transport(_ scratch: Scratch, _ certificates: String?) throws -> HTTPTransport {
        var configuration = TransportConfiguration()
        configuration.trustedCertificates = certificates.map { "\(scratch.path)/\($0)" }
        configuration.sleep = { _ in }
        return try HTTPTransport(configuration)
    }

    @Test func trustsWhatItIsTold() async throws {
        try await withServer { scratch, url in
            let transport = try transport(scratch, "cert.pem")
            let reply = try await transport.get(url)
            #expect(reply.text == "secret")
            try await transport.shutdown()
        }
    }

    @Test(arguments: [nil, "other.pem"]) func refusesStrangers(_ certificates: String?) async throws {
        try await withServer { scratch, url in
            let transport = try transport(scratch, certificates)
            await #expect {
                try await transport.get(url)
            } throws: {
                if case TransportError.unreachable(_, let reason, 1) = $0 {
                    reason.contains("TLS")
                } else {
                    false
                }
            }
            try await transport.shutdown()
        }
    }
}
