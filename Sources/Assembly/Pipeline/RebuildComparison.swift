// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// An image that was built again beside the one that it should be: identical to the byte, or the first thing that
/// differs in words that lead to its cause.
struct RebuildComparison {
    let rebuilt: ComposedImage
    let root: Descriptor

    private static let check = "rebuild"

    /// The index, or the manifest of one platform where that was asked about.
    var isIdentical: Bool {
        rebuilt.index.digest == root.digest
            || rebuilt.platforms.contains { $0.manifest.digest == root.digest }
    }

    var identical: Verdict.Check {
        check(
            root.digest, .passed, "\(root.digest)",
            rebuilt.index.digest == root.digest
                ? "identical, index, manifests and layers" : "identical, manifest and layers")
    }

    func unreadable(_ reason: String) -> Verdict.Check {
        check(
            root.digest, .failed, "\(rebuilt.index.digest)", "differs: its content cannot be read: \(reason)")
    }

    /// One for each platform that differs; where all of them are equal, the index itself does.
    func checks(ours: [ImageInventory], theirs: [ImageInventory]) -> [Verdict.Check] {
        var checks: [Verdict.Check] = []
        for platform in rebuilt.platforms {
            let other = theirs.first { $0.platform == platform.architecture.platform }
            guard other?.manifest.digest != platform.manifest.digest, other != nil || root.mediaType.isIndex
            else { continue }
            let mine = ours.first { $0.manifest.digest == platform.manifest.digest }
            let found =
                if let mine, let other { difference(platform, mine, other) } else {
                    "differs: it has no manifest for \(platform.architecture)"
                }
            checks.append(
                check(
                    other?.manifest.digest ?? root.digest, .failed, "\(platform.manifest.digest)", found))
        }
        return checks.isEmpty
            ? [
                check(
                    root.digest, .failed, "\(rebuilt.index.digest)",
                    "differs in the index alone: what it says of its manifests, or their order")
            ] : checks
    }

    private func difference(
        _ platform: PlatformImage, _ mine: ImageInventory, _ theirs: ImageInventory
    ) -> String {
        let paths = Self.differingPaths(mine.files, theirs.files)
        if let (path, how) = paths.first {
            let owner = platform.files.first { $0.path == path }.map { Self.name($0.owner) }
            let more = paths.count > 1 ? ", and at \(Figures.count(paths.count - 1, "other file"))" : ""
            return "differs at \(path.absolute) of \(owner ?? "nothing in the lock"): \(how)\(more)"
        }
        if mine.configuration.config != theirs.configuration.config
            || mine.configuration.created != theirs.configuration.created
        {
            return
                "differs in the configuration: \(Self.differences(mine.configuration, theirs.configuration))"
        }
        if mine.configuration.rootfs != theirs.configuration.rootfs {
            return "differs in a layer whose files are the same: their times or their order are not"
        }
        return mine.compressedSize == theirs.compressedSize
            ? "differs in the manifest alone: the same files and configuration"
            : "differs in compression alone: the same layers, packed otherwise"
    }

    /// Paths in their order, each with what is not the same there.
    private static func differingPaths(
        _ mine: [ImageInventory.File], _ theirs: [ImageInventory.File]
    ) -> [(ImagePath, how: String)] {
        let others = Dictionary(theirs.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        let known = Set(mine.map(\.path))
        var found: [(ImagePath, how: String)] = mine.compactMap { file in
            guard let other = others[file.path] else { return (file.path, "it is missing") }
            return file == other ? nil : (file.path, difference(file, other))
        }
        found += theirs.filter { !known.contains($0.path) }.map {
            ($0.path, "it was not there when built again")
        }
        return found.sorted { $0.0 < $1.0 }
    }

    private static func difference(_ mine: ImageInventory.File, _ theirs: ImageInventory.File) -> String {
        if mine.kind != theirs.kind { return "a \(theirs.kind.rawValue), not a \(mine.kind.rawValue)" }
        if mine.target != theirs.target { return "it leads to \(theirs.target ?? "nothing")" }
        if mine.digest != theirs.digest || mine.size != theirs.size { return "other content" }
        if mine.mode != theirs.mode {
            return "mode \(String(theirs.mode, radix: 8)), not \(String(mine.mode, radix: 8))"
        }
        return "owner \(theirs.uid):\(theirs.gid), not \(mine.uid):\(mine.gid)"
    }

    private static func differences(
        _ mine: ImageConfiguration, _ theirs: ImageConfiguration
    ) -> String {
        let (a, b) = (mine.config ?? .init(), theirs.config ?? .init())
        let members = [
            ("User", a.user == b.user), ("Env", a.environment == b.environment),
            ("Entrypoint", a.entrypoint == b.entrypoint), ("Cmd", a.cmd == b.cmd),
            ("WorkingDir", a.workingDirectory == b.workingDirectory), ("Labels", a.labels == b.labels),
            ("StopSignal", a.stopSignal == b.stopSignal), ("created", mine.created == theirs.created),
        ]
        return members.filter { !$0.1 }.map { $0.0 }.joined(separator: ", ")
    }

    private static func name(_ owner: ComposedFile.Owner) -> String {
        switch owner {
        case .package(let name): "\(name)"
        case .definition: "the definition"
        case .rule(let rule): "the rule '\(rule)'"
        }
    }

    private func check(
        _ subject: Digest, _ outcome: Verdict.Outcome, _ expected: String, _ found: String
    ) -> Verdict.Check {
        Verdict.Check(Self.check, subject: subject, outcome: outcome, expected: expected, found: found)
    }
}
