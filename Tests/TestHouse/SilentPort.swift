// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A port of 127.0.0.1 that is taken and where nobody listens: connections are refused for as long as this lives, and no
/// server of another test can be given it.
package final class SilentPort: Sendable {
    package let number: Int
    private let socket: Int32

    package init() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { [socket] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        number = Int(UInt16(bigEndian: address.sin_port))
        guard isBound else { throw RawHTTP.Failure(description: "bind: errno \(errno)") }
    }

    deinit { close(socket) }
}
