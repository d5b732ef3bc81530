// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Flag(help: "Print the facts as JSON on stdout.")
    var json = false

    @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.")
    var quiet = false

    @Option(help: "Codecs at once; the processor's count where not given.")
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads is \(threads); at least 1 is needed") }
    }
}
