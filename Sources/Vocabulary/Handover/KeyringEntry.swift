// SPDX-License-Identifier: Apache-2.0

/// One entry of `contents.keyring`, with its place decided: whose signatures are trusted.
package enum KeyringEntry: Sendable, Hashable, CustomStringConvertible {
    /// A file of this machine: a keyring of OpenPGP keys for Debian repositories, one public key for Alpine's.
    case file(HostPath)
    /// Where the Alpine family's public key is served, over http or https.
    case url(String)

    /// An entry as it is written; files are relative to `folder`.
    package init(_ text: String, relativeTo folder: HostPath) {
        if text.hasPrefix("https://") || text.hasPrefix("http://") {
            self = .url(text)
        } else if text.hasPrefix("file://") {
            self = .file(HostPath(text.dropFirst("file://".count)))
        } else {
            self = .file(HostPath(text).resolved(against: folder))
        }
    }

    package var description: String {
        switch self {
        case .file(let path): path.text
        case .url(let text): text
        }
    }

    /// Nil for what is no file of this machine.
    package var file: HostPath? {
        switch self {
        case .file(let path): path
        case .url: nil
        }
    }

    /// What a signature calls an Alpine key by: its file's name, or the last part of its URL.
    package var name: String {
        switch self {
        case .file(let path): return String(path.name)
        case .url(let text):
            let bare = text.prefix { $0 != "?" && $0 != "#" }
            // Key names hold `@`, which URLs may have as `%40`.
            return PercentEncoding.decodeLeniently(bare.split(separator: "/").last ?? "")
        }
    }
}
