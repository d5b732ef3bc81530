// SPDX-License-Identifier: Apache-2.0

/// A signed Debian repository on this machine, made with `dpkg-deb` and `gpg` by `Scripts/local-repository.sh`, which
/// the demo uses too. Removed with the value.
package final class LocalRepository: Sendable {
    /// The script; also for tests of the whole line.
    package static let script = sourceRoot + "/Scripts/local-repository.sh"

    private let scratch: Scratch
    package var root: String { scratch.path }
    /// What a web server serves.
    package var directory: String { "\(scratch.path)/public" }
    package var url: String { "file://\(directory)" }
    /// The keyring that holds the key of this repository, alone.
    package var keyring: String { "\(scratch.path)/archive.gpg" }

    /// An empty repository with a key of its own.
    package init() throws {
        scratch = try Scratch()
        try sh("'\(Self.script)' init .")
    }

    /// Builds a package into the pool. `fields` are further lines of its control file, `files` texts by path.
    package func add(
        _ name: String, _ version: String, architecture: String = "amd64", fields: [String] = [],
        files: [String: String] = [:]
    ) throws {
        let control =
            [
                "Package: \(name)", "Version: \(version)", "Architecture: \(architecture)",
                "Maintainer: Somebody <somebody@example.org>", "Description: a package for tests",
            ] + fields
        var script =
            "rm -rf tree built; mkdir -p tree/DEBIAN tree/usr/share/doc/\(name); echo \(name) \(version) > tree/usr/share/doc/\(name)/copyright\n"
        script += "cat > tree/DEBIAN/control <<'END'\n\(control.joined(separator: "\n"))\nEND\n"
        for (path, text) in files.sorted(by: { $0.key < $1.key }) {
            script += "mkdir -p \"tree/$(dirname '\(path)')\"; cat > 'tree/\(path)' <<'END'\n\(text)\nEND\n"
        }
        try sh(
            script
                + "find tree -exec touch -h -d @1750000000 {} +\n'\(Self.script)' add . \"$('\(Self.script)' deb tree built)\""
        )
    }

    /// Copies finished packages into the pool.
    package func add(files: [String]) throws {
        try sh("'\(Self.script)' add . \(files.map { "'\($0)'" }.joined(separator: " "))")
    }

    /// The same package under another version, in the pool; the path of its file.
    @discardableResult
    package func reversion(_ file: String, to version: String) throws -> String {
        let output = try sh("'\(Self.script)' reversion '\(file)' '\(version)' public/pool/main")
        return "\(root)/" + String(decoding: output, as: UTF8.self).split(separator: "\n").joined()
    }

    /// Indexes, signs, and moves InRelease last. `settings` are the script's variables.
    package func publish(_ settings: [String: String] = [:]) throws {
        let all = ["DATE": "2026-03-01 12:00:00 UTC"].merging(settings) { $1 }
        let variables = all.sorted { $0.key < $1.key }.map { "\($0.key)='\($0.value)'" }.joined(
            separator: " ")
        try sh("\(variables) '\(Self.script)' publish .")
    }

    /// Runs a script in the repository's root.
    @discardableResult
    package func sh(_ script: String) throws -> [UInt8] { try scratch.sh(script) }
}

/// The folder of Package.swift.
package let sourceRoot = String(#filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined())

/// The finished program as the tests' own build made it.
package let slipwayProgram = sourceRoot + "/.build/debug/slipway"
