// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

extension Planner {
    /// `status.d`, as scanners read it: the control stanza of each installed package and the checksums of those of
    /// its files that the image has, under their merged paths. Data-only packages are not installed and not listed.
    mutating func addStatusRecords() throws(ComposingError) {
        for (index, input) in inputs.enumerated() where input.package.role == .installed {
            var stanza = input.table[control: DebianPackageFile.control]
            while stanza.last == 0x0A { stanza.removeLast() }
            stanza.append(0x0A)
            let name = input.package.name.text
            guard let path = DebianRules.statusDirectory.appending(name),
                let sums = DebianRules.statusDirectory.appending("\(name).md5sums")
            else { continue }
            let lines = checksums(input, index)
            for (path, bytes) in [(path, stanza), (sums, lines)] where !bytes.isEmpty {
                try put(bytes, at: path, rule: "status.d")
                databaseParts.append(DatabasePart(package: index, path: path, bytes: bytes))
            }
        }
    }

    /// `md5sums` without the files that were dropped, replaced or lost.
    private func checksums(_ input: PlanInput, _ index: Int) -> [UInt8] {
        var lines: [UInt8] = []
        for line in input.table[control: DebianPackageFile.checksums].split(separator: 0x0A) {
            let hash = line.prefix { $0 != 0x20 }
            let name = line.dropFirst(hash.count).drop { $0 == 0x20 }
            guard hash.count == 32, let path = ImagePath(String(decoding: name, as: UTF8.self)).map(map),
                let node = tree[path], node.source == .package(index), node.file.kind != .symlink
            else { continue }
            lines += hash
            lines += Array("  \(path.text)\n".utf8)
        }
        return lines
    }
}
