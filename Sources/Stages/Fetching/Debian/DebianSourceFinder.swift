// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Finds the tarball that a Debian source package was made of, as its maintainers took it from upstream: named by the
/// `Sources` index, which the suite's signed release names.
struct DebianSourceFinder: Sendable {
    /// An upstream tarball in the archive.
    struct Tarball: Sendable, Equatable {
        /// Debian's version of the source package.
        let version: DebianVersion
        let url: String
        let digest: Digest
        let size: Int64
    }

    let refresher: RepositoryRefresher

    /// The tarballs of every version that the suite has, the newest first.
    /// - Parameter name: of the source package.
    func tarballs(of name: PackageName, suite: String) async throws(FetchingError) -> [Tarball] {
        let found = try await tarballs(of: [name], suite: suite)[name] ?? []
        guard !found.isEmpty else {
            throw .source("debian:\(name)", reason: "the suite \(suite) has no source package of this name")
        }
        return found
    }

    /// The same for several source packages, whose index is read once; those that the suite does not have are left out.
    func tarballs(
        of names: Set<PackageName>, suite: String
    ) async throws(FetchingError) -> [PackageName: [Tarball]] {
        let what = "debian:\(names.map(\.text).min() ?? "")"
        let components = ["main"]
        let line = Located(
            RepositoryLine.debianSystem(suite: suite, components: components),
            at: SourceLocation(file: what, line: 1, column: 1))
        let (source, verified) = try await SystemRepository(
            apt: try await refresher.machine(), releases: refresher.releases
        ).find(suite, components: components, line: line, ordinal: 0)
        guard let index = verified.release.sources(of: components[0]) else {
            throw .source(
                what, reason: "the suite \(suite) of \(source.url) lists no source packages")
        }
        let places = source.places(of: index, in: verified.release)
        return try await refresher.indexes.read(
            index.wanted(of: source.line, places: places) { text in
                Self.tarballs(of: names, in: text, at: source.url)
            }) ?? [:]
    }

    /// The stanzas of these packages alone are read: the index has 40,000 others.
    static func tarballs(
        of names: Set<PackageName>, in text: [UInt8], at url: String
    ) -> [PackageName: [Tarball]] {
        let wanted = Set(names.map { Array($0.text.utf8)[...] })
        var found: [PackageName: [Tarball]] = [:]
        var start = text.startIndex
        while start < text.endIndex {
            let end = Self.end(of: text, from: start)
            let stanza = text[start..<end]
            if let name = Self.name(of: stanza), wanted.contains(name),
                let fields = try? ControlFile.parse(Array(stanza), what: "an index of sources").first,
                let name = fields["Package"].flatMap({ PackageName($0) }), names.contains(name),
                let tarball = Self.tarball(fields, url)
            {
                found[name, default: []].append(tarball)
            }
            start = end + 1
        }
        return found.mapValues { $0.sorted { $0.version > $1.version } }
    }

    /// Where the blank line after a stanza begins.
    private static func end(of text: [UInt8], from start: Int) -> Int {
        var place = start
        while let newline = text[place...].firstIndex(of: 0x0A) {
            if newline + 1 >= text.count || text[newline + 1] == 0x0A { return newline + 1 }
            place = newline + 1
        }
        return text.count
    }

    /// A stanza has the field once, and archives write it first: hardly one is looked through.
    private static func name(of stanza: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let field = Array("Package:".utf8)
        var rest = stanza
        while !rest.isEmpty {
            let line = rest.prefix { $0 != 0x0A }
            if line.starts(with: field) {
                return line.dropFirst(field.count).drop { $0 == 0x20 || $0 == 0x09 }.prefix {
                    $0 != 0x20 && $0 != 0x09 && $0 != 0x0D
                }
            }
            rest = rest[line.endIndex...].dropFirst()
        }
        return nil
    }

    /// `NAME_VERSION.orig.tar.*`, whole and not a component of several; `NAME_VERSION.tar.*` of what Debian itself is the
    /// upstream of (a native package, whose version has no revision: Debian policy, 5.6.12).
    private static func tarball(_ fields: ControlStanza, _ url: String) -> Tarball? {
        guard let version = fields["Version"].flatMap({ DebianVersion($0) }),
            let directory = fields["Directory"],
            let list = fields["Checksums-Sha256"]
        else { return nil }
        let ending =
            version.hasRevision ? ".orig.tar." : "_\(version.withoutEpoch).tar."
        for line in list.split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count == 3, let digest = try? Digest(hex: words[0]), let size = Int64(words[1]),
                size > 0,
                !words[2].contains("/")
            else { continue }
            let isTarball = ["gz", "xz", "bz2", "lzma"].contains { words[2].hasSuffix(ending + $0) }
            guard isTarball else { continue }
            return Tarball(
                version: version, url: PercentEncoding.url(url, "\(directory)/\(words[2])"), digest: digest,
                size: size)
        }
        return nil
    }
}
