// SPDX-License-Identifier: Apache-2.0

/// `HOST[:PORT]/REPOSITORY[:TAG][@DIGEST]` (OCI distribution-spec, "Pulling manifests"). A registry must be named:
/// nothing is guessed to be on a public hub.
package struct ImageReference: Hashable, Sendable {
    /// Host and optional port.
    package struct Registry: Hashable, Sendable, CustomStringConvertible {
        package let host: String
        package var description: String { host }

        /// Loopback registries are spoken to over plain HTTP.
        package var isLoopback: Bool {
            let name =
                host.hasPrefix("[")
                ? String(host.prefix { $0 != "]" }.dropFirst()) : String(host.prefix { $0 != ":" })
            return name == "localhost" || name == "::1" || name.hasPrefix("127.")
        }
    }

    /// A repository name that matches the specification's grammar.
    package struct Repository: Hashable, Sendable, CustomStringConvertible, Comparable {
        package let name: String
        package var description: String { name }
        package static func < (left: Self, right: Self) -> Bool { left.name < right.name }

        package init(_ name: some StringProtocol) throws(ParseError) {
            let components = name.split(separator: "/", omittingEmptySubsequences: false)
            guard name.utf8.count <= 255, components.allSatisfy({ Self.isComponent($0) }) else {
                throw .invalidRepository(String(name))
            }
            self.name = String(name)
        }

        /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
        private static func isComponent(_ text: some StringProtocol) -> Bool {
            var separator: [UInt8] = []
            var seenAlphanumeric = false
            for byte in text.utf8 {
                switch byte {
                case 0x30...0x39, 0x61...0x7A:
                    let fits =
                        separator.isEmpty || separator == [0x2E] || separator == [0x5F]
                        || separator == [0x5F, 0x5F] || separator.allSatisfy { $0 == 0x2D }
                    guard fits else { return false }
                    separator = []
                    seenAlphanumeric = true
                case 0x2E, 0x5F, 0x2D:
                    guard seenAlphanumeric else { return false }
                    separator.append(byte)
                default: return false
                }
            }
            return seenAlphanumeric && separator.isEmpty
        }
    }

    /// A tag: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
    package struct Tag: Hashable, Sendable, CustomStringConvertible, Comparable {
        package let name: String
        package var description: String { name }
        package static func < (left: Self, right: Self) -> Bool { left.name < right.name }

        package init(_ name: some StringProtocol) throws(ParseError) {
            func isWord(_ byte: UInt8) -> Bool {
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
                default: false
                }
            }
            guard let first = name.utf8.first, name.utf8.count <= 128, isWord(first),
                name.utf8.allSatisfy({ isWord($0) || $0 == 0x2E || $0 == 0x2D })
            else { throw .invalidTag(String(name)) }
            self.name = String(name)
        }
    }

    /// Each way to be no reference.
    package enum ParseError: Error, Equatable, CustomStringConvertible {
        case noRegistry(String)
        case invalidRegistry(String)
        case invalidRepository(String)
        case invalidTag(String)
        case invalidDigest(Digest.ParseError)

        package var description: String {
            switch self {
            case .noRegistry(let text):
                "'\(text)' names no registry; write HOST[:PORT]/REPOSITORY[:TAG][@DIGEST], as in 127.0.0.1:5000/app:1"
            case .invalidRegistry(let text): "'\(text)' is not a host name with an optional port"
            case .invalidRepository(let text):
                "'\(text)' is not a repository name; use lower-case letters, digits and single . _ - between them"
            case .invalidTag(let text):
                "'\(text)' is not a tag; use letters, digits, _ . -, at most 128, not starting with . or -"
            case .invalidDigest(let error): error.description
            }
        }
    }

    package let registry: Registry
    package let repository: Repository
    package var tag: Tag?
    package var digest: Digest?

    package init(registry: Registry, repository: Repository, tag: Tag? = nil, digest: Digest? = nil) {
        self.registry = registry
        self.repository = repository
        self.tag = tag
        self.digest = digest
    }

    package init(_ text: String) throws(ParseError) {
        var rest = Substring(text)
        var digest: Digest?
        if let at = rest.firstIndex(of: "@") {
            do throws(Digest.ParseError) {
                digest = try Digest(rest[rest.index(after: at)...])
            } catch { throw .invalidDigest(error) }
            rest = rest[..<at]
        }
        guard let slash = rest.firstIndex(of: "/") else { throw .noRegistry(text) }
        let host = rest[..<slash]
        guard host.contains(".") || host.contains(":") || host == "localhost" else { throw .noRegistry(text) }
        guard
            host.utf8.allSatisfy({
                switch $0 {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x3A, 0x5B, 0x5D: true
                default: false
                }
            })
        else { throw .invalidRegistry(String(host)) }
        rest = rest[rest.index(after: slash)...]
        var tag: Tag?
        if let colon = rest.lastIndex(of: ":") {
            tag = try Tag(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
        }
        self.init(
            registry: Registry(host: String(host)), repository: try Repository(rest), tag: tag, digest: digest
        )
    }

    /// The same repository at a digest, without the tag.
    package func at(_ digest: Digest) -> ImageReference {
        ImageReference(registry: registry, repository: repository, digest: digest)
    }

    /// The same repository at a tag.
    package func tagged(_ tag: Tag) -> ImageReference {
        ImageReference(registry: registry, repository: repository, tag: tag)
    }

    /// `HOST/REPOSITORY`, as signatures name an image.
    package var name: String { "\(registry)/\(repository)" }
}

extension ImageReference: CustomStringConvertible {
    package var description: String {
        name + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }
}

extension ImageReference.Registry {
    package init(_ host: String) { self.host = host }
}
