// SPDX-License-Identifier: Apache-2.0

internal import Building
internal import Storage
internal import Vocabulary

/// A package that was built again beside the one that it should be: the same to the byte, or the first file that differs.
struct PackageComparison {
    private static let check = "rebuild"

    /// The published one.
    let theirs: any PackageFile
    let ours: any PackageFile
    /// For both, unpacked; must not be there yet.
    let scratch: HostPath

    func verdict() throws -> Verdict.Check {
        let (their, our) = (try theirs.facts(), try ours.facts())
        // A signature inside of a package is its repository's and not the recipe's; what it signs has to be the same.
        let identity = (their: their.checksum ?? "\(their.digest)", our: our.checksum ?? "\(our.digest)")
        if identity.their == identity.our {
            return Verdict.Check(
                Self.check, subject: their.digest, outcome: .passed, expected: identity.our,
                found: their.digest == our.digest
                    ? "identical, byte for byte"
                    : "identical, byte for byte, but for the repository's signature")
        }
        return Verdict.Check(
            Self.check, subject: their.digest, outcome: .failed, expected: identity.our,
            found: try difference(their, our))
    }

    private func difference(_ their: PackageFacts, _ our: PackageFacts) throws -> String {
        var paths = Self.differences(their.files, our.files)
        let known = Set(paths.map(\.path))
        for (name, file) in [("theirs", theirs), ("ours", ours)] { _ = try file.extract(to: scratch / name) }
        let (left, right) = (try RootDirectory(scratch / "theirs"), try RootDirectory(scratch / "ours"))
        for file in our.files where file.kind == "file" && !known.contains(file.path) {
            guard let path = ImagePath(file.path) else { continue }
            if try Self.digest(of: path, in: left) != Self.digest(of: path, in: right) {
                paths.append((file.path, "other content"))
            }
        }
        paths.sort { $0.path < $1.path }
        if let first = paths.first {
            let more = paths.count > 1 ? ", and at \(Figures.count(paths.count - 1, "other file"))" : ""
            return "\(their.name) differs at /\(first.path): \(first.how)\(more)"
        }
        let fields = Self.fields(their.fields, our.fields)
        if !fields.isEmpty {
            return "\(their.name) differs in what it says of itself: \(fields.joined(separator: ", "))"
        }
        if their.scripts != our.scripts { return "\(their.name) differs in its scripts" }
        return
            "\(their.name) differs in its members alone: the same files, packed otherwise or at other times"
    }

    private static func digest(of path: ImagePath, in root: RootDirectory) throws -> Digest? {
        guard try root.status(of: path)?.kind == .file else { return nil }
        return try root.reader(of: path).digest()
    }

    /// Paths that only one has, or that are something else there.
    private static func differences(
        _ theirs: [PackageFacts.File], _ ours: [PackageFacts.File]
    ) -> [(path: String, how: String)] {
        let others = Dictionary(theirs.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        let known = Set(ours.map(\.path))
        var found: [(path: String, how: String)] = ours.compactMap { file in
            guard let other = others[file.path] else { return (file.path, "it is missing") }
            return file == other ? nil : (file.path, difference(file, other))
        }
        found += theirs.filter { !known.contains($0.path) }.map {
            ($0.path, "it was not there when built again")
        }
        return found
    }

    private static func difference(_ mine: PackageFacts.File, _ theirs: PackageFacts.File) -> String {
        if mine.kind != theirs.kind { return "a \(theirs.kind), not a \(mine.kind)" }
        if mine.target != theirs.target { return "it leads to \(theirs.target ?? "nothing")" }
        if mine.size != theirs.size { return "other content" }
        if mine.mode != theirs.mode { return "mode \(theirs.mode), not \(mine.mode)" }
        return "owner \(theirs.uid):\(theirs.gid), not \(mine.uid):\(mine.gid)"
    }

    /// Names of fields; what only says that files differ is no difference of its own.
    private static func fields(_ theirs: [PackageFacts.Field], _ ours: [PackageFacts.Field]) -> [String] {
        let names = Set((theirs + ours).map(\.name)).subtracting(["datahash"])
        return names.filter { name in
            theirs.filter { $0.name == name } != ours.filter { $0.name == name }
        }.sorted()
    }
}
