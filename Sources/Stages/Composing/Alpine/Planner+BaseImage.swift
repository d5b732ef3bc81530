// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Vocabulary

extension Planner {
    /// Everything that the image below holds is there already, owned by those whom its package database names.
    /// Throws where a link of a package stands for a directory of the image below: its files cannot be moved.
    mutating func claimBase() throws(ComposingError) {
        guard base != nil, let input = inputs.first else { return }
        let owners = baseDatabase("installed").map { InstalledDatabase($0).owners() } ?? [:]
        for entry in input.table.entries {
            guard case .keep(let placed) = input.rules.place(entry) else { continue }
            guard placed.path == entry.path else {
                // apk's own database is written anew where this image has it.
                guard !entry.path.isInside(AlpineRules.database.from) else { continue }
                throw .movedBase(entry.path, to: placed.path)
            }
            var node = node(entry, placed, 0)
            node.file.owner = owners[entry.path].map { .package($0) } ?? .rule("base-image")
            try tree.put(node)
        }
        baseTree = tree
    }

    /// A file of the image below, below apk's database directory, wherever it has that.
    func baseDatabase(_ name: String) -> [UInt8]? {
        guard base != nil, let captured = inputs.first?.table.captured else { return nil }
        let places = [AlpineRules.database.to, AlpineRules.database.from]
        return places.lazy.compactMap { captured[AlpineRules.path("\($0)/db/\(name)")] }.first
    }

    /// The lines of a file of the image below; none where it has no such file.
    func baseLines(_ path: String) -> [String] {
        guard base != nil, let bytes = inputs.first?.table.captured[AlpineRules.path(path)] else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// apk's `installed` as the image below has it, without the files that packages of this one took over.
    var baseInstalled: [UInt8] {
        guard let text = baseDatabase("installed"), let lost = losses.first else { return [] }
        let bytes = InstalledDatabase(text).losing(Set(lost.filter { $0.value == "replaced" }.keys))
        // A record ends with an empty line.
        if bytes.isEmpty || bytes.suffix(2).elementsEqual([0x0A, 0x0A]) { return bytes }
        return bytes + (bytes.last == 0x0A ? [0x0A] : [0x0A, 0x0A])
    }

    /// The scripts that the image below keeps go before those of this one.
    func copyBaseScripts(to scripts: inout TarWriter<MemorySink>) throws(ComposingError) {
        guard let bytes = baseDatabase("scripts.tar") else { return }
        do {
            let reader = TarReader(MemorySource(bytes), limits: TarLimits(requiresEndMarker: false))
            while let entry = try reader.next() {
                guard entry.kind == .file else { continue }
                var content: [UInt8] = []
                try reader.forEachPiece { content += $0 }
                try scripts.append(
                    TarEntry(path: entry.path, kind: .file, mode: entry.mode, size: Int64(content.count)),
                    content: content)
            }
        } catch { throw .unwritable("the scripts of the image below: \(error)") }
    }
}
