// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// An architecture's packages as a tree from what the definition asks for; a package that was shown already is named
/// and not unfolded again.
enum PackageTree {
    static func lines(_ lock: ArchitectureLock) -> [String] {
        let packages = Dictionary(
            lock.packages.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var lines = ["\(lock.architecture)"]
        var seen: Set<PackageName> = []
        let roots = lock.packages.filter { !$0.requestedBy.isEmpty }
        for (index, root) in roots.enumerated() {
            show(root, prefix: "", isLast: index == roots.count - 1, packages, &seen, &lines)
        }
        let others = lock.packages.filter { !seen.contains($0.name) }
        if !others.isEmpty {
            lines.append("by a rule of the family:")
            lines += others.map { "  \(label($0))" }
        }
        if !lock.dropped.isEmpty {
            lines.append("left out on purpose:")
            lines += lock.dropped.map { "  \($0.name): \($0.reason)" }
        }
        return lines
    }

    private static func show(
        _ package: LockedPackage, prefix: String, isLast: Bool, _ packages: [PackageName: LockedPackage],
        _ seen: inout Set<PackageName>, _ lines: inout [String]
    ) {
        let isNew = seen.insert(package.name).inserted
        let targets = Set(package.edges.map(\.to)).sorted().compactMap { packages[$0] }
        lines.append(
            "\(prefix)\(isLast ? "└─" : "├─") \(label(package))\(isNew || targets.isEmpty ? "" : " (above)")")
        guard isNew else { return }
        for (index, target) in targets.enumerated() {
            show(
                target, prefix: prefix + (isLast ? "   " : "│  "), isLast: index == targets.count - 1,
                packages, &seen,
                &lines)
        }
    }

    private static func label(_ package: LockedPackage) -> String {
        "\(package.name) \(package.version)\(package.role == .dataOnly ? " (data only)" : "")"
    }
}
