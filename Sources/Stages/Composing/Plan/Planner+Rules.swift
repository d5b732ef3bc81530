// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

extension Planner {
    /// What maintainer scripts would have done, package by package, and then what every image gets.
    mutating func carryOutActions() throws(ComposingError) {
        for (index, input) in inputs.enumerated() {
            for rule in family.actions where rule.package.matches(name: input.package.name.text) {
                for action in rule.actions {
                    try carryOut(action, for: input.package.name.text, captured: input.table.captured, index)
                }
            }
        }
        for action in family.always { try carryOut(action, for: "every-image", captured: [:], nil) }
    }

    private mutating func carryOut(
        _ action: RuleAction, for rule: String, captured: [ImagePath: [UInt8]], _ index: Int?
    ) throws(ComposingError) {
        switch action {
        case .account, .own: break
        case .directory(let path, let mode, let user, let group):
            try directory(path, mode: mode, user: user, group: group, rule: rule)
        case .ensure(let path, let mode):
            guard tree[path].map({ $0.source == .nothing }) ?? true else { return }
            try directory(path, mode: mode, user: "root", group: "root", rule: rule)
        case .emptyFile(let path, let mode, let user, let group):
            guard isFree(path) else { return }
            try put([], at: path, mode: mode, rule: rule)
            own(path, user: user, group: group)
        case .text(let path, let text):
            guard isFree(path) else { return }
            try put(Array(text.utf8), at: path, rule: rule)
        case .symlink(let path, let target):
            try link(path, to: target, rule: rule)
        case .copy(let source, let path):
            guard let content = captured[source], isFree(path) else { return }
            try put(content, at: path, rule: rule)
        case .bundle(let patterns, let suffix, let path):
            try bundle(patterns, suffix: suffix, at: path, captured: captured, rule: rule)
        case .keyStore(let patterns, let suffix, let path):
            try keyStore(patterns, suffix: suffix, at: path, captured: captured, rule: rule)
        case .links(let pattern, let directory, let prefix):
            try links(to: pattern, in: directory, prefix: prefix, rule: rule, index)
        }
    }

    private func isFree(_ path: ImagePath) -> Bool { tree[path] == nil && !definitionRules.replaces(path) }

    private mutating func directory(
        _ path: ImagePath, mode: UInt16, user: String, group: String, rule: String
    ) throws(ComposingError) {
        let (uid, gid) = (family.accounts.user(user)?.uid ?? 0, family.accounts.group(group)?.gid ?? 0)
        if tree[path] == nil {
            let file = ComposedFile(
                path: path, kind: .directory, mode: mode, uid: uid, gid: gid, size: 0, digest: nil,
                target: nil,
                owner: .rule(rule))
            try tree.put(TreeNode(file: file, source: .directory))
        } else if tree.isDirectory(path) {
            tree.update(path) { node in
                node.file.mode = mode
                node.file.uid = uid
                node.file.gid = gid
                if node.source == .nothing { node.file.owner = .rule(rule) }
                node.source = .directory
            }
        } else {
            warn(.ruleYielded, "\(path) is no directory, as the rules for \(rule) would have it")
        }
    }

    private mutating func own(_ path: ImagePath, user: String, group: String) {
        let (uid, gid) = (family.accounts.user(user)?.uid ?? 0, family.accounts.group(group)?.gid ?? 0)
        tree.update(path) { node in
            node.file.uid = uid
            node.file.gid = gid
        }
    }

    mutating func link(_ path: ImagePath, to target: String, rule: String) throws(ComposingError) {
        guard isFree(path) else { return }
        let file = ComposedFile(
            path: path, kind: .symlink, mode: 0o777, uid: 0, gid: 0, size: 0, digest: nil, target: target,
            owner: .rule(rule))
        try tree.put(TreeNode(file: file))
    }

    private mutating func bundle(
        _ patterns: [PathPattern], suffix: String, at path: ImagePath, captured: [ImagePath: [UInt8]],
        rule: String
    ) throws(ComposingError) {
        guard isFree(path) else { return }
        var content: [UInt8] = []
        for (_, bytes) in Self.sources(patterns, suffix: suffix, among: captured) {
            content += bytes
            if bytes.last != 0x0A { content.append(0x0A) }
        }
        guard !content.isEmpty else { return }
        try put(content, at: path, rule: rule)
    }

    private mutating func keyStore(
        _ patterns: [PathPattern], suffix: String, at path: ImagePath, captured: [ImagePath: [UInt8]],
        rule: String
    ) throws(ComposingError) {
        guard isFree(path) else { return }
        var store = JavaKeyStore()
        for (source, bytes) in Self.sources(patterns, suffix: suffix, among: captured)
        where !store.add(pem: bytes, file: source.name) {
            warn(.certificateUnread, "\(source) holds no PEM certificate; \(path) goes without it")
        }
        try put(store.encode(), at: path, rule: rule)
    }

    /// What the patterns choose, each pattern's in byte order of the paths.
    private static func sources(
        _ patterns: [PathPattern], suffix: String, among captured: [ImagePath: [UInt8]]
    ) -> [(path: ImagePath, bytes: [UInt8])] {
        let paths = captured.keys.sorted().filter { $0.text.hasSuffix(suffix) }
        return patterns.flatMap { pattern in
            paths.filter(pattern.matches).map { ($0, captured[$0] ?? []) }
        }
    }

    private mutating func links(
        to pattern: PathPattern, in directory: ImagePath, prefix: String, rule: String, _ index: Int?
    ) throws(ComposingError) {
        let targets = tree.nodes.values.filter { node in
            node.file.kind != .directory && index.map { node.source == .package($0) } ?? false
                && pattern.matches(node.file.path)
        }
        for target in targets.map(\.file.path).sorted() {
            guard let path = directory.appending("\(prefix)\(target.name)") else { continue }
            try link(path, to: target.absolute, rule: rule)
        }
    }

    /// Each alias is the link that its family says, whoever ships it; where nobody does and its directory is there,
    /// it is made.
    mutating func linkAliases() throws(ComposingError) {
        for alias in family.aliases {
            guard let there = tree[alias.from] else {
                if tree.isDirectory(alias.to) {
                    try link(alias.from, to: alias.target, rule: "merged-directories")
                }
                continue
            }
            guard there.file.kind == .symlink, let target = there.file.target.flatMap({ ImagePath($0) }),
                target == alias.to
            else { throw .misusedAlias(alias.from, there.file.owner.words, expected: alias.target) }
        }
    }
}
