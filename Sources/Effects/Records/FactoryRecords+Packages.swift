// SPDX-License-Identifier: Apache-2.0

internal import GRDB
package import Vocabulary

/// What is remembered of the packages that the factory builds itself.
extension FactoryRecords {
    /// How a recipe stands.
    package struct RecipeRow: Sendable, Equatable {
        /// As it was published last.
        package var built: PackageBuildState?
        /// What was tried and failed since (`PackagePlanner.attempt(at:)`), the newest last.
        package var failed: [Digest] = []
        /// Versions of what may stand in its files, as they were when that was looked at last.
        package var inputs: [String: String] = [:]
        /// What upstream had when it was looked at last, and when that was.
        package var report: UpstreamReport?
        package var looked: Timestamp?
        /// What the recipe says of itself.
        package var summary: RecipeSummary?
        /// What its file is about to become.
        package var adopting: PackageAdoption?

        package init() {}
    }

    static func addPackages(_ migrator: inout DatabaseMigrator) {
        migrator.registerMigration("2 packages") { database in
            try database.create(table: "package_build") { table in
                table.autoIncrementedPrimaryKey("id")
                table.column("recipe", .text).notNull().indexed()
                table.column("outcome", .text).notNull()
                table.column("record", .text).notNull()
            }
            try database.create(table: "recipe") { table in
                table.primaryKey("name", .text)
                table.column("built", .text)
                table.column("failed", .text)
                table.column("inputs", .text)
                table.column("looked", .integer)
                table.column("report", .text)
                table.column("summary", .text)
            }
        }
    }

    static func addAdoptions(_ migrator: inout DatabaseMigrator) {
        migrator.registerMigration("3 adoptions") { database in
            try database.alter(table: "recipe") { $0.add(column: "adopting", .text) }
        }
    }

    /// Every recipe that was ever looked at, by name.
    /// - Throws: `RecordsError.cannotRead`.
    package func recipes() throws(RecordsError) -> [String: RecipeRow] {
        try read { database in
            var rows: [String: RecipeRow] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT * FROM recipe") {
                var recipe = RecipeRow()
                recipe.built = try Self.value(row["built"])
                recipe.failed = try Self.value(row["failed"]) ?? []
                recipe.inputs = try Self.value(row["inputs"]) ?? [:]
                recipe.looked = (row["looked"] as Int64?).map { Timestamp(seconds: $0) }
                recipe.report = try Self.value(row["report"])
                recipe.summary = try Self.value(row["summary"])
                recipe.adopting = try Self.value(row["adopting"])
                rows[row["name"]] = recipe
            }
            return rows
        }
    }

    /// Stores how a recipe stands, and the build that led to it where there was one: both or nothing.
    /// - Throws: `RecordsError.cannotWrite`.
    package func store(
        _ row: RecipeRow, of recipe: String, build: PackageBuildRecord? = nil
    ) throws(RecordsError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO recipe (name, built, failed, inputs, looked, report, summary, adopting)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (name) DO UPDATE
                    SET built = excluded.built, failed = excluded.failed, inputs = excluded.inputs,
                        looked = excluded.looked, report = excluded.report,
                        summary = excluded.summary, adopting = excluded.adopting
                    """,
                arguments: [
                    recipe, try row.built.map { try Self.text($0) }, try Self.text(row.failed),
                    try Self.text(row.inputs),
                    row.looked?.seconds,
                    try row.report.map { try Self.text($0) }, try row.summary.map { try Self.text($0) },
                    try row.adopting.map { try Self.text($0) },
                ])
            guard let build else { return }
            try database.execute(
                sql: "INSERT INTO package_build (recipe, outcome, record) VALUES (?, ?, ?)",
                arguments: [recipe, build.outcome.rawValue, try Self.text(build)])
        }
    }

    /// The newest builds of a recipe, or of all of them, newest first.
    /// - Throws: `RecordsError.cannotRead`.
    package func builds(of recipe: String? = nil, limit: Int = 100) throws(RecordsError)
        -> [PackageBuildRecord]
    {
        try read { database in
            let filter = recipe == nil ? "" : "WHERE recipe = :recipe"
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT id, record FROM package_build \(filter) ORDER BY id DESC LIMIT :limit",
                arguments: recipe.map { ["recipe": $0, "limit": limit] } ?? ["limit": limit])
            return try rows.map { row in
                guard var record: PackageBuildRecord = try Self.value(row["record"]) else {
                    throw RecordsError.cannotRead(reason: "a build of a package without its record")
                }
                record.id = row["id"]
                return record
            }
        }
    }

    private static func value<Value: Decodable>(_ text: String?) throws -> Value? {
        try text.map {
            try CanonicalJSON.decode(from: Array($0.utf8), what: "a record of packages", limit: 64 << 20)
        }
    }
}
