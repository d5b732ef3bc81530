// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    internal import Glibc
#endif

/// The finished program, as `swift build` left it beside these tests, run as a user runs it.
package enum SlipwayProgram {
    package struct Outcome: Sendable {
        /// The exit status; 137 where it was killed.
        package let exit: Int32
        package let stdout: [UInt8]
        package let stderr: String

        package var text: String { String(decoding: stdout, as: UTF8.self) }
        package var wasKilled: Bool { exit == 137 }
    }

    /// `slipway` beside the program that runs these tests.
    package static let path: String = {
        guard let own = realpath("/proc/self/exe", nil) else { return "slipway" }
        defer { free(own) }
        return String(cString: own).split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/slipway"
    }()

    /// Whether it was built.
    package static let isThere = access(path, X_OK) == 0

    /// Runs it in `directory` and waits. It sees PATH, `environment`, and nothing else; its home is the directory.
    package static func run(
        _ arguments: [String], in directory: String, environment: [String: String] = [:]
    ) throws -> Outcome {
        let scratch = try Scratch()
        try Tool.sh(
            """
            set +e
            \(command(arguments, home: directory, environment: environment)) \
                </dev/null >\(scratch.path)/out 2>\(scratch.path)/err
            echo $? >\(scratch.path)/exit
            """, in: directory)
        let exit = String(decoding: try scratch.read("exit"), as: UTF8.self)
        return Outcome(
            exit: Int32(exit.filter(\.isNumber)) ?? -1, stdout: try scratch.read("out"),
            stderr: String(decoding: try scratch.read("err"), as: UTF8.self))
    }

    /// The same as a line for a shell.
    package static func command(
        _ arguments: [String], home: String, environment: [String: String] = [:]
    ) -> String {
        let variables = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home].merging(environment) {
            $1
        }
        let words =
            ["env", "-i"] + variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } + [path]
            + arguments
        return words.map { "'\($0.replacing("'", with: "'\\''"))'" }.joined(separator: " ")
    }
}
