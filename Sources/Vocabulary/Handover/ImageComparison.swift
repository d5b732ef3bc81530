// SPDX-License-Identifier: Apache-2.0

/// Two images side by side: figures of both, and the first as a share of the second.
package struct ImageComparison: Sendable, Equatable, Codable {
    package struct Figure: Sendable, Equatable, Codable {
        package enum Unit: String, Sendable, Codable { case bytes, count, seconds }

        /// Kebab-case and stable: `compressed-size`.
        package var name: String
        package var unit: Unit
        /// Nil where it is not known.
        package var first: Int64?
        package var second: Int64?

        package init(_ name: String, _ unit: Unit, _ first: Int64?, _ second: Int64?) {
            self.name = name
            self.unit = unit
            self.first = first
            self.second = second
        }

        /// The first as per cent of the second; nil where either is not known or the second is nothing, and for ages,
        /// of which none is a share of another.
        package var percent: Double? {
            guard unit != .seconds, let first, let second, second > 0 else { return nil }
            return Double(first) * 100 / Double(second)
        }

        private enum CodingKeys: String, CodingKey { case name, unit, first, second, percent }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            name = try fields.decode(String.self, forKey: .name)
            unit = try fields.decode(Unit.self, forKey: .unit)
            first = try fields.decodeIfPresent(Int64.self, forKey: .first)
            second = try fields.decodeIfPresent(Int64.self, forKey: .second)
        }

        package func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(name, forKey: .name)
            try fields.encode(unit, forKey: .unit)
            try fields.encodeIfPresent(first, forKey: .first)
            try fields.encodeIfPresent(second, forKey: .second)
            try fields.encodeIfPresent(percent.map { ($0 * 10).rounded() / 10 }, forKey: .percent)
        }
    }

    /// How the packages differ; each list sorted.
    package struct PackageDifference: Sendable, Equatable, Codable {
        package var onlyInFirst: [String]
        package var onlyInSecond: [String]
        /// `NAME FIRST-VERSION SECOND-VERSION`.
        package var otherVersion: [String]
    }

    package var first: ImageStatistics
    package var second: ImageStatistics
    package var figures: [Figure]
    package var packages: PackageDifference

    /// Compares what was counted; `now` is what ages count from.
    package init(
        _ first: ImageStatistics, _ firstInventory: ImageInventory, _ second: ImageStatistics,
        _ secondInventory: ImageInventory, now: Timestamp
    ) {
        self.first = first
        self.second = second
        figures = Self.figures(first, second, now: now)
        packages = PackageDifference(firstInventory.packages, secondInventory.packages)
    }

    private static func figures(
        _ first: ImageStatistics, _ second: ImageStatistics, now: Timestamp
    ) -> [Figure] {
        func age(_ image: ImageStatistics) -> Int64? {
            image.created.map { max(0, now.seconds - $0.seconds) }
        }
        // A count of what an incomplete scan found is no figure: the rest is unknown.
        func vulnerabilities(_ image: ImageStatistics) -> Int64? {
            image.findings.flatMap { $0.isComplete ? Int64($0.vulnerabilities) : nil }
        }
        func count(_ name: String, _ value: (ImageStatistics) -> Int) -> Figure {
            Figure(name, .count, Int64(value(first)), Int64(value(second)))
        }
        return [
            Figure("compressed-size", .bytes, first.compressedSize, second.compressedSize),
            Figure("uncompressed-size", .bytes, first.uncompressedSize, second.uncompressedSize),
            count("packages", \.packages), count("files", \.files), count("shells", \.shells.count),
            count("package-managers", \.packageManagers.count), count("privileged-files", \.privileged.count),
            Figure("age", .seconds, age(first), age(second)),
            Figure("vulnerabilities", .count, vulnerabilities(first), vulnerabilities(second)),
        ]
    }

    /// A scan was asked for, and one side's could not cover everything.
    package var isUnchecked: Bool {
        [first, second].contains { $0.findings.map { !$0.isComplete } ?? false }
    }

    /// The figure of a name.
    package func figure(_ name: String) -> Figure? { figures.first { $0.name == name } }

    /// The comparison as a user would quote it, with nothing in it that is not known.
    package var sentence: String {
        var clauses: [String] = []
        if let size = figure("compressed-size")?.percent ?? figure("uncompressed-size")?.percent {
            clauses.append("\(Self.share(size)) of the size of \(second.name)")
        }
        if let packages = figure("packages")?.percent {
            clauses.append("\(Self.share(packages)) of its packages")
        }
        if let age = figure("age")?.first {
            let verb = first.createdSource == .provenance ? "built" : "made of files from"
            clauses.append("\(verb) \(Self.ago(age))")
        }
        switch (figure("vulnerabilities")?.first, figure("vulnerabilities")?.second) {
        case (let one?, let other?): clauses.append("\(one) known vulnerabilities where it has \(other)")
        default:
            let isScanned = first.findings != nil
            let reason = isScanned ? "as the scans are incomplete" : "as no advisories were given"
            clauses.append("its vulnerabilities not compared, \(reason)")
        }
        return "\(first.name): " + clauses.joined(separator: ", ")
    }

    private static func share(_ percent: Double) -> String {
        percent > 0 && percent < 1 ? "less than 1 %" : "\(Int64(percent.rounded())) %"
    }

    private static func ago(_ seconds: Int64) -> String {
        let units: [(Int64, String)] = [(86_400, "day"), (3600, "hour"), (60, "minute")]
        for (size, name) in units where seconds >= size {
            let count = seconds / size
            return "\(count) \(name)\(count == 1 ? "" : "s") ago"
        }
        return "less than a minute ago"
    }
}

extension ImageComparison.PackageDifference {
    fileprivate init(_ first: [ImageInventory.Package], _ second: [ImageInventory.Package]) {
        func versions(_ packages: [ImageInventory.Package]) -> [PackageName: String] {
            Dictionary(packages.map { ($0.name, $0.version) }, uniquingKeysWith: { one, _ in one })
        }
        let ours = versions(first)
        let theirs = versions(second)
        onlyInFirst = ours.keys.filter { theirs[$0] == nil }.sorted().map(\.text)
        onlyInSecond = theirs.keys.filter { ours[$0] == nil }.sorted().map(\.text)
        otherVersion = ours.keys.sorted().compactMap { name in
            guard let ours = ours[name], let theirs = theirs[name], ours != theirs else { return nil }
            return "\(name) \(ours) \(theirs)"
        }
    }
}
