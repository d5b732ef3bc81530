// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

/// Makes a lock of apko's: its packages exactly, each with what its own file says of it. No repository is asked, so that
/// a version that the index no longer has is built all the same, from its place.
struct ApkoLockReader {
    let file: DefinitionFile
    let apko: ApkoLock
    /// Where it was read.
    let path: HostPath
    /// What the base image holds, for each architecture; apko's lock does not say it.
    var base: [RepositorySnapshot.Index] = []

    /// Throws where the lock was made of another definition, or lacks an architecture of this one; the diagnostics of
    /// one that can be used.
    func check() throws(PipelineError) -> [Diagnostic] {
        let wanted = ApkoLockWriter.checksum(of: file)
        if let checksum = apko.config?.checksum, checksum != wanted {
            throw .apkoLockIsStale(path, definition: file.path)
        }
        for architecture in file.definition.architectures where packages(for: architecture).isEmpty {
            throw .lockUnreadable(path, reason: "it has no packages for \(architecture)")
        }
        let trusted = Diagnostic(
            .warning, .apkoLockTrusted,
            "'\(path)' is apko's: its checksums vouch for the packages, and no index's signature does")
        let unchecked = Diagnostic(
            .warning, .apkoLockUnchecked,
            "'\(path)' does not say of which definition it is, as apko's locks before 0.13; it is taken for this one"
        )
        return apko.config?.checksum == nil ? [trusted, unchecked] : [trusted]
    }

    private func packages(for architecture: Architecture) -> [ApkoLock.Package] {
        apko.contents.packages.filter { Architecture(alpineName: $0.architecture) == architecture }
    }

    /// Each package file once.
    func unpinned() throws -> [UnpinnedPackage] {
        var found: [String: UnpinnedPackage] = [:]
        for package in file.definition.architectures.flatMap({ packages(for: $0) }) {
            guard let name = PackageName(package.name), let size = package.size else { continue }
            found[package.checksum] = UnpinnedPackage(
                name: name, version: package.version, checksum: package.checksum, size: size,
                places: [try place(of: package)])
        }
        return found.values.sorted { ($0.name, $0.checksum) < ($1.name, $1.checksum) }
    }

    private func place(of package: ApkoLock.Package) throws -> String {
        guard !package.url.contains("://") else { return package.url }
        guard
            case .alpine(let path, _) = try DefinitionFile.located(
                .alpine(location: package.url, tag: nil), beside: file.path)
        else { return package.url }
        return "file://" + path.replacing("%", with: "%25")
    }

    /// Where each package file lies, by its digest.
    func places(_ pins: PackagePins) throws -> [String: [String]] {
        var places: [String: [String]] = [:]
        for package in try unpinned() {
            guard let pin = pins.files[package.checksum] else { continue }
            places[pin.digest.description] = package.places
        }
        return places
    }

    /// As much of each architecture as fetching must know.
    func outlines(_ pins: PackagePins) -> [ArchitectureLock] {
        file.definition.architectures.map { architecture in
            let packages = packages(for: architecture).compactMap { package -> LockedPackage? in
                guard let pin = pins.files[package.checksum], let name = PackageName(package.name) else {
                    return nil
                }
                return LockedPackage(
                    name: name, version: package.version, architecture: package.architecture,
                    role: .installed,
                    sourceName: name, sourceVersion: package.version, maintainer: nil, homepage: nil,
                    digest: pin.digest, checksum: package.checksum, size: pin.size, installedSize: nil,
                    requestedBy: [], edges: [])
            }
            return ArchitectureLock(
                architecture: architecture, family: .alpine, packages: packages, dropped: [])
        }
    }

    /// The lock, once every package file is in the store.
    func lock(_ pins: PackagePins, packages store: ContentStore) throws -> Lock {
        var architectures: [ArchitectureLock] = []
        for architecture in file.definition.architectures {
            var members: [Member] = []
            for package in packages(for: architecture) {
                guard let pin = pins.files[package.checksum], let name = PackageName(package.name) else {
                    throw PipelineError.lockUnreadable(
                        path, reason: "the package '\(package.name)' was not found")
                }
                let control = try ApkReader(try store.reader(of: pin.digest)).readControl()
                members.append(Member(name: name, locked: package, pin: pin, info: control.info))
            }
            architectures.append(
                ArchitectureLock(
                    architecture: architecture, family: .alpine,
                    packages: locked(members, on: base.first { $0.architecture == architecture }),
                    dropped: []))
        }
        return Lock(
            content: .init(definition: file.definition.digest, architectures: architectures),
            witness: Witness(repositories: [], places: try places(pins)))
    }

    private struct Member {
        let name: PackageName
        let locked: ApkoLock.Package
        let pin: PackagePins.File
        let info: PackageInfo
    }

    private func locked(_ members: [Member], on base: RepositorySnapshot.Index?) -> [LockedPackage] {
        let below = base.map { base in (0..<base.packages.count).map { base.packages.record(at: $0) } } ?? []
        var providers: [String: PackageName] = [:]
        func offer(_ provides: [String], by package: PackageName) {
            for provide in provides.map(Self.name) where providers[provide] == nil {
                providers[provide] = package
            }
        }
        for member in members { offer(member.info.provides, by: member.name) }
        for record in below { offer(Self.words(record[.provides]), by: record.name) }
        for name in members.map(\.name) + below.map(\.name) { providers[name.text] = name }
        func edges(_ depends: [String]) -> [LockedPackage.Edge] {
            depends.filter { !$0.hasPrefix("!") }.compactMap { relation in
                providers[Self.name(relation)].map { .init(.depends, relation, to: $0) }
            }
        }
        let requests = file.definition.contents.packages.map(\.value).filter { !$0.isExcluded }
        let packages = members.map { member in
            let info = member.info
            return LockedPackage(
                name: member.name, version: member.locked.version, architecture: info.architecture,
                role: .installed, sourceName: info.origin.flatMap { PackageName($0) } ?? member.name,
                sourceVersion: member.locked.version, maintainer: info.maintainer,
                homepage: info.homepage.isEmpty ? nil : info.homepage,
                license: info.license.isEmpty ? nil : info.license,
                digest: member.pin.digest, checksum: member.locked.checksum, size: member.pin.size,
                installedSize: info.installedSize,
                requestedBy: requests.filter { $0.name == member.name }.map(\.description),
                edges: edges(info.depends))
        }
        let installed = below.compactMap { record in
            base?.image.map {
                LockedPackage(
                    record, in: $0,
                    requestedBy: requests.filter { $0.name == record.name }.map(\.description),
                    edges: edges(Self.words(record[.depends])))
            }
        }
        return (packages + installed).sorted { $0.name < $1.name }
    }

    private static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    /// The name in a dependency or a provide.
    private static func name(_ relation: String) -> String {
        String(relation.prefix { !"=<>~".contains($0) })
    }
}

extension DefinitionFile {
    /// apko's lock beside the definition; nil where there is none, or Slipway's own.
    /// - Throws: `PipelineError.lockUnreadable` for a damaged one.
    func storedApkoLock() throws -> ApkoLock? {
        guard definition.contents.sources.contains(where: { $0.value.family == .alpine }),
            try HostDirectory.exists(lockPath)
        else { return nil }
        let bytes = try HostDirectory.read(lockPath, limit: Self.limits.lock)
        guard Self.isApkos(bytes) else { return nil }
        do {
            return try ApkoLock(bytes, what: "apko's lock")
        } catch {
            throw PipelineError.lockUnreadable(lockPath, reason: error.description)
        }
    }

    /// Both are JSON, and only apko's has its version in words at the top.
    private static func isApkos(_ bytes: [UInt8]) -> Bool {
        struct Head: Decodable { let version: String }
        let head: Head? = try? CanonicalJSON.decode(from: bytes, what: "the lock", limit: limits.lock)
        return head != nil
    }
}

extension Diagnostic.Code {
    static let apkoLockTrusted = Self(rawValue: "apko-lock")
    static let apkoLockUnchecked = Self(rawValue: "apko-lock-unchecked")
}
