// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Which programs of other architectures run here, and by what. The emulator is put in front of the arguments; nothing
/// is registered with the kernel, whose tables are everybody's. A program that a foreign program starts is therefore
/// not emulated.
enum Emulation {
    #if arch(x86_64)
        static let native = "amd64"
    #elseif arch(arm64)
        static let native = "arm64"
    #else
        static let native = ""
    #endif

    /// By the OCI name of the architecture.
    private static let emulators = [
        "amd64": "qemu-x86_64-static", "arm64": "qemu-aarch64-static", "arm": "qemu-arm-static",
        "386": "qemu-i386-static", "ppc64le": "qemu-ppc64le-static", "riscv64": "qemu-riscv64-static",
        "s390x": "qemu-s390x-static",
    ]
    static let debianPackage = "qemu-user-static"

    /// The emulator's name, nil where none is needed.
    static func emulator(for platform: Platform) throws(RunningError) -> String? {
        if platform.architecture == native { return nil }
        guard let name = emulators[platform.architecture] else {
            throw .noEmulator(architecture: platform.architecture)
        }
        return name
    }
}
