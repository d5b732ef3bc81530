// SPDX-License-Identifier: Apache-2.0

/// Where a package file lies.
enum PackagePlace {
    /// The repository's URL and the file's path; every byte of it but letters, digits and `-._~/` as `%XX`: servers
    /// differ in what a bare `+` means.
    static func url(repository: String, file: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = Array(repository.utf8)
        while out.last == 0x2F { out.removeLast() }
        out.append(0x2F)
        for byte in file.utf8 {
            switch byte {
            case 0x2D...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x7E: out.append(byte)
            default: out += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
