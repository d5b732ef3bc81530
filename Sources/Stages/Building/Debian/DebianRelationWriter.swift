// SPDX-License-Identifier: Apache-2.0

internal import Storage
internal import Vocabulary

/// What a recipe says of other packages, in Debian's words. Recipes have apk's: `name>=1.2`, `!other`, and what files
/// offer (`so:`, `cmd:`, `pc:`), which in Debian is whatever package ships it.
struct DebianRelationWriter {
    /// The recipe's packages, as both call them.
    let siblings: [PackageName: PackageName]

    /// `runtime`, told to the finder; what must not be there as relations of Conflicts.
    func write(
        runtime: [String], into finder: inout DebianNeedsFinder
    ) throws -> [String] {
        var conflicts: [String] = []
        for text in runtime {
            let dependency = try parsed(text)
            let need = "the recipe asks for \(text)"
            if dependency.isConflict {
                conflicts += try relations(of: dependency)
            } else if let name = Self.offered("so:", dependency.name) {
                try finder.addLibrary(name, need)
            } else if let name = Self.offered("cmd:", dependency.name) {
                try finder.addProgram(name, need)
            } else if let name = Self.offered("pc:", dependency.name) {
                let triplet = finder.search.triplet.map { ["usr/lib/\($0)/pkgconfig/\(name).pc"] } ?? []
                try finder.addFile(
                    triplet + ["usr/lib/pkgconfig/\(name).pc", "usr/share/pkgconfig/\(name).pc"], need)
            } else {
                for relation in try relations(of: dependency) { finder.add(relation: relation) }
            }
        }
        return conflicts
    }

    /// Relations in Debian's own words, each held against their grammar (Debian Policy 7.1).
    func write(debian relations: [String], into finder: inout DebianNeedsFinder) throws {
        for text in relations {
            do throws(DebianRelationError) {
                for group in try DebianRelations.parse(text) { finder.add(relation: group.text) }
            } catch { throw BuildingError.badMetadata(reason: error.description) }
        }
    }

    /// `provides` and `replaces`; what files offer has no name in Debian and is left out. A provided name has no version or
    /// this one (Policy 7.1).
    func relations(of texts: [String]) throws -> [String] {
        try texts.flatMap { text -> [String] in
            let dependency = try parsed(text)
            return dependency.name.contains(":") ? [] : try relations(of: dependency)
        }
    }

    private func parsed(_ text: String) throws -> AlpineDependency {
        do throws(AlpineDependencyError) {
            return try AlpineDependency(Substring(text).utf8)
        } catch { throw BuildingError.badMetadata(reason: error.description) }
    }

    private static func offered(_ kind: String, _ name: String) -> String? {
        name.hasPrefix(kind) ? String(name.dropFirst(kind.count)) : nil
    }

    private func relations(of dependency: AlpineDependency) throws -> [String] {
        guard let said = PackageName(dependency.name) else {
            throw BuildingError.badMetadata(reason: "'\(dependency)' asks for no Debian package")
        }
        let name = try siblings[said] ?? DebianNames.name(said)
        guard case .version(let relation, let wanted) = dependency.constraint else { return [name.text] }
        let version = try DebianNames.version(wanted.text)
        if relation.contains(.fuzzy) {
            return ["\(name) (>= \(version))"] + (Self.next(version).map { ["\(name) (<< \($0)~)"] } ?? [])
        }
        let sign =
            switch relation {
            case [.less]: "<<"
            case [.less, .equal]: "<="
            case [.greater]: ">>"
            case [.greater, .equal]: ">="
            default: "="
            }
        return ["\(name) (\(sign) \(version))"]
    }

    /// `1.3` after `1.2`: what a version that begins with 1.2 is below.
    private static func next(_ version: DebianVersion) -> String? {
        let parts = version.text.split(separator: ".")
        guard let last = parts.last.flatMap({ UInt64($0) }), last < .max else { return nil }
        return (parts.dropLast().map(String.init) + ["\(last + 1)"]).joined(separator: ".")
    }
}
