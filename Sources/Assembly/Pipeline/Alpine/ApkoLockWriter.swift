// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

/// Makes apko's lock of Slipway's own and of the package files that it names, which must be in the store.
struct ApkoLockWriter {
    let file: DefinitionFile
    let packages: ContentStore
    /// The keys of `contents.keyring` by the text that names them, PEM.
    let keys: [String: String]

    /// Packages of each architecture in the order in which apko installs them: what others need first.
    func lock(_ lock: Lock) throws -> ApkoLock {
        var contents = ApkoLock.Contents()
        contents.keyring = file.definition.contents.keyring.map { key in
            .init(name: Self.bare(key.value), url: key.value, content: keys[key.value])
        }.sorted { $0.name < $1.name }
        for architecture in lock.content.architectures {
            let name = architecture.architecture.alpineName
            for package in architecture.fetchedPackages.inInstallationOrder {
                contents.packages.append(try self.package(package, name, lock.witness))
            }
            let lines = file.definition.contents
            contents.buildRepositories += lines.buildRepositories.map {
                repository($0.value.description, name)
            }
            contents.runtimeRepositories += lines.runtimeRepositories.map { repository($0.value, name) }
            contents.repositories += lines.repositories.map { repository($0.value.description, name) }
        }
        return ApkoLock(
            config: .init(name: file.path.text, checksum: Self.checksum(of: file)), contents: contents)
    }

    /// apko's `checksum` of a definition: of its text and behind it those of the files that it includes.
    static func checksum(of file: DefinitionFile) -> String {
        let digest = ContentHasher.digest(of: Array(file.texts.joined()))
        return "sha256-" + Base64.encode(digest.bytes)
    }

    /// A URL without its scheme, which is what apko names things by.
    private static func bare(_ url: String) -> String {
        let scheme = ["https://", "http://"].first { url.hasPrefix($0) } ?? ""
        return String(url.dropFirst(scheme.count))
    }

    private func repository(_ line: String, _ architecture: String) -> ApkoLock.Repository {
        let place = (line.split(separator: " ").last.map(String.init) ?? line) + "/" + architecture
        return .init(name: Self.bare(place), url: place + "/APKINDEX.tar.gz", architecture: architecture)
    }

    private func package(
        _ package: LockedPackage, _ architecture: String, _ witness: Witness
    ) throws -> ApkoLock.Package {
        let reader = try ApkReader(try packages.reader(of: package.digest))
        let control = try reader.readControl()
        let data = try reader.finish()
        let digest = data.digest.bytes
        return ApkoLock.Package(
            name: package.name.text, url: place(of: package, witness), version: package.version,
            architecture: architecture, signature: control.signatureMember.map(Self.member) ?? .none,
            control: Self.member(control.member),
            data: .init(data.range, checksum: "sha256-" + Base64.encode(digest)), checksum: control.checksum)
    }

    private static func member(_ member: ApkMember) -> ApkoLock.Member {
        .init(member.range, checksum: "sha1-" + Base64.encode(ContentHasher.sha1(of: member.compressed)))
    }

    /// Where a package lies, in the words of the definition where it is in a folder that this names.
    private func place(of package: LockedPackage, _ witness: Witness) -> String {
        let places = witness.places[package.digest.description] ?? []
        guard let first = places.first else { return "" }
        for (line, written) in zip(file.sources, file.definition.contents.sources) {
            guard case .alpine(let folder, _) = line.value, case .alpine(let name, _) = written.value,
                let place = places.first(where: { Self.path($0).hasPrefix(folder + "/") })
            else { continue }
            return name + Self.path(place).dropFirst(folder.count)
        }
        return first
    }

    private static func path(_ url: String) -> String {
        url.hasPrefix("file://") ? String(url.dropFirst("file://".count)) : url
    }
}
