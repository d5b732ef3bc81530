// SPDX-License-Identifier: Apache-2.0

extension Lock.Content {
    /// What changed from `old` to this: packages that appeared, left or have another version or file, for every
    /// architecture, sorted. Data-only packages count, since their files are in the image; dropped ones do not.
    package func changes(since old: Lock.Content?) -> [PackageChange] {
        var changes: [PackageChange] = []
        let names = Set(architectures.map(\.architecture)).union(old?.architectures.map(\.architecture) ?? [])
        for architecture in names.sorted() {
            let before = old?.packages(of: architecture) ?? [:]
            let after = packages(of: architecture)
            for name in Set(before.keys).union(after.keys).sorted() {
                let (was, now) = (before[name], after[name])
                guard was?.digest != now?.digest || was?.version != now?.version || was?.role != now?.role
                else {
                    continue
                }
                changes.append(
                    PackageChange(
                        architecture: architecture, name: name, old: was?.version, new: now?.version,
                        contentOnly: was?.version == now?.version))
            }
        }
        return changes
    }

    private func packages(of architecture: Architecture) -> [PackageName: LockedPackage] {
        let list = architectures.first { $0.architecture == architecture }?.packages ?? []
        return Dictionary(list.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
