// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// One container, decided down to what its runtime is told.
struct ContainerPlan: Equatable {
    struct TemporaryFileSystem: Equatable {
        var path: ImagePath
        var mode: UInt16
        var uid: UInt32
        var gid: UInt32
    }

    /// A program of the host, there for reading and running.
    struct BorrowedProgram: Equatable {
        var name: String
        var source: HostPath
    }

    /// Where borrowed programs and the emulator appear in the container.
    static let borrowedDirectory = "/run/slipway"

    var rootFileSystem: HostPath
    var arguments: [String]
    var environment: [String]
    var workingDirectory: String
    var user: ImageAccounts.User
    var temporaryFileSystems: [TemporaryFileSystem]
    var programs: [BorrowedProgram]
    /// False gives it a network of its own in which there is nothing but loopback.
    var usesHostNetwork: Bool
}

extension ContainerPlan {
    static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The image's environment, with PATH and HOME where it sets none.
    static func environment(of configuration: ImageConfiguration, user: ImageAccounts.User) -> [String] {
        var environment = configuration.config?.environment ?? []
        if !environment.contains(where: { $0.hasPrefix("PATH=") }) {
            environment.append("PATH=\(defaultPath)")
        }
        if !environment.contains(where: { $0.hasPrefix("HOME=") }) {
            environment.append("HOME=\(user.home.flatMap { $0.isEmpty ? nil : $0 } ?? "/")")
        }
        return environment
    }

    var path: String {
        environment.last { $0.hasPrefix("PATH=") }.map { String($0.dropFirst(5)) } ?? Self.defaultPath
    }
}
