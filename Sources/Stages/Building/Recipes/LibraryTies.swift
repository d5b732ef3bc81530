// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Storage
internal import Vocabulary

/// How what a recipe's steps left behind hangs together with others, by its ELF files (System V ABI, "Dynamic Linking"): in
/// whatever form it is packed.
package struct LibraryTies: Sendable, Equatable {
    /// Sonames of shared libraries: `libz.so.1`.
    package private(set) var offered: Set<String> = []
    /// Those of others.
    package private(set) var needed: Set<String> = []
    /// There is a program that no loader links: what it was linked with stands in it.
    package private(set) var hasStaticPrograms = false

    /// A file larger than this is not looked into.
    private static let limit: Int64 = 512 << 20

    package init() {}

    /// Reads every package's folder.
    package init(of output: RecipeOutput) throws(BuildingError) {
        try BuildingError.wrapping {
            for package in output.recipe.packages {
                try read(try RootDirectory(output.folder(of: package)))
            }
            needed.subtract(offered)
        }
    }

    private mutating func read(_ root: RootDirectory) throws {
        try root.walk { path, status in
            guard status.kind == .file, (4...Self.limit).contains(status.size) else { return }
            try MappedFile(root.path / path.text).withUnsafeBytes { bytes in
                guard let facts = ELFReader.facts(of: bytes) else { return }
                if let soname = facts.soname { offered.insert(soname) }
                needed.formUnion(facts.needed)
                let isProgram = status.mode & 0o111 != 0 && facts.soname == nil
                if isProgram, facts.interpreter == nil, facts.needed.isEmpty { hasStaticPrograms = true }
            }
        }
    }
}
