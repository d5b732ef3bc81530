// SPDX-License-Identifier: Apache-2.0

/// Which bytes of a blob a `Range` field asks for (RFC 9110, section 14.2).
enum ByteRange: Equatable {
    case whole
    case part(ClosedRange<Int64>)
    /// 416: nothing of what is asked for is there.
    case unsatisfiable

    /// A field that is no single byte range is ignored, as the RFC allows.
    init(_ field: String?, size: Int64) {
        guard let field, field.hasPrefix("bytes=") else {
            self = .whole
            return
        }
        let bounds = field.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, !field.contains(",") else {
            self = .whole
            return
        }
        let (first, last) = (Self.number(bounds[0]), Self.number(bounds[1]))
        switch (first, last, bounds[0].isEmpty, bounds[1].isEmpty) {
        case (let first?, nil, _, true): self = first < size ? .part(first...size - 1) : .unsatisfiable
        case (let first?, let last?, _, _) where first <= last:
            self = first < size ? .part(first...min(last, size - 1)) : .unsatisfiable
        case (nil, let suffix?, true, _):
            self = suffix > 0 && size > 0 ? .part(max(0, size - suffix)...size - 1) : .unsatisfiable
        default: self = .whole
        }
    }

    /// Digits only: `Int64` would also take a sign.
    static func number(_ text: Substring) -> Int64? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
    }
}

/// Where a chunk of an upload belongs: `Content-Range: 0-99`, without unit or total (distribution-spec, "Pushing a
/// blob in chunks").
struct ChunkRange: Equatable {
    let first: Int64
    let last: Int64
    var count: Int64 { last - first + 1 }

    /// Nil where the field is absent; throws where it is not a range.
    init?(_ field: String?) throws(RegistryFailure) {
        guard let field else { return nil }
        let bounds = field.split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, let first = ByteRange.number(bounds[0]),
            let last = ByteRange.number(bounds[1]),
            first <= last, last < .max
        else {
            throw RegistryFailure(
                400, .blobUploadInvalid, "Content-Range '\(field.prefix(64))' is not FIRST-LAST, as in 0-99")
        }
        self.first = first
        self.last = last
    }
}
