// SPDX-License-Identifier: Apache-2.0

internal import Pipeline

/// What a container said, as facts.
struct ContainerFacts: Encodable {
    var exit: Int32
    /// Bytes that are no UTF-8 are replaced.
    var stdout: String
    var stderr: String

    init(_ result: ContainerResult) {
        exit = result.exit
        stdout = String(decoding: result.stdout, as: UTF8.self)
        stderr = String(decoding: result.stderr, as: UTF8.self)
    }
}
