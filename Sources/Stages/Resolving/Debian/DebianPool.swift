// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// The packages of all repositories for one architecture, numbered when they are first looked at. Suites have no
/// order: the highest version wins over all of them. Every name that is asked for is remembered, misses included.
struct DebianPool {
    /// One repository's index.
    struct Origin {
        /// The place of its snapshot.
        let repository: Int
        let index: PackageIndex
    }

    struct Candidate {
        enum Kind { case package(DebianVersion, PackageRecord), leftOut }

        let name: PackageName
        let kind: Kind
        /// Every repository that lists this very file, the first one's record first.
        var places: [(repository: Int, record: PackageRecord)]
        /// Repositories that list another file under the same name, version and architecture.
        var disputedBy: [Int]

        var record: PackageRecord? { if case .package(_, let record) = kind { record } else { nil } }
        var version: DebianVersion? { if case .package(let version, _) = kind { version } else { nil } }
    }

    struct Provider {
        let candidate: Int
        let version: DebianVersion?
    }

    let architecture: String
    let origins: [Origin]
    private(set) var candidates: [Candidate] = []
    private(set) var consulted: Set<String> = []
    private var named: [String: [Int]] = [:]
    private var providing: [String: [Provider]] = [:]
    private var leftOut: [PackageName: Int] = [:]

    init(architecture: String, origins: [Origin]) {
        self.architecture = architecture
        self.origins = origins
    }

    /// All usable packages of that very name, the highest version first.
    mutating func candidates(named name: PackageName) -> [Int] {
        if let known = named[name.text] { return known }
        consulted.insert(name.text)
        var found: [(version: DebianVersion, record: PackageRecord, candidate: Candidate)] = []
        for origin in origins {
            for record in origin.index.records(named: name.text) where fits(record) {
                guard let version = DebianVersion(record.version) else { continue }
                let same = found.firstIndex {
                    $0.version.text == version.text && $0.record.architecture == record.architecture
                }
                if let same {
                    if found[same].record.digest == record.digest {
                        found[same].candidate.places.append((origin.repository, record))
                    } else {
                        found[same].candidate.disputedBy.append(origin.repository)
                    }
                } else {
                    let candidate = Candidate(
                        name: name, kind: .package(version, record), places: [(origin.repository, record)],
                        disputedBy: [])
                    found.append((version, record, candidate))
                }
            }
        }
        // Equal versions in two spellings, or native beside all: the repositories' order decides.
        let sorted = found.enumerated().sorted { left, right in
            left.element.version == right.element.version
                ? left.offset < right.offset : left.element.version > right.element.version
        }
        let first = candidates.count
        candidates += sorted.map(\.element.candidate)
        let numbers = Array(first..<candidates.count)
        named[name.text] = numbers
        return numbers
    }

    /// Packages that state that they provide the name: by priority, then by name, the highest version first. One that
    /// provides several versions of it stands here several times.
    mutating func providers(of name: PackageName) -> [Provider] {
        if let known = providing[name.text] { return known }
        consulted.insert(name.text)
        var found: [Provider] = []
        var seen: Set<String> = []
        for origin in origins {
            for provider in origin.index.providers(of: name.text) where fits(provider.record) {
                let record = provider.record
                let match = candidates(named: record.name).first {
                    candidates[$0].version?.text == record.version
                        && candidates[$0].record?.architecture == record.architecture
                        && candidates[$0].record?.digest == record.digest
                }
                guard let match, seen.insert("\(match) \(provider.version ?? "")").inserted else { continue }
                found.append(
                    Provider(candidate: match, version: provider.version.flatMap { DebianVersion($0) }))
            }
        }
        let sorted = found.sorted { left, right in
            let a = (priority(of: left.candidate), candidates[left.candidate].name)
            let b = (priority(of: right.candidate), candidates[right.candidate].name)
            return a == b ? left.candidate < right.candidate : a < b
        }
        providing[name.text] = sorted
        return sorted
    }

    func priority(of candidate: Int) -> PackageRecord.Priority {
        candidates[candidate].record?.priority ?? .none
    }

    /// The candidate that stands for a package which the image leaves out: in any version, with nothing behind it.
    mutating func leftOut(_ name: PackageName) -> Int {
        if let known = leftOut[name] { return known }
        candidates.append(Candidate(name: name, kind: .leftOut, places: [], disputedBy: []))
        leftOut[name] = candidates.count - 1
        return candidates.count - 1
    }

    private func fits(_ record: PackageRecord) -> Bool {
        record.withBytes(of: .architecture) { bytes in
            bytes.elementsEqual("all".utf8) || bytes.elementsEqual(architecture.utf8)
        }
    }
}
