// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

extension Planner {
    /// The links of busybox to its applets, from the list that its package ships; what has one of the names already
    /// keeps it.
    mutating func addBusyboxLinks() throws(ComposingError) {
        guard let busybox = tree.resolve("/bin/busybox"), busybox.file.kind.isRegular else { return }
        guard case .package(let owner) = busybox.file.owner,
            let list = AlpineRules.busyboxLists.appending(owner.text), let bytes = content(at: list)
        else {
            warn(
                .appletsUnlinked,
                "busybox is in the image and no list in \(AlpineRules.busyboxLists) says which links its "
                    + "applets need; they can be started as 'busybox NAME' alone")
            return
        }
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let path = ImagePath(line).map(map), !path.isRoot, tree[path] == nil else { continue }
            try link(path, to: "/bin/busybox", rule: "busybox")
        }
    }
}

extension Diagnostic.Code {
    static let appletsUnlinked = Self(rawValue: "applets-unlinked")
}
