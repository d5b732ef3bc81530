// SPDX-License-Identifier: Apache-2.0

/// What a program did that was asked for its version or its help.
enum CommandAnswer: Equatable {
    /// The first line with a version in it.
    case version(String)
    /// The first line of a help text.
    case help(String)
    /// It ended without a word that serves.
    case silent
    /// It never ended.
    case slow
    /// It did not come to its own first instruction: a library or an interpreter is missing.
    case cannotStart(String)
    /// It, or the shell that runs it, did not know something: a program of a script, or the question itself.
    case notFound(String)
    case crashed(signal: Int32)

    /// What is asked, in this order, until a version is said.
    static let questions = ["--version", "-V", "-v", "version", "--help"]

    /// Words of loaders (glibc's and musl's), of the sandbox and of shells.
    private static let obstacles = [
        "error while loading shared libraries:", "Error loading shared library", "Error relocating ",
        "symbol lookup error:", "bwrap: execvp ", "cannot execute: required file not found",
        ": not found (required by",
    ]
    /// SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGSEGV, SIGSYS: programs end themselves with other numbers
    /// above 128 too.
    private static let crashes: Set<Int32> = [4, 5, 6, 7, 8, 9, 11, 31]

    /// - Parameters:
    ///   - exit: the status, 128 + n where signal n ended it.
    ///   - output: both streams.
    init(exit: Int32, output: String) {
        let lines = output.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
        if let line = lines.first(where: { line in Self.obstacles.contains { line.contains($0) } }) {
            self = .cannotStart(String(line.prefix(300)))
        } else if exit == 126 || exit == 127 {
            self = lines.last.map { .notFound(String($0.prefix(300))) } ?? .cannotStart("exit status \(exit)")
        } else if Self.crashes.contains(exit - 128) {
            self = .crashed(signal: exit - 128)
        } else if let line = lines.first(where: Self.holdsVersion) {
            self = .version(String(line.prefix(200)))
        } else if let line = lines.first, exit == 0 || lines.contains(where: Self.isHelp) {
            self = .help(String(line.prefix(200)))
        } else {
            self = .silent
        }
    }

    /// Digits, a dot and digits.
    private static func holdsVersion(_ line: Substring) -> Bool {
        let bytes = Array(line.utf8)
        return bytes.indices.dropFirst().dropLast().contains { place in
            bytes[place] == UInt8(ascii: ".") && isDigit(bytes[place - 1]) && isDigit(bytes[place + 1])
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isHelp(_ line: Substring) -> Bool {
        let line = line.lowercased()
        return line.contains("usage") || line.contains("--help") || line.contains("options:")
    }
}
