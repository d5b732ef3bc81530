// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    internal import Glibc
#endif

/// A web server on loopback over a directory that misbehaves as its script says: see `Scripts/testing/bad-mirror.py`
/// for the actions. It ends with the value.
package final class BadMirror {
    private let scratch: Scratch
    private let process: UnsafeMutablePointer<FILE>
    private let pid: pid_t
    package let url: String

    package init(serving directory: String, script: String = "") throws {
        scratch = try Scratch()
        try scratch.write(Array(script.utf8), to: "script")
        try scratch.write([], to: "log")
        let command =
            "exec python3 '\(sourceRoot)/Scripts/testing/bad-mirror.py' '\(directory)' '\(scratch.path)/script' '\(scratch.path)/log'"
        guard let process = popen(command, "r") else {
            throw Tool.Failure(script: command, status: errno, output: "popen")
        }
        // Its first line says that it listens, so that nobody has to wait for it.
        var line = [CChar](repeating: 0, count: 64)
        guard fgets(&line, 64, process) != nil else {
            throw Tool.Failure(script: command, status: pclose(process), output: "it did not start")
        }
        let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let port = Int(words[0]), let pid = pid_t(words[1]) else {
            throw Tool.Failure(script: command, status: pclose(process), output: "\(words)")
        }
        self.process = process
        self.pid = pid
        url = "http://127.0.0.1:\(port)"
    }

    deinit {
        kill(pid, SIGKILL)
        pclose(process)
    }

    /// The file that each request is written to, `METHOD PATH ACTION`.
    package var log: String { "\(scratch.path)/log" }

    /// Another script from the next request on.
    package func follow(_ script: String) throws {
        try scratch.write(Array(script.utf8), to: "script")
        try scratch.write([], to: "log")
    }

    /// The paths that were asked for since the script began, in order.
    package func requests() throws -> [String] {
        String(decoding: try scratch.read("log"), as: UTF8.self).split(separator: "\n").compactMap {
            $0.split(separator: " ").dropFirst().first.map(String.init)
        }
    }
}
