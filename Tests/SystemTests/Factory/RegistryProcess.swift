// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestHouse
import Vocabulary

/// `slipway registry serve` in a process of its own, which can be killed and started again at the same address. It
/// ends with the value.
final class RegistryProcess {
    struct DidNotStart: Error { let said: String }

    private let root: String
    private(set) var port = 0
    private(set) var pid: pid_t = 0
    private var output: UnsafeMutablePointer<FILE>?

    var address: String { "127.0.0.1:\(port)" }

    /// Starts it over a directory.
    init(root: String) throws {
        self.root = root
        try start()
    }

    /// Starts it again where it was.
    func start() throws {
        let serve = SlipwayProgram.command(
            ["registry", "serve", "--listen", "127.0.0.1:\(port)", "--root", root, "--json"], home: root)
        // The shell becomes the program, so that its number is the program's.
        let command = "mkdir -p '\(root)'; echo $$; exec \(serve) 2>&1"
        guard let output = popen(command, "r") else {
            throw DidNotStart(said: "popen: \(errno)")
        }
        let first = Self.line(output)
        // The line that says which port: until then nobody may knock.
        let said = Self.line(output)
        guard let pid = pid_t(first.filter(\.isNumber)) else { throw DidNotStart(said: first) }
        struct Listening: Decodable { let port: Int }
        guard
            let port = (try? CanonicalJSON.decode(Listening.self, from: Array(said.utf8), what: "the line"))?
                .port
        else {
            kill(pid, SIGKILL)
            pclose(output)
            throw DidNotStart(said: said)
        }
        (self.pid, self.port, self.output) = (pid, port, output)
    }

    /// Kills it, where it still runs, and waits for its end.
    func stop() {
        guard let output else { return }
        kill(pid, SIGKILL)
        pclose(output)
        self.output = nil
    }

    deinit { stop() }

    private static func line(_ output: UnsafeMutablePointer<FILE>) -> String {
        var line = [CChar](repeating: 0, count: 1024)
        guard fgets(&line, 1024, output) != nil else { return "" }
        return String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: - What it shows

    /// What a tag or digest of a repository names; nil where there is nothing.
    func digest(_ repository: String, _ reference: String) throws -> String? {
        let answer = try RawHTTP.ask(
            port, "HEAD", "/v2/\(repository)/manifests/\(reference)",
            ["Accept": "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"])
        return answer.status == 200 ? answer["docker-content-digest"] : nil
    }

    /// The answer to a question about a repository, as text.
    func ask(_ target: String) throws -> String { try RawHTTP.ask(port, "GET", "/v2/\(target)").text }
}
