// SPDX-License-Identifier: Apache-2.0

/// What gpgv's status lines (GnuPG, doc/DETAILS) say about the signatures of one text.
struct SignatureJudgement: Equatable {
    enum Verdict: Equatable {
        /// GOODSIG and VALIDSIG, with a hash function that still holds; `primary` is the primary key's fingerprint.
        case good(primary: String)
        case bad(key: String)
        case expired(key: String)
        case keyExpired(key: String)
        case keyRevoked(key: String)
        case unknownKey(String)
        case weakHash(key: String)
        case unchecked(key: String)
    }

    /// One for each signature, in gpgv's order.
    private(set) var verdicts: [Verdict] = []
    /// gpgv met something that does not belong into a signed text.
    private(set) var isMalformed = false

    init(statusLines: [UInt8]) {
        /// The last signature was called good and waits for its VALIDSIG line.
        var awaiting: String?
        for line in String(decoding: statusLines, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            guard words.count >= 2, words[0] == "[GNUPG:]" else { continue }
            let key = words.count > 2 ? words[2] : "?"
            if words[1] == "VALIDSIG" {
                if let expected = awaiting { verdicts.append(Self.judge(words, expected)) }
                awaiting = nil
                continue
            }
            let verdict: Verdict? =
                switch words[1] {
                case "BADSIG": .bad(key: key)
                case "EXPSIG": .expired(key: key)
                case "EXPKEYSIG": .keyExpired(key: key)
                case "REVKEYSIG": .keyRevoked(key: key)
                // Return code 9: no public key.
                case "ERRSIG": words.count > 7 && words[7] == "9" ? .unknownKey(key) : .unchecked(key: key)
                default: nil
                }
            switch words[1] {
            case "GOODSIG": awaiting = key
            case "UNEXPECTED", "BADARMOR", "NODATA": isMalformed = true
            case "NEWSIG": awaiting = nil
            default: break
            }
            if let verdict {
                awaiting = nil
                verdicts.append(verdict)
            }
        }
    }

    /// VALIDSIG: fingerprint, date, time, expiry, version, reserved, key algorithm, hash algorithm, class, primary.
    private static func judge(_ words: [String], _ key: String) -> Verdict {
        guard words.count >= 12 else { return .unchecked(key: key) }
        // SHA-256, -384, -512, -224 (RFC 9580, 9.5); MD5, SHA-1 and RIPEMD-160 can be made to collide.
        guard ["8", "9", "10", "11"].contains(words[9]) else { return .weakHash(key: key) }
        // A detached or text signature of a document, nothing that certifies a key.
        guard ["00", "01"].contains(words[10]) else { return .unchecked(key: key) }
        return .good(primary: words[11].uppercased())
    }

    var signers: [String] {
        Set(verdicts.compactMap { if case .good(let primary) = $0 { primary } else { nil } }).sorted()
    }

    var isAccepted: Bool {
        !isMalformed && !signers.isEmpty && !verdicts.contains { if case .bad = $0 { true } else { false } }
    }

    /// A sentence on why it is not accepted.
    var refusal: String {
        if isMalformed { return "gpgv found data in it that do not belong there" }
        func sentence(_ verdict: Verdict) -> String? {
            switch verdict {
            case .good: nil
            case .bad(let key): "the signature by \(key) does not fit the text: it was changed or damaged"
            case .expired(let key): "the signature by \(key) has expired"
            case .keyExpired(let key): "the key \(key) has expired; install a newer keyring"
            case .keyRevoked(let key): "the key \(key) was revoked"
            case .unknownKey(let key): "it is signed by the key \(key), which is not in the keyring"
            case .weakHash(let key): "the signature by \(key) uses a hash function that is no longer trusted"
            case .unchecked(let key): "the signature by \(key) cannot be checked"
            }
        }
        let bad = verdicts.filter { if case .bad = $0 { true } else { false } }
        let reasons = (bad.isEmpty ? verdicts : bad).compactMap(sentence)
        return reasons.isEmpty ? "it holds no signature" : reasons.joined(separator: "; ")
    }
}
