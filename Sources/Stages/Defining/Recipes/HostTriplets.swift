// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// What compilers call an architecture (`${{host.triplet.gnu}}`), in melange's words.
struct HostTriplets {
    private let architecture: Architecture

    init(_ architecture: Architecture) { self.architecture = architecture }

    func gnu(library: String) -> String {
        switch architecture {
        case .i386: "i486-pc-linux-\(library)"
        case .amd64: "x86_64-pc-linux-\(library)"
        case .arm64: "aarch64-unknown-linux-\(library)"
        case .armv6: "arm-unknown-linux-\(library)eabihf"
        case .armhf: "armv7l-unknown-linux-\(library)eabihf"
        case .ppc64le: "powerpc64le-unknown-linux-\(library)"
        case .s390x: "s390x-ibm-linux-\(library)"
        default: "\(RecipeWords.name(of: architecture))-unknown-linux-\(library)"
        }
    }

    func rust(library: String) -> String {
        switch architecture {
        case .i386: "i686-unknown-linux-\(library)"
        case .amd64: "x86_64-unknown-linux-\(library)"
        case .armv6: "arm-unknown-linux-\(library)eabihf"
        case .armhf: "armv7-unknown-linux-\(library)eabihf"
        case .ppc64le: "powerpc64le-unknown-linux-\(library)"
        case .s390x: "s390x-unknown-linux-\(library)"
        default: "\(RecipeWords.name(of: architecture))-unknown-linux-\(library)"
        }
    }
}
