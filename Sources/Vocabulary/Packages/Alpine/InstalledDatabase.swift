// SPDX-License-Identifier: Apache-2.0

/// apk's database of what is installed (apk-installed(5)): an index's records, each followed by its directories (`F:`,
/// `M:`) and below them its files (`R:`, `a:`, `Z:`).
package struct InstalledDatabase {
    private let text: [UInt8]

    package init(_ text: [UInt8]) { self.text = text }

    /// Letters of lines that an index does not have.
    private static let fileLetters: Set<UInt8> = Set("FMRaZ".utf8)

    /// What is installed, as an index of packages. Throws for a text that is no database.
    package func index(limits: IndexTextLimits = IndexTextLimits()) throws(IndexTextError) -> PackageIndex {
        var records: [UInt8] = []
        records.reserveCapacity(text.count / 4)
        forEachLine { line in
            if let letter = line.first, Self.fileLetters.contains(letter) { return }
            records += line
            records.append(0x0A)
        }
        return try AlpineIndexParser.parse(records, limits: limits)
    }

    /// The package of every file and directory, by its path as the package has it; the last one that names it.
    package func owners() -> [ImagePath: PackageName] {
        var owners: [ImagePath: PackageName] = [:]
        var package: PackageName?
        var directory = ImagePath.root
        forEachLine { line in
            guard line.count >= 2, let letter = line.first else { return }
            let value = String(decoding: line.dropFirst(2), as: UTF8.self)
            switch letter {
            case UInt8(ascii: "P"): (package, directory) = (PackageName(value), .root)
            case UInt8(ascii: "F"):
                directory = ImagePath(value) ?? .root
                if !directory.isRoot { owners[directory] = package }
            case UInt8(ascii: "R"):
                if let path = directory.appending(value[...]) { owners[path] = package }
            default: break
            }
        }
        return owners
    }

    /// The same database after files went to other packages: what names them is left out.
    package func losing(_ paths: Set<ImagePath>) -> [UInt8] {
        guard !paths.isEmpty else { return text }
        var kept: [UInt8] = []
        var directory = ImagePath.root
        var isLost = false
        forEachLine { line in
            let value = String(decoding: line.dropFirst(2), as: UTF8.self)
            switch line.first {
            case UInt8(ascii: "F"): (directory, isLost) = (ImagePath(value) ?? .root, false)
            case UInt8(ascii: "R"): isLost = directory.appending(value[...]).map(paths.contains) ?? false
            case UInt8(ascii: "a"), UInt8(ascii: "Z"): break
            default: isLost = false
            }
            if isLost { return }
            kept += line
            kept.append(0x0A)
        }
        return kept
    }

    private func forEachLine(_ body: (ArraySlice<UInt8>) -> Void) {
        var lines = text[...]
        while !lines.isEmpty {
            let end = lines.firstIndex(of: 0x0A) ?? lines.endIndex
            body(lines[lines.startIndex..<end])
            lines = lines[end...].dropFirst()
        }
    }
}
