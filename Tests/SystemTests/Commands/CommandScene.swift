// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Vocabulary

/// A directory with a signed repository of three small packages, in which command lines are typed as a user types
/// them: into a shell, at the program that was built.
struct CommandScene {
    struct Outcome {
        var exit: Int32
        var stdout: String
        var stderr: String
    }

    static let program = SlipwayProgram.path

    let scratch: Scratch
    let repository: LocalRepository

    var path: String { scratch.path }

    /// `repository` offers `app`, which needs `lib`, and the package that every image has.
    init() throws {
        scratch = try Scratch()
        repository = try LocalRepository()
        for architecture in ["amd64", "arm64"] {
            try repository.add("lib", "1.0-1", architecture: architecture, files: ["usr/lib/lib.txt": "lib"])
            try repository.add(
                "app", "2.0-1", architecture: architecture, fields: ["Depends: lib (>= 1.0)"],
                files: ["usr/share/app/data": "data"])
            try repository.add(
                "base-files", "13", architecture: architecture,
                files: ["usr/lib/os-release": "ID=debian\nVERSION_ID=\"13\""])
        }
        try repository.publish()
        try define()
    }

    /// Writes a definition; `packages` are its lines below `packages:`, `rest` whatever else it says.
    func define(
        _ name: String = "image.yaml", packages: String = "- app", url: String? = nil, rest: String = ""
    ) throws {
        let text = """
            contents:
              repositories:
                - deb [signed-by=\(repository.keyring)] \(url ?? repository.url) trixie main
              packages:
                \(packages)
            accounts:
              run-as: nonroot
            archs: [amd64, arm64]
            \(rest)
            """
        try scratch.write(Array((text + "\n").utf8), to: name)
    }

    /// Types a line into `sh`; `slipway` is the program. Home, caches and data are below the directory.
    func type(_ line: String, before: String = "") throws -> Outcome {
        let script = """
            set +e
            export HOME="$PWD/home" XDG_CACHE_HOME="$PWD/home/cache" XDG_DATA_HOME="$PWD/home/data" TERM=dumb
            unset SOURCE_DATE_EPOCH NO_COLOR http_proxy https_proxy all_proxy
            slipway() { "\(Self.program)" "$@"; }
            \(before)
            (\(line)) </dev/null >.out 2>.err
            echo $? >.exit
            """
        try scratch.sh(script)
        func text(_ name: String) throws -> String { String(decoding: try scratch.read(name), as: UTF8.self) }
        return Outcome(
            exit: Int32(try text(".exit").filter(\.isNumber)) ?? -1, stdout: try text(".out"),
            stderr: try text(".err"))
    }

    /// What differs from run to run, named: directories, times, digests that follow the repository's key.
    func plain(_ text: String) -> String {
        var text = text.replacing(repository.url, with: "http://deb.example.org/debian")
        text = text.replacing(repository.root, with: "REPOSITORY").replacing(path, with: "HERE")
        return text.replacing(#/  ([0-9.]+ s|[0-9]+ ms)$/#.anchorsMatchLineEndings(), with: "")
    }
}
