// SPDX-License-Identifier: Apache-2.0

internal import GRDB
package import Vocabulary

/// The factory's memory: rebuilds with their causes, tags with their holds, what was known of each image's sources.
/// One SQLite file in write-ahead mode with `synchronous=FULL`: a row that was acknowledged survives a power cut.
///
/// Everything here is a cache of what is published or can be worked out again; losing it costs time, not truth.
package struct FactoryRecords: Sendable {
    private let pool: DatabasePool

    /// Opens or creates the database and brings its tables up to date.
    /// - Throws: `RecordsError.cannotOpen`.
    package init(at path: HostPath) throws(RecordsError) {
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(10)
            pool = try DatabasePool(path: path.text, configuration: configuration)
            // Now and not when the connection is prepared: the pool sets NORMAL afterwards, by which a commit may be lost.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try Self.migrator.migrate(pool)
        } catch {
            throw .cannotOpen(path, reason: "\(error)")
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 rebuilds, tags, sources") { database in
            try database.create(table: "rebuild") { table in
                table.autoIncrementedPrimaryKey("id")
                table.column("image", .text).notNull().indexed()
                table.column("outcome", .text).notNull()
                table.column("digest", .text)
                table.column("record", .text).notNull()
            }
            try database.create(table: "tag") { table in
                table.column("image", .text).notNull()
                table.column("tag", .text).notNull()
                table.column("digest", .text).notNull()
                table.column("held", .boolean).notNull()
                table.column("moved", .integer).notNull()
                table.primaryKey(["image", "tag"])
            }
            try database.create(table: "source") { table in
                table.primaryKey("image", .text)
                table.column("state", .text).notNull()
            }
        }
        addPackages(&migrator)
        addAdoptions(&migrator)
        return migrator
    }
}

extension FactoryRecords {
    /// What one decision changes, written as one transaction.
    package struct Decision: Sendable {
        package var rebuild: RebuildRecord?
        package var tags: [PublishedTag]
        package var source: SourceState?

        package init(rebuild: RebuildRecord? = nil, tags: [PublishedTag] = [], source: SourceState? = nil) {
            self.rebuild = rebuild
            self.tags = tags
            self.source = source
        }
    }

    /// Stores a decision about an image: all of it or nothing.
    /// - Throws: `RecordsError.cannotWrite`.
    package func store(_ decision: Decision, of image: String) throws(RecordsError) {
        try write { database in
            if let rebuild = decision.rebuild {
                try database.execute(
                    sql: "INSERT INTO rebuild (image, outcome, digest, record) VALUES (?, ?, ?, ?)",
                    arguments: [
                        image, rebuild.outcome.rawValue, rebuild.index?.description,
                        try Self.text(rebuild),
                    ])
            }
            for tag in decision.tags {
                try database.execute(
                    sql: """
                        INSERT INTO tag (image, tag, digest, held, moved) VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (image, tag) DO UPDATE
                        SET digest = excluded.digest, held = excluded.held, moved = excluded.moved
                        """,
                    arguments: [image, tag.tag, tag.digest.description, tag.held, tag.moved.seconds])
            }
            if let source = decision.source {
                try database.execute(
                    sql: """
                        INSERT INTO source (image, state) VALUES (?, ?)
                        ON CONFLICT (image) DO UPDATE SET state = excluded.state
                        """,
                    arguments: [image, try Self.text(source)])
            }
        }
    }

    /// The newest rebuilds of an image, or of all images, newest first.
    /// - Throws: `RecordsError.cannotRead`.
    package func rebuilds(of image: String? = nil, limit: Int = 100) throws(RecordsError) -> [RebuildRecord] {
        try read { database in
            let filter = image == nil ? "" : "WHERE image = :image"
            let rows = try Row.fetchAll(
                database, sql: "SELECT id, record FROM rebuild \(filter) ORDER BY id DESC LIMIT :limit",
                arguments: image.map { ["image": $0, "limit": limit] } ?? ["limit": limit])
            return try rows.map { try Self.rebuild($0) }
        }
    }

    /// The newest rebuild of an image with one of these outcomes; the one that led to `index`, where that is given.
    /// - Throws: `RecordsError.cannotRead`.
    package func newest(
        of image: String, with outcomes: [RebuildRecord.Outcome], index: Digest? = nil
    ) throws(RecordsError) -> RebuildRecord? {
        try read { database in
            let marks = outcomes.map { _ in "?" }.joined(separator: ", ")
            let filter = index == nil ? "" : "AND digest = ?"
            let row = try Row.fetchOne(
                database,
                sql: "SELECT id, record FROM rebuild WHERE image = ? AND outcome IN (\(marks)) \(filter) "
                    + "ORDER BY id DESC LIMIT 1",
                arguments: StatementArguments(
                    [image] + outcomes.map(\.rawValue) + (index.map { [$0.description] } ?? [])))
            return try row.map { try Self.rebuild($0) }
        }
    }

    /// Every digest of an image that was published, whether a tag moved to it or was held, newest first.
    /// - Throws: `RecordsError.cannotRead`.
    package func published(of image: String) throws(RecordsError) -> [Digest] {
        try read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT digest FROM rebuild
                    WHERE image = ? AND outcome IN (?, ?) AND digest IS NOT NULL ORDER BY id DESC
                    """,
                arguments: [
                    image, RebuildRecord.Outcome.published.rawValue, RebuildRecord.Outcome.held.rawValue,
                ]
            ).map { try Digest($0) }
        }
    }

    /// The tags of an image, by name.
    /// - Throws: `RecordsError.cannotRead`.
    package func tags(of image: String) throws(RecordsError) -> [PublishedTag] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM tag WHERE image = ? ORDER BY tag", arguments: [image]
            )
            .map { row in
                PublishedTag(
                    image: row["image"], tag: row["tag"], digest: try Digest(row["digest"] as String),
                    held: row["held"], moved: Timestamp(seconds: row["moved"]))
            }
        }
    }

    /// What was known of an image's sources at the last decision.
    /// - Throws: `RecordsError.cannotRead`.
    package func source(of image: String) throws(RecordsError) -> SourceState? {
        try read { database in
            try String.fetchOne(database, sql: "SELECT state FROM source WHERE image = ?", arguments: [image])
                .map {
                    try CanonicalJSON.decode(
                        from: Array($0.utf8), what: "the recorded source state", limit: 64 << 20)
                }
        }
    }

    /// Every image that has ever been decided about, by name.
    /// - Throws: `RecordsError.cannotRead`.
    package func images() throws(RecordsError) -> [String] {
        try read { database in
            try String.fetchAll(
                database, sql: "SELECT image FROM rebuild UNION SELECT image FROM tag ORDER BY 1")
        }
    }

    func write(_ body: (Database) throws -> Void) throws(RecordsError) {
        do {
            try pool.write(body)
        } catch {
            throw .cannotWrite(reason: "\(error)")
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(RecordsError) -> Value {
        do {
            return try pool.read(body)
        } catch {
            throw .cannotRead(reason: "\(error)")
        }
    }

    static func text(_ value: some Encodable) throws -> String {
        String(decoding: try CanonicalJSON.encode(value), as: UTF8.self)
    }

    private static func rebuild(_ row: Row) throws -> RebuildRecord {
        let text: String = row["record"]
        var record: RebuildRecord = try CanonicalJSON.decode(
            from: Array(text.utf8), what: "a recorded rebuild", limit: 64 << 20)
        record.id = row["id"]
        return record
    }
}
