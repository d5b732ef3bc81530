// SPDX-License-Identifier: Apache-2.0

/// Advisories with the declaration of what they cover, indexed by package.
package struct AdvisorySet: Sendable {
    /// One file of a directory of advisories.
    package struct File: Sendable {
        package var name: String
        package var bytes: [UInt8]

        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// A record and the part of it that is about one package.
    package struct Match: Sendable {
        package let record: OSVRecord
        package let affected: OSVRecord.Affected
    }

    /// The file that declares the coverage; every other `*.json` file holds records.
    package static let coverageFile = "coverage.json"
    /// The most that one file may have, in bytes.
    package static let fileLimit = 64 << 20

    package let coverage: [AdvisoryCoverage]
    package let recordCount: Int
    private let records: [OSVRecord]
    private let places: [String: [Place]]

    private struct Place {
        let record: Int
        let affected: Int
    }

    package init(records: [OSVRecord], coverage: [AdvisoryCoverage]) {
        self.records = records
        self.coverage = coverage
        recordCount = records.count
        var places: [String: [Place]] = [:]
        for (number, record) in records.enumerated() where !record.isWithdrawn {
            for (part, affected) in record.affected.enumerated() {
                places[affected.name, default: []].append(Place(record: number, affected: part))
            }
        }
        self.places = places
    }

    /// What the records say about a package of one release, whatever its version.
    package func matches(_ name: PackageName, in ecosystem: AdvisoryEcosystem) -> [Match] {
        (places[name.text] ?? []).compactMap { place in
            let record = records[place.record]
            let affected = record.affected[place.affected]
            return affected.ecosystem.covers(ecosystem) ? Match(record: record, affected: affected) : nil
        }
    }

    /// The claims about one release, in the file's order.
    package func coverage(of ecosystem: AdvisoryEcosystem) -> [AdvisoryCoverage] {
        coverage.filter { $0.ecosystem.covers(ecosystem) }
    }
}

/// Why a directory of advisories cannot be used. One unreadable record makes all of them unusable: without it, the
/// rest would call an affected package clean.
package enum AdvisoryError: Error, Equatable, CustomStringConvertible {
    case unreadable(file: String, CanonicalJSON.ReadError)
    case coverageVersion(file: String, Int)
    case noRecords

    package var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "the advisories in '\(file)' cannot be read: \(reason); repair the file or take it away"
        case .coverageVersion(let file, let version):
            "'\(file)' has version \(version), and this Slipway reads version 1; use a newer Slipway"
        case .noRecords:
            "there is no advisory: the directory needs OSV records as *.json files and a \(AdvisorySet.coverageFile)"
        }
    }
}

extension AdvisorySet {
    private struct CoverageDocument: Decodable {
        var version: Int
        var coverage: [AdvisoryCoverage]
    }

    /// A file of records holds one or a list.
    private struct RecordDocument: Decodable {
        var records: [OSVRecord]

        init(from decoder: any Decoder) throws {
            if var list = try? decoder.unkeyedContainer() {
                records = []
                while !list.isAtEnd { records.append(try list.decode(OSVRecord.self)) }
            } else {
                records = [try OSVRecord(from: decoder)]
            }
        }
    }

    /// Reads the files of a directory, in any order. Without a coverage file the set covers nothing, and a scan
    /// with it says so.
    package static func read(_ files: [File]) throws(AdvisoryError) -> AdvisorySet {
        var records: [OSVRecord] = []
        var coverage: [AdvisoryCoverage] = []
        for file in files.sorted(by: { $0.name < $1.name }) where file.name.hasSuffix(".json") {
            if file.name == coverageFile {
                let document: CoverageDocument = try decode(file, what: "the coverage")
                guard document.version == 1 else {
                    throw .coverageVersion(file: file.name, document.version)
                }
                coverage += document.coverage
            } else {
                let document: RecordDocument = try decode(file, what: "the record")
                records += document.records
            }
        }
        guard !records.isEmpty else { throw .noRecords }
        return AdvisorySet(records: records, coverage: coverage)
    }

    private static func decode<Document: Decodable>(
        _ file: File, what: String
    ) throws(AdvisoryError) -> Document {
        do {
            return try CanonicalJSON.decode(from: file.bytes, what: what, limit: fileLimit)
        } catch {
            throw .unreadable(file: file.name, error)
        }
    }
}
