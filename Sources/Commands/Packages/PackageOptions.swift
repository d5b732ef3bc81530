// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// One package file.
struct PackageArgument: ParsableArguments {
    @Argument(help: "A package file.", completion: .file(extensions: ["apk", "deb"]))
    var file: String
}

/// How a folder becomes a package, in either family.
struct PackingOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The folder to write the package to.", completion: .directory)
    var output = "."

    @Flag(help: "Files keep their owners; otherwise all of them are root's.")
    var keepOwners = false

    func order(_ session: Session) throws -> PackingOrder {
        var order = PackingOrder()
        order.output = HostPath(output)
        order.keepsOwners = keepOwners
        order.sourceDateEpoch = try session.sourceDateEpoch()
        return order
    }
}

/// Where a package's files go.
struct ExtractingOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help:
            "The folder, which must not be there yet; the package's file name without its ending where not given.",
        completion: .directory)
    var output: String?

    /// Unpacks with `body`, which is handed the package and the new folder.
    func extract(
        _ common: CommonOptions, _ file: String,
        _ body: @escaping @Sendable (Workshop, HostPath, HostPath) async throws -> Void
    ) async throws {
        let session = Session(common)
        let package = HostPath(file)
        let folder = HostPath(output ?? Self.stem(package))
        try await session.run { workshop in
            try await body(workshop, package, folder)
            try session.show(["folder": folder.text]) { ["unpacked \(package) into \(folder)"] }
            return .success
        }
    }

    private static func stem(_ package: HostPath) -> String {
        let name = String(package.name)
        let stem = [".apk", ".deb"].first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) }
        return stem ?? "\(name).d"
    }
}
