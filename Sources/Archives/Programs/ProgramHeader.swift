// SPDX-License-Identifier: Apache-2.0

/// What a program says at its beginning of what it needs before it can start.
package enum ProgramHeader: Sendable, Equatable {
    case elf(ELFFacts)
    /// `#! interpreter argument`
    case script(interpreter: String, argument: String?)
}

/// The dynamic section of an ELF file, as far as finding libraries goes (System V gABI, chapter 5).
package struct ELFFacts: Sendable, Equatable {
    /// `EI_CLASS` is ELFCLASS64.
    package var is64Bit: Bool
    /// `e_machine`.
    package var machine: UInt16
    /// PT_INTERP.
    package var interpreter: String?
    /// DT_SONAME.
    package var soname: String?
    /// DT_NEEDED, in order.
    package var needed: [String] = []
    /// DT_RUNPATH, or DT_RPATH where there is no other; unexpanded.
    package var runPath: [String] = []
    /// `e_flags`, which tell apart how a machine passes numbers.
    package var flags: UInt32 = 0

    package init(
        is64Bit: Bool, machine: UInt16, interpreter: String?, soname: String?, needed: [String] = [],
        runPath: [String] = [], flags: UInt32 = 0
    ) {
        self.is64Bit = is64Bit
        self.machine = machine
        self.interpreter = interpreter
        self.soname = soname
        self.needed = needed
        self.runPath = runPath
        self.flags = flags
    }
}

/// Reads a script's first line (execve(2): the interpreter and one optional argument).
package enum ShebangReader {
    package static let headLength = 256

    package static func program(in head: ArraySlice<UInt8>) -> ProgramHeader? {
        guard head.starts(with: [0x23, 0x21]) else { return nil }
        let line = head.prefix(headLength).prefix { $0 != 0x0A && $0 != 0 }.dropFirst(2)
        let words = String(decoding: line, as: UTF8.self).split(
            maxSplits: 1, whereSeparator: { $0 == " " || $0 == "\t" })
        guard let interpreter = words.first, interpreter.hasPrefix("/") else { return nil }
        let argument = words.dropFirst().first.map {
            String(
                $0.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" || $0 == "\r" }
                    .reversed())
        }
        return .script(interpreter: String(interpreter), argument: argument)
    }

    /// The program that a first line means: the interpreter, or what that is asked to find on the search path where it is
    /// env(1). Nil where env is asked for nothing.
    package static func program(of interpreter: String, _ argument: String?) -> String? {
        guard interpreter.hasSuffix("/env") else { return interpreter }
        return argument?.split(separator: " ").first { !$0.hasPrefix("-") && !$0.contains("=") }.map(
            String.init)
    }
}
