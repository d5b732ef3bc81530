// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    internal import Glibc
#endif

/// Runs the real tools (`tar`, `ar`, `xz`, `gpg`, …) whose output tests are made from, through `/bin/sh`.
package enum Tool {
    package struct Failure: Error, CustomStringConvertible {
        package let script: String
        package let status: Int32
        package let output: String
        package var description: String { "status \(status) of: \(script)\n\(output)" }
    }

    /// Runs a script in `directory` (with a fixed umask, locale and time zone) and returns what it wrote to standard
    /// output and standard error, in one. Throws `Failure` where it does not exit with 0.
    @discardableResult
    package static func sh(_ script: String, in directory: String) throws -> [UInt8] {
        let command =
            "cd '\(directory)' && umask 022 && export LC_ALL=C TZ=UTC && set -e && { \(script)\n} 2>&1"
        guard let pipe = popen(command, "r") else {
            throw Failure(script: script, status: -1, output: "popen")
        }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            if count == 0 { break }
            output.append(contentsOf: buffer[..<count])
        }
        let status = pclose(pipe)
        guard status == 0 else {
            throw Failure(script: script, status: status, output: String(decoding: output, as: UTF8.self))
        }
        return output
    }

    /// A line for a shell that flips one bit of a file; a negative offset counts from the end.
    package static func flip(_ file: String, at offset: Int) -> String {
        "python3 -c 'd = bytearray(open(\"\(file)\", \"rb\").read()); d[\(offset)] ^= 1; open(\"\(file)\", \"wb\").write(d)'"
    }

    /// Lines for a shell that put this machine's busybox and a link for each of its programs into a folder.
    package static func busybox(in folder: String) -> String {
        """
        mkdir -p \(folder); cp "$(command -v busybox)" \(folder)/busybox
        for name in $(busybox --list); do [ $name = busybox ] || ln -s busybox \(folder)/$name; done
        """
    }

    /// A line for a shell that waits until the clock shows another second: what keeps a time is not the same after it.
    package static let nextSecond = "now=$(date +%s); until [ $(date +%s) != $now ]; do sleep 0.05; done"

    /// Whether files can be given away.
    package static let isRoot = geteuid() == 0

    /// True where a program of that name can be run.
    package static func exists(_ name: String) -> Bool {
        (try? sh("command -v \(name)", in: "/")) != nil
    }
}

/// A directory of its own for one test, removed when the value goes.
package final class Scratch: Sendable {
    package let path: String

    package init() throws {
        var template = Array("/tmp/slipway-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Tool.Failure(script: "mkdtemp", status: errno, output: "")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { _ = try? Tool.sh("chmod -R u+rwx '\(path)'; rm -rf '\(path)'", in: "/") }

    /// Runs a script in this directory.
    @discardableResult
    package func sh(_ script: String) throws -> [UInt8] { try Tool.sh(script, in: path) }

    package func write(_ bytes: [UInt8], to name: String) throws {
        guard let file = fopen("\(path)/\(name)", "w") else {
            throw Tool.Failure(script: "fopen \(name)", status: errno, output: "")
        }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
            throw Tool.Failure(script: "fwrite \(name)", status: errno, output: "")
        }
    }

    package func read(_ name: String) throws -> [UInt8] {
        try sh("cat '\(name)'")
    }
}
