// SPDX-License-Identifier: Apache-2.0

/// Finds the one clear-signed block in a file (RFC 9580, 7), so that gpgv sees nothing else: text around the block,
/// or a second block, could otherwise be taken for signed.
enum ClearsignedBlock {
    enum Flaw: String, Error {
        case none = "it holds no clear-signed text"
        case several = "it holds more than one signed text"
        case unfinished = "its signature is cut off"
    }

    private static let begin = Array("-----BEGIN PGP SIGNED MESSAGE-----".utf8)
    private static let signature = Array("-----BEGIN PGP SIGNATURE-----".utf8)
    private static let end = Array("-----END PGP SIGNATURE-----".utf8)

    /// From the line that begins it to the line that ends its signature. In the text itself no line can look like one
    /// of these: lines with a leading dash are escaped.
    static func find(in bytes: [UInt8]) throws(Flaw) -> ArraySlice<UInt8> {
        var start: Int?
        var signatureSeen = false
        var finish: Int?
        var position = 0
        while position < bytes.count {
            let next = bytes[position...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
            let line = trimmed(bytes[position..<next])
            if line.elementsEqual(begin) {
                guard start == nil else { throw .several }
                start = position
            } else if line.elementsEqual(signature), start != nil {
                guard !signatureSeen else { throw .several }
                signatureSeen = true
            } else if line.elementsEqual(end), signatureSeen, finish == nil {
                finish = next
            }
            position = next
        }
        guard let start else { throw .none }
        guard let finish else { throw .unfinished }
        return bytes[start..<finish]
    }

    /// Without the white space at its end, which armor readers ignore.
    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line
        while let last = line.last, [0x0A, 0x0D, 0x20, 0x09].contains(last) { line.removeLast() }
        return line
    }
}
