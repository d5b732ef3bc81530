// SPDX-License-Identifier: Apache-2.0

/// The fields of a record in an index, by their letters (apk-package(5)).
enum AlpineIndexField: UInt8 {
    case checksum = 0x43
    case name = 0x50
    case version = 0x56
    case architecture = 0x41
    case size = 0x53
    case installedSize = 0x49
    case description = 0x54
    case url = 0x55
    case license = 0x4C
    case depends = 0x44
    case origin = 0x6F
    case maintainer = 0x6D
    case built = 0x74
    case commit = 0x63
    case provides = 0x70
    case installIf = 0x69
    case providerPriority = 0x6B

    /// As it stands in the text: `P:`.
    var title: String { String(Character(Unicode.Scalar(rawValue))) + ":" }

    /// What every record must have.
    static let required: [AlpineIndexField] = [.checksum, .name, .version, .architecture, .size]
}
