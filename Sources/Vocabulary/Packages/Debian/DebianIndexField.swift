// SPDX-License-Identifier: Apache-2.0

/// The fields that a record keeps, and those beside the texts.
enum DebianIndexField: Int {
    case package, version, architecture, source, depends = 5, preDepends, provides, conflicts, breaks,
        replaces
    case maintainer, homepage, filename, size, installedSize, sha256, multiArch, priority, essential

    static let count = 20
    static let names: [String] = [
        "Package", "Version", "Architecture", "Source", "", "Depends", "Pre-Depends", "Provides", "Conflicts",
        "Breaks", "Replaces", "Maintainer", "Homepage", "Filename", "Size", "Installed-Size", "SHA256",
        "Multi-Arch",
        "Priority", "Essential",
    ]
    static let lowercased: [[UInt8]] = names.map { Array($0.lowercased().utf8) }
    var name: String { Self.names[rawValue] }

    /// Field names are compared without regard to case (Policy 5.1).
    @inline(__always)
    init?(_ name: UnsafeRawBufferPointer) {
        let initial = name[0] | 0x20
        let candidate: Self? =
            switch name.count {
            case 4: .size
            case 6: initial == 0x62 ? .breaks : name[1] == 0x48 || name[1] == 0x68 ? .sha256 : .source
            case 7: initial == 0x70 ? .package : initial == 0x76 ? .version : .depends
            case 8:
                switch initial {
                case 0x68: .homepage
                case 0x66: .filename
                case 0x72: .replaces
                default: name[2] | 0x20 == 0x69 ? .priority : .provides
                }
            case 9: initial == 0x63 ? .conflicts : .essential
            case 10: name[1] | 0x20 == 0x75 ? .multiArch : .maintainer
            case 11: .preDepends
            case 12: .architecture
            case 14: .installedSize
            default: nil
            }
        guard let candidate, Self.matches(name, candidate) else { return nil }
        self = candidate
    }

    @inline(__always)
    private static func matches(_ name: UnsafeRawBufferPointer, _ candidate: Self) -> Bool {
        let expected = lowercased[candidate.rawValue]
        for at in 0..<expected.count {
            let letter = name[at] >= 0x41 && name[at] <= 0x5A ? name[at] | 0x20 : name[at]
            if letter != expected[at] { return false }
        }
        return true
    }
}
