// SPDX-License-Identifier: Apache-2.0
internal import Building
internal import Storage
package import Vocabulary

/// A signed repository of Alpine packages on this machine, made by the real packer and indexer. Removed with the value.
///
/// Packages are added one by one, or as lines of a small language,
///
///     name 1.0-r0; depends: a>=1 !b; provides: so:x.so.1=1; install-if: a=1-r0 b; arch: noarch; file: usr/bin/x
///
/// one package a line, where blank lines and lines from `#` are for people. A package holds what `file:` names (the text
/// in it is `name version`), or `usr/share/NAME` where nothing is named.
package final class AlpineRepository: Sendable {
    /// Everything about a package but its files.
    package struct Facts: Sendable {
        package var architecture = "x86_64"
        package var depends: [String] = []
        package var provides: [String] = []
        package var replaces: [String] = []
        package var installIf: [String] = []
        package var origin: String?
        package var license = "MIT"
        package var providerPriority: UInt32 = 0
        package var replacesPriority: UInt32 = 0
        package var scripts: [PackageMetadata.ScriptKind: String] = [:]
        package var triggerPaths: [String] = []

        package init() {}
    }

    /// The time of every package: 2026-01-02T03:04:05Z.
    package static let time: Int64 = 1_767_323_045
    /// Making a key takes a while: all repositories of a test run have one of two.
    private static let keys = (first: try? newKey("packages.rsa.pub"), other: try? newKey("other.rsa.pub"))

    private let scratch: Scratch
    private let key: PackageSigningKey
    /// Folders below are named by architecture; a web server serves it.
    package var directory: String { "\(scratch.path)/public" }
    package var url: String { "file://\(directory)" }
    /// PEM; its file name is the key's name.
    package var publicKey: String { "\(scratch.path)/\(key.name)" }
    /// PEM, PKCS #1.
    package var privateKey: String { "\(scratch.path)/\(key.name.dropLast(4))" }
    /// Beside `directory`, for what a test writes.
    package var root: String { scratch.path }

    /// An empty repository. With `otherKey` it is signed by another key than most.
    package init(otherKey: Bool = false) throws {
        scratch = try Scratch()
        guard let key = otherKey ? Self.keys.other : Self.keys.first else {
            throw Tool.Failure(script: "a key for tests", status: 1, output: "was not made")
        }
        self.key = key
        try scratch.sh("mkdir public")
        try scratch.write(key.publicPEM, to: key.name)
        try scratch.write(key.privatePEM, to: String(key.name.dropLast(4)))
    }

    private static func newKey(_ name: String) throws -> PackageSigningKey {
        try PackageSigningKey.generate(bits: 2048, name: name)
    }

    /// Adds the packages of the language and publishes.
    package convenience init(_ world: String) throws {
        try self.init()
        try add(world: world)
        try publish()
    }

    /// Packs what `script`, which runs in an empty folder with root's umask 022, puts there.
    /// - Parameter signed: whether the package has a signature of its own beside the index's.
    /// - Returns: the path of the package.
    @discardableResult
    package func add(
        _ name: String, _ version: String, _ facts: Facts = Facts(), signed: Bool = true, script: String
    ) throws -> String {
        try scratch.sh("rm -rf tree; mkdir tree; cd tree\n\(script)")
        guard let packageName = PackageName(name) else {
            throw Tool.Failure(script: name, status: 1, output: "is no name")
        }
        var metadata = PackageMetadata(
            name: packageName, version: version, architecture: facts.architecture,
            description: "\(name) for tests")
        metadata.license = facts.license
        metadata.origin = facts.origin
        metadata.maintainer = "Somebody <somebody@example.org>"
        metadata.dependencies.runtime = facts.depends
        metadata.dependencies.provides = facts.provides
        metadata.dependencies.replaces = facts.replaces
        metadata.dependencies.installIf = facts.installIf
        metadata.dependencies.providerPriority = facts.providerPriority
        metadata.dependencies.replacesPriority = facts.replacesPriority
        metadata.scripts = facts.scripts
        metadata.triggerPaths = facts.triggerPaths
        // A package for any architecture stands in each architecture's folder.
        let places = facts.architecture == "noarch" ? ["x86_64", "aarch64"] : [facts.architecture]
        var path = ""
        for place in places {
            let folder = HostPath("\(directory)/\(place)")
            try HostDirectory.create(folder)
            path =
                try AlpinePacker(key: signed ? key : nil, scratch: HostPath(scratch.path)).pack(
                    HostPath("\(scratch.path)/tree"), metadata, owners: .asInFolder, time: Self.time,
                    into: folder
                ).path.text
        }
        return path
    }

    /// The same for files that hold these texts.
    @discardableResult
    package func add(
        _ name: String, _ version: String, _ facts: Facts = Facts(), signed: Bool = true,
        files: [String: String]
    ) throws -> String {
        let script = files.sorted { $0.key < $1.key }.map { path, text in
            "mkdir -p \"$(dirname '\(path)')\"; cat > '\(path)' <<'END'\n\(text)\nEND\n"
        }
        return try add(name, version, facts, signed: signed, script: script.joined())
    }

    /// Adds busybox with its links, for root: all that most build roots need.
    package func addBusybox() throws {
        try add("busybox", "1-r0", script: Tool.busybox(in: "bin"))
    }

    /// Adds packages of the language.
    package func add(world: String) throws {
        for line in world.split(separator: "\n") {
            let parts = line.split(separator: ";").map { Self.trimmed($0) }
            guard let head = parts.first, !head.hasPrefix("#"), !head.isEmpty else { continue }
            let words = head.split(separator: " ").map(String.init)
            var (facts, files) = (Facts(), [String]())
            for part in parts.dropFirst() { try Self.apply(part, to: &facts, &files) }
            let version = words.count > 1 ? words[1] : "1.0-r0"
            if files.isEmpty { files = ["usr/share/\(words[0])"] }
            try add(
                words[0], version, facts,
                files: Dictionary(uniqueKeysWithValues: files.map { ($0, "\(words[0]) \(version)") }))
        }
    }

    private static func apply(_ part: String, to facts: inout Facts, _ files: inout [String]) throws {
        let pair = part.split(separator: ":", maxSplits: 1).map { trimmed($0) }
        let values = (pair.count > 1 ? pair[1] : "").split(separator: " ").map(String.init)
        switch pair[0] {
        case "depends": facts.depends = values
        case "provides": facts.provides = values
        case "replaces": facts.replaces = values
        case "install-if": facts.installIf = values
        case "arch": facts.architecture = values[0]
        case "origin": facts.origin = values[0]
        case "license": facts.license = values.joined(separator: " ")
        case "provider-priority": facts.providerPriority = UInt32(values[0]) ?? 0
        case "replaces-priority": facts.replacesPriority = UInt32(values[0]) ?? 0
        case "file": files += values
        default: throw Tool.Failure(script: part, status: 1, output: "is no field of the language")
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    /// Takes every version of a package out.
    package func remove(_ name: String) throws {
        try scratch.sh("rm -f public/*/'\(name)'-[0-9]*.apk")
    }

    /// Indexes and signs each architecture's folder.
    package func publish(signed: Bool = true) throws {
        let indexer = AlpineIndexer(key: signed ? key : nil)
        for name in try HostDirectory.names(in: HostPath(directory)) {
            _ = try indexer.index(HostPath("\(directory)/\(name)"))
        }
    }

    /// Runs a script in `root`.
    @discardableResult
    package func sh(_ script: String) throws -> [UInt8] { try scratch.sh(script) }
}
