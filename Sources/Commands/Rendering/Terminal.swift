// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import Glibc
internal import Vocabulary

/// The two streams: data goes to stdout, talk to stderr. Colour and moving lines only where a person looks.
struct Terminal: Sendable {
    let isInteractive: Bool
    let columns: Int
    /// Whether talk and data may have colours: each stream by itself, `slipway verify … | less` has none.
    private let colours: (talk: Bool, data: Bool)

    /// What this process's stderr is (`NO_COLOR`: https://no-color.org).
    static func current(environment: [String: String]) -> Terminal {
        let isDumb = environment["TERM"] == "dumb"
        let wantsColour = (environment["NO_COLOR"] ?? "").isEmpty && !isDumb
        var window = winsize()
        let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &window) == 0 && window.ws_col > 0
        return Terminal(
            isInteractive: isatty(STDERR_FILENO) == 1 && !isDumb, columns: known ? Int(window.ws_col) : 80,
            colours: (
                talk: wantsColour && isatty(STDERR_FILENO) == 1,
                data: wantsColour && isatty(STDOUT_FILENO) == 1
            ))
    }

    /// One line of data.
    func print(_ text: String) { Self.write(text + "\n", to: STDOUT_FILENO) }

    /// Bytes of data, as they are.
    func print(_ bytes: [UInt8]) { Self.write(bytes, to: STDOUT_FILENO) }

    /// One line of talk.
    func say(_ text: String) { Self.write(clearing + text + "\n", to: STDERR_FILENO) }

    /// Bytes of talk, as they are.
    func pass(_ bytes: [UInt8]) { Self.write(bytes, to: STDERR_FILENO) }

    func fail(_ message: String) { say("\(paint("error:", .red, in: .talk)) \(message)") }

    /// A line that the next one overwrites; nothing where nobody looks.
    func flash(_ text: String) {
        guard isInteractive else { return }
        Self.write(clearing + String(text.prefix(max(20, columns - 1))), to: STDERR_FILENO)
    }

    func clear() { if isInteractive { Self.write(clearing, to: STDERR_FILENO) } }

    enum Colour: Int { case red = 31, green = 32, yellow = 33, cyan = 36 }

    enum Stream { case talk, data }

    func paint(_ text: String, _ colour: Colour, in stream: Stream) -> String {
        let hasColour = stream == .talk ? colours.talk : colours.data
        return hasColour ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    private var clearing: String { isInteractive ? "\r\u{1B}[K" : "" }

    private static func write(_ text: String, to stream: Int32) { write(Array(text.utf8), to: stream) }

    private static func write(_ bytes: [UInt8], to stream: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(stream, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            // Nobody listens any more.
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}
