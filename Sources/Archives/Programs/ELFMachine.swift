// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// What ELF files of an architecture are marked with, and what the C libraries call it.
package struct ELFMachine: Sendable {
    package let architecture: Architecture
    /// `e_machine` (System V gABI).
    package let number: UInt16
    package let is64Bit: Bool
    /// Debian's folder of the architecture's libraries (multiarch); nil where Debian has no port to it.
    package let triplet: String?
    /// What musl's loader is called after: `ld-musl-NAME.so.1`.
    package let musl: String

    private static let all = [
        ELFMachine(.amd64, 62, "x86_64-linux-gnu", musl: "x86_64"),
        ELFMachine(.arm64, 183, "aarch64-linux-gnu", musl: "aarch64"),
        ELFMachine(.armhf, 40, is64Bit: false, "arm-linux-gnueabihf", musl: "armhf"),
        ELFMachine(.armv6, 40, is64Bit: false, nil, musl: "armhf"),
        ELFMachine(.i386, 3, is64Bit: false, "i386-linux-gnu", musl: "i386"),
        ELFMachine(.loong64, 258, "loongarch64-linux-gnu", musl: "loongarch64"),
        ELFMachine(.ppc64le, 21, "powerpc64le-linux-gnu", musl: "powerpc64le"),
        ELFMachine(.riscv64, 243, "riscv64-linux-gnu", musl: "riscv64"),
        ELFMachine(.s390x, 22, "s390x-linux-gnu", musl: "s390x"),
    ]

    private init(
        _ architecture: Architecture, _ number: UInt16, is64Bit: Bool = true, _ triplet: String?, musl: String
    ) {
        self.architecture = architecture
        self.number = number
        self.is64Bit = is64Bit
        self.triplet = triplet
        self.musl = musl
    }

    /// Nil for an architecture that has no entry here.
    package static func of(_ architecture: Architecture) -> ELFMachine? {
        all.first { $0.architecture == architecture }
    }

    /// The machine that a file is made for; of several that share a number, the newest.
    package static func of(_ facts: ELFFacts) -> ELFMachine? {
        all.first { $0.number == facts.machine && $0.is64Bit == facts.is64Bit }
    }
}
