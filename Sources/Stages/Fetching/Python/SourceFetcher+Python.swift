// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

extension SourceFetcher {
    static let pythonScheme = "pypi:"

    /// The source distribution of a Python project (`pypi:NAME@VERSION`) from the indexes of this machine's pip: the file with
    /// the digest that the recipe expects, else the best format in the first index that knows the project. Nil for what is none.
    /// A diagnostic says where the project has withdrawn it.
    func indexed(
        _ fetch: Recipe.Fetch, _ progress: @escaping @Sendable (Int64) -> Void
    ) async throws(FetchingError) -> (Source, [Diagnostic])? {
        guard fetch.uri.hasPrefix(Self.pythonScheme) else { return nil }
        let parts = fetch.uri.dropFirst(Self.pythonScheme.count).split(
            separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = PythonProject.Name(parts[0]) else {
            throw .source(fetch.uri, reason: "'\(parts[0])' is not a Python project's name")
        }
        guard parts.count == 2, let version = PythonVersion(recipe: String(parts[1])) else {
            throw .source(fetch.uri, reason: "no version is named: write \(Self.pythonScheme)\(name)@1.2.3")
        }
        let finder = PythonProjectFinder(files: files)
        var digest: Digest?
        if case .sha256(let expected) = fetch.expected { digest = expected }
        let found = try await finder.files(
            of: name, in: try await python.indexes(), uri: fetch.uri, expecting: digest)
        let all = found.filter { $0.file.version == version }
        guard !all.isEmpty else {
            throw .source(fetch.uri, reason: Self.absence(of: version, among: found.map(\.file), of: name))
        }
        let wanted = try choice(among: all, for: fetch)
        let source = try await download(wanted, of: fetch.uri, progress)
        return (source, wanted.file.withdrawal.map { [Self.withdrawn(fetch.uri, $0)] } ?? [])
    }

    private func choice(
        among files: [PythonProjectFinder.Found], for fetch: Recipe.Fetch
    ) throws(FetchingError) -> PythonProjectFinder.Found {
        if case .sha256(let digest) = fetch.expected {
            if let exact = files.first(where: { $0.file.digest == digest }) { return exact }
            if files.allSatisfy({ $0.file.digest != nil }), let first = files.first?.file.digest {
                throw .sourceMismatch(fetch.uri, expected: "\(digest)", found: "\(first), says the index")
            }
        }
        let best = files.min { PythonProject.preference($0.file) < PythonProject.preference($1.file) }
        return best ?? files[0]
    }

    private func download(
        _ wanted: PythonProjectFinder.Found, of uri: String, _ progress: @escaping @Sendable (Int64) -> Void
    ) async throws(FetchingError) -> Source {
        guard let url = wanted.index.url(of: wanted.file.link, on: wanted.page) else {
            throw .source(uri, reason: "the index names \(wanted.file.name) by a link that is not followed")
        }
        // What the index says of the size narrows the limit and never widens it.
        let limit = min(wanted.file.size ?? Self.limit, Self.limit)
        let found: (digest: Digest, size: Int64)
        do throws(RepositoryFiles.Failure) {
            found = try await files.take(
                url, headers: wanted.index.fields(for: url), limit: limit, into: store, progress: progress)
        } catch { throw error.aboutSource(uri, at: url) }
        if let size = wanted.file.size, size != found.size {
            throw .sourceMismatch(
                uri, expected: "\(size) bytes, by its index", found: "\(found.size) bytes")
        }
        if let digest = wanted.file.digest, digest != found.digest {
            throw .sourceMismatch(uri, expected: "\(digest), by its index", found: "\(found.digest)")
        }
        return Source(digest: found.digest, size: found.size)
    }

    private static func absence(
        of version: PythonVersion, among files: [PythonProject.File], of name: PythonProject.Name
    ) -> String {
        guard !files.isEmpty else { return "\(name) has no source distributions" }
        var versions: [PythonVersion] = []
        for version in files.map(\.version).sorted(by: >) where versions.last != version {
            versions.append(version)
        }
        let shown = versions.prefix(12).map(\.text).joined(separator: ", ")
        let rest = versions.count > 12 ? " and \(versions.count - 12) older" : ""
        return "\(name) has no source distribution of \(version.text); it has \(shown)\(rest)"
    }

    private static func withdrawn(_ uri: String, _ reason: String) -> Diagnostic {
        warning(
            .sourceWithdrawn,
            "\(uri) was withdrawn by its project\(reason.isEmpty ? "" : ": \(reason.prefix(200))")")
    }
}

/// Asks indexes about a Python project.
struct PythonProjectFinder: Sendable {
    /// A source distribution and who lists it.
    struct Found: Sendable {
        let file: PythonProject.File
        let index: PythonIndex
        /// The URL of the page that lists it.
        let page: String
    }

    private static let limit = 64 << 20

    let files: RepositoryFiles

    /// The files of the first index that knows the project. Deliberate, and unlike pip: whoever can put a project of the
    /// same name into a further index does not take the place of the first's. Only a file with the digest that is expected
    /// may come from a further one.
    /// - Throws: `FetchingError.source` where none has it or one does not answer: another's answer would be a guess.
    func files(
        of name: PythonProject.Name, in indexes: [PythonIndex], uri: String, expecting digest: Digest? = nil
    ) async throws(FetchingError) -> [Found] {
        var known: [Found]?
        for index in indexes {
            let place = index.page(of: name)
            let page: (bytes: [UInt8], url: String)
            do throws(RepositoryFiles.Failure) {
                page = try await files.page(place, headers: index.pageFields, limit: Self.limit)
            } catch .absent {
                continue
            } catch { throw error.aboutSource(uri, at: place) }
            let found: [Found]
            do throws(CanonicalJSON.ReadError) {
                found = try PythonProject(page.bytes, of: name).files.map {
                    Found(file: $0, index: index, page: page.url)
                }
            } catch { throw .source(uri, reason: "\(place): \(error)") }
            if let exact = found.first(where: { digest != nil && $0.file.digest == digest }) {
                return [exact]
            }
            known = known ?? found
            if digest == nil { break }
        }
        guard let known else {
            let places = indexes.map(\.place).joined(separator: ", ")
            throw .source(uri, reason: "no index has a project \(name) (asked: \(places))")
        }
        return known
    }
}

extension Diagnostic.Code {
    static let sourceWithdrawn = Self(rawValue: "source-withdrawn")
}
