// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import Vocabulary

/// `/etc/ld.so.conf` with what it includes: where glibc's loader looks beside its own directories (ldconfig(8)).
package struct LoaderConfiguration {
    package static let file = "etc/ld.so.conf"
    private static let depth = 8

    /// In their order, each once.
    package private(set) var directories: [ImagePath] = []

    /// `read` gives the text of a file of the image, `names` what a directory of it holds. Throws what they throw.
    package init<Failure: Error>(
        read: (ImagePath) throws(Failure) -> [UInt8]?, names: (ImagePath) throws(Failure) -> [String]
    ) throws(Failure) {
        if let path = ImagePath(Self.file) { try add(path, depth: 0, read, names) }
    }

    private mutating func add<Failure: Error>(
        _ path: ImagePath, depth: Int, _ read: (ImagePath) throws(Failure) -> [UInt8]?,
        _ names: (ImagePath) throws(Failure) -> [String]
    ) throws(Failure) {
        guard depth < Self.depth, let bytes = try read(path) else { return }
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
            guard let first = words.first else { continue }
            if first == "include" {
                for pattern in words.dropFirst() {
                    for file in try Self.matches(pattern, beside: path, names) {
                        try add(file, depth: depth + 1, read, names)
                    }
                }
            } else if first != "hwcap", let directory = ImagePath(first), !directories.contains(directory) {
                directories.append(directory)
            }
        }
    }

    /// Files that a pattern in its last component means (glob(7)), in byte order.
    private static func matches<Failure: Error>(
        _ pattern: Substring, beside file: ImagePath, _ names: (ImagePath) throws(Failure) -> [String]
    ) throws(Failure) -> [ImagePath] {
        let text = pattern.hasPrefix("/") ? String(pattern) : "\(file.parent?.text ?? "")/\(pattern)"
        guard let path = ImagePath(text), let directory = path.parent else { return [] }
        let form = String(path.name)
        guard form.contains(where: { "*?[".contains($0) }) else { return [path] }
        return try names(directory).filter { fnmatch(form, $0, FNM_PERIOD) == 0 }.sorted().compactMap {
            directory.appending($0)
        }
    }
}
