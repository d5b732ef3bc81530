// SPDX-License-Identifier: Apache-2.0

package import Storage
package import Vocabulary

/// Opens what a user typed: a layout directory (`DIR`, `DIR:TAG`, `DIR@DIGEST`), an archive (`FILE`, `FILE:TAG`), or a
/// reference. What is on disk wins over a reference that reads the same.
package struct ImageSourceOpener: Sendable {
    private let client: RegistryClient
    private let workers: WorkerThreads
    private let scratch: HostPath

    /// - Parameter scratch: a directory where archives are unpacked for as long as they are looked at.
    package init(client: RegistryClient, workers: WorkerThreads, scratch: HostPath) {
        self.client = client
        self.workers = workers
        self.scratch = scratch
    }

    /// Throws `notAnImage` for what is none of the three, and the opened kind's own errors.
    package func open(_ text: String) async throws -> any ImageSource {
        let candidates = Self.readings(of: text)
        let found = try await workers.run {
            try DistributionError.translating {
                try candidates.first { try HostDirectory.exists(HostPath($0.path)) }.map { candidate in
                    (candidate, try HostDirectory.isDirectory(HostPath(candidate.path)))
                }
            }
        }
        if let (candidate, isDirectory) = found {
            let path = HostPath(candidate.path)
            guard isDirectory else {
                return try await ArchiveImage(path, name: candidate.name, scratch: scratch, workers: workers)
            }
            let layout = try await workers.run {
                try DistributionError.translating { try ImageLayout.open(at: path) }
            }
            return try await LayoutImage(layout, name: candidate.name, workers: workers)
        }
        do throws(ImageReference.ParseError) {
            return RegistryImage(try ImageReference(text), client: client)
        } catch {
            // What looks like a path was meant as one.
            guard !text.hasPrefix("/"), !text.hasPrefix("."), text.contains("/") else {
                throw DistributionError.notAnImage(text)
            }
            throw DistributionError.notFound(what: "'\(text)' (as a file; as a reference: \(error))")
        }
    }

    /// A path alone, or a path with a tag or digest behind it.
    static func readings(of text: String) -> [(path: String, name: String?)] {
        var readings: [(path: String, name: String?)] = [(text, nil)]
        for separator in ["@", ":"] as [Character] {
            if let place = text.firstIndex(of: separator), place != text.startIndex, separator == "@" {
                readings.append((String(text[..<place]), String(text[text.index(after: place)...])))
            } else if let place = text.lastIndex(of: separator), place != text.startIndex {
                readings.append((String(text[..<place]), String(text[text.index(after: place)...])))
            }
        }
        return readings
    }
}
