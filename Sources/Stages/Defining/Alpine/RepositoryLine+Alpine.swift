// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension RepositoryLine {
    /// `https://…`, a folder, or either behind `@tag` (apk-repositories(5)); slashes at the end are dropped, as apko
    /// does.
    init(alpine text: String) throws(RepositoryLineError) {
        var rest = text.trimmingBlanks
        let first = Self.word(&rest)
        guard first.hasPrefix("@") else {
            try Self.requireEnd(rest, text)
            self = .alpine(location: try Self.location(first), tag: nil)
            return
        }
        let tag = String(first.dropFirst())
        guard PackageRequest.isTag(tag) else {
            throw RepositoryLineError(reason: "'\(first)' is no tag; write '@' and letters or digits")
        }
        let place = Self.word(&rest)
        guard !place.isEmpty else {
            throw RepositoryLineError(reason: "a URL or a folder must follow the tag '\(first)'")
        }
        try Self.requireEnd(rest, text)
        self = .alpine(location: try Self.location(place), tag: tag)
    }

    private static func requireEnd(_ rest: Substring, _ text: String) throws(RepositoryLineError) {
        guard rest.trimmingBlanks.isEmpty else {
            throw RepositoryLineError(
                reason:
                    "write 'deb system SUITE COMPONENT…', 'deb [signed-by=FILE] URL SUITE COMPONENT…', or an Alpine repository as 'URL', 'FOLDER', '@TAG URL'"
            )
        }
    }

    private static func location(_ text: String) throws(RepositoryLineError) -> String {
        if text.contains("://") { return try url(text, of: ["https://", "http://", "file:///"]) }
        guard text.utf8.count <= ImagePath.limits.path, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else {
            throw RepositoryLineError(reason: "it is no folder's path")
        }
        return text.trimmingSlashes
    }
}
