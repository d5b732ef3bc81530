// SPDX-License-Identifier: Apache-2.0

/// What an Alpine package says of itself: the file `.PKGINFO` of its control member (apk-package(5)). Dependencies and
/// the like are texts as they stand (`so:libc.so.6`, `!other`, `name>=1.2`), one an element.
package struct PackageInfo: Sendable, Equatable {
    package var name: PackageName
    /// With the release: `1.0.0-r0`.
    package var version: String
    package var architecture: String
    package var summary: String
    package var homepage: String
    /// An SPDX expression; empty where it is not said.
    package var license: String
    /// Nil where the package is its own origin.
    package var origin: String?
    package var maintainer: String?
    /// Of the recipe's repository.
    package var commit: String?
    /// In seconds since 1970; 0 where it is not said.
    package var built: Int64
    /// Bytes of the files, as the package claims.
    package var installedSize: Int64
    package var depends: [String] = []
    package var provides: [String] = []
    package var replaces: [String] = []
    package var installIf: [String] = []
    /// Paths and patterns whose change runs the package's trigger.
    package var triggers: [String] = []
    package var providerPriority: UInt32
    package var replacesPriority: UInt32
    /// SHA-256 of the compressed data member; nil in packages that do not name it.
    package var dataDigest: Digest?

    /// Reads `.PKGINFO`: lines of `key = value`, comments from `#`. Keys that are not known are passed over, as the
    /// format grows so. Throws what another reader could take for another package: no name or version, or two.
    package init(parsing text: [UInt8]) throws(PackageInfoError) {
        let fields = try PackageInfoFields(text)
        let text = try fields.required("pkgname")
        guard let name = PackageName(text), name.text.utf8.first != 0x2E else {
            throw .badValue(key: "pkgname", value: text)
        }
        self.name = name
        version = try fields.required("pkgver")
        guard AlpineVersion(version) != nil else { throw .badValue(key: "pkgver", value: version) }
        architecture = try fields.single("arch") ?? ""
        summary = fields.last("pkgdesc") ?? ""
        homepage = fields.last("url") ?? ""
        // Some writers give one line for each part: all of them hold.
        let parts = fields.all("license")
        license = parts.map { parts.count > 1 && $0.contains(" OR ") ? "(\($0))" : $0 }.joined(
            separator: " AND ")
        origin = fields.last("origin")
        maintainer = fields.last("maintainer")
        commit = fields.last("commit")
        built = try fields.number("builddate")
        installedSize = try fields.number("size")
        depends = fields.words("depend")
        provides = fields.words("provides")
        replaces = fields.words("replaces")
        installIf = fields.words("install_if")
        triggers = fields.words("triggers")
        providerPriority = try fields.number("provider_priority")
        replacesPriority = try fields.number("replaces_priority")
        dataDigest = try fields.single("datahash").map { value throws(PackageInfoError) in
            guard let digest = try? Digest(hex: value) else { throw .badValue(key: "datahash", value: value) }
            return digest
        }
    }
}

/// Why a `.PKGINFO` says nothing that can be used.
package enum PackageInfoError: Error, Equatable, CustomStringConvertible {
    case badLine(String)
    case missing(String)
    /// Two lines of a key that names the package or its bytes.
    case twice(String)
    case badValue(key: String, value: String)

    package var description: String {
        switch self {
        case .badLine(let line): "its .PKGINFO has the line '\(line)', which is no 'key = value'"
        case .missing(let key): "its .PKGINFO has no \(key)"
        case .twice(let key): "its .PKGINFO has more than one \(key)"
        case .badValue(let key, let value): "its .PKGINFO says \(key) = '\(value.prefix(80))'"
        }
    }
}

/// The lines of a `.PKGINFO` by their keys; empty values count as none.
private struct PackageInfoFields {
    private var values: [String: [String]] = [:]

    init(_ text: [UInt8]) throws(PackageInfoError) {
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let line = Self.trimmed(line)
            if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")), equals > line.startIndex else {
                throw .badLine(String(decoding: line.prefix(80), as: UTF8.self))
            }
            let value = Self.trimmed(line[(equals + 1)...])
            if value.isEmpty { continue }
            values[String(decoding: Self.trimmed(line[..<equals]), as: UTF8.self), default: []].append(
                String(decoding: value, as: UTF8.self))
        }
    }

    func all(_ key: String) -> [String] { values[key] ?? [] }
    func last(_ key: String) -> String? { values[key]?.last }

    func single(_ key: String) throws(PackageInfoError) -> String? {
        guard all(key).count <= 1 else { throw .twice(key) }
        return last(key)
    }

    func required(_ key: String) throws(PackageInfoError) -> String {
        guard let value = try single(key) else { throw .missing(key) }
        return value
    }

    func words(_ key: String) -> [String] {
        all(key).flatMap { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
    }

    func number<Number: FixedWidthInteger>(_ key: String) throws(PackageInfoError) -> Number {
        guard let text = last(key) else { return 0 }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Number(text) else {
            throw .badValue(key: key, value: text)
        }
        return number
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
        let start = line.drop(while: isBlank)
        return start.prefix(upTo: (start.lastIndex { !isBlank($0) } ?? start.startIndex - 1) + 1)
    }
}
