// SPDX-License-Identifier: Apache-2.0

internal import Execution
internal import Storage
package import Vocabulary

/// What `deb system` takes from this machine's apt: its sources in apt's order, the keyrings that it trusts for all of
/// them, and which of the checks on time it was told to leave out.
package struct AptConfiguration: Sendable, Equatable {
    package var sources: [AptSource]
    package var trustedKeyrings: [HostPath]
    /// `Acquire::Check-Valid-Until`.
    package var checksValidUntil: Bool
    /// `Acquire::Check-Date`; where it is off, apt does not look at Valid-Until either (apt.conf(5)).
    package var checksDate: Bool
    /// `Acquire::http::Proxy`, for whoever opens the transport.
    package var httpProxy: String?

    package init(
        sources: [AptSource], trustedKeyrings: [HostPath], checksValidUntil: Bool = true,
        checksDate: Bool = true,
        httpProxy: String? = nil
    ) {
        self.sources = sources
        self.trustedKeyrings = trustedKeyrings
        self.checksValidUntil = checksValidUntil
        self.checksDate = checksDate
        self.httpProxy = httpProxy
    }

    /// Reads the configuration of this machine. Throws `apt` where there is none, and `aptSource` for a source file
    /// that apt itself would not read.
    package static func ofThisMachine() async throws(FetchingError) -> AptConfiguration {
        let dump: ProgramResult
        do throws(ExecutionError) {
            let program = try Program.find("apt-config", debianPackage: "apt")
            dump = try await program.run(["dump"], outputLimit: 4 << 20, within: 120)
        } catch {
            throw .apt(reason: error.description)
        }
        guard dump.exit == 0 else { throw .apt(reason: "apt-config dump failed: \(dump.complaint)") }
        return try read(settings: AptSettings(dump: String(decoding: dump.stdout, as: UTF8.self)))
    }

    /// Reads the files that the settings name.
    static func read(settings: AptSettings) throws(FetchingError) -> AptConfiguration {
        let list = settings.path("Dir", "Dir::Etc", "Dir::Etc::sourcelist", default: "sources.list")
        let parts = settings.path("Dir", "Dir::Etc", "Dir::Etc::sourceparts", default: "sources.list.d")
        var sources: [AptSource] = []
        for file in try [HostPath(list)] + files(in: HostPath(parts), suffixes: [".list", ".sources"]) {
            guard let bytes = try contents(of: file) else { continue }
            sources +=
                file.text.hasSuffix(".sources")
                ? try AptSourceParser.sources(bytes, file: file.text)
                : try AptSourceParser.list(String(decoding: bytes, as: UTF8.self), file: file.text)
        }
        let trusted = settings.path("Dir", "Dir::Etc", "Dir::Etc::trusted", default: "trusted.gpg")
        let trustedParts = settings.path(
            "Dir", "Dir::Etc", "Dir::Etc::trustedparts", default: "trusted.gpg.d")
        var keyrings: [HostPath] = []
        for file in try [HostPath(trusted)] + files(in: HostPath(trustedParts), suffixes: [".gpg", ".asc"]) {
            if try contents(of: file)?.isEmpty == false { keyrings.append(file) }
        }
        let checksDate = settings.flag("Acquire::Check-Date", default: true)
        return AptConfiguration(
            sources: sources, trustedKeyrings: keyrings,
            checksValidUntil: checksDate && settings.flag("Acquire::Check-Valid-Until", default: true),
            checksDate: checksDate, httpProxy: settings["Acquire::http::Proxy"])
    }

    /// The files that apt would read there, in its order.
    private static func files(in directory: HostPath, suffixes: [String]) throws(FetchingError) -> [HostPath]
    {
        do throws(StorageError) {
            guard try HostDirectory.isDirectory(directory) else { return [] }
            return try HostDirectory.names(in: directory).sorted().filter { name in
                suffixes.contains { name.hasSuffix($0) }
                    && name.utf8.allSatisfy {
                        switch $0 {
                        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                        default: false
                        }
                    }
            }.map { directory / $0 }
        } catch {
            throw .apt(reason: error.description)
        }
    }

    /// Nil where there is no such file.
    private static func contents(of file: HostPath) throws(FetchingError) -> [UInt8]? {
        do throws(StorageError) {
            return try HostDirectory.exists(file) ? try HostDirectory.read(file, limit: 16 << 20) : nil
        } catch {
            throw .apt(reason: error.description)
        }
    }
}
