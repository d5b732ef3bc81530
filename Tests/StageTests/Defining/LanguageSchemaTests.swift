// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing
import Vocabulary

@testable import Defining

/// The schema and the decoder are of one mind.
@Suite struct LanguageSchemaTests {
    static let check = JSONSchemaCheck(root: LanguageSchema.definition)

    static func tree(_ text: String) throws -> YAMLNode {
        try #require(try YAMLDocument(file: "f.yaml").compose(Array(text.utf8)))
    }

    @Test(arguments: [Definitions.complete, Definitions.alpine]) func wholeLanguageFits(_ text: String) throws
    {
        #expect(Self.check.problems(try Self.tree(text).json) == [])
        let shown = try Definitions.read(text).json
        #expect(Self.check.problems(shown) == [])
    }

    @Test func theFactorysToo() throws {
        let check = JSONSchemaCheck(root: LanguageSchema.factory)
        #expect(check.problems(try Self.tree(Definitions.factory).json) == [])
        #expect(check.problems(try Self.tree(Definitions.factory + "keys: a").json).count == 1)
    }

    /// What editors download is what the program prints; `SLIPWAY_RECORD=1` writes it anew.
    @Test func documentationHasIt() throws {
        let bytes = try CanonicalJSON.encodeForPeople(LanguageSchema.definition)
        let difference = try Golden.difference(
            of: bytes, from: "../../../Documentation/definition.schema.json", beside: #filePath)
        #expect(difference == nil, "\(difference ?? "")")
    }

    /// One mapping of the language, and how a value of it becomes a whole definition.
    struct Place {
        let keys: Keys
        let wrap: (YAMLNode) -> YAMLNode
    }

    static func places(_ keys: Keys, _ wrap: @escaping (YAMLNode) -> YAMLNode) -> [Place] {
        [Place(keys: keys, wrap: wrap)]
            + keys.keys.flatMap { key -> [Place] in
                inner(key.shape).flatMap { inner, isItem in
                    places(inner) { node in
                        wrap(mapping(keys, key.name, isItem ? sequence([node]) : node))
                    }
                }
            }
    }

    private static func inner(_ shape: Shape) -> [(Keys, isItem: Bool)] {
        switch shape {
        case .mapping(let keys): [(keys, false)]
        case .list(.mapping(let keys)): [(keys, true)]
        case .either(let left, let right): inner(left) + inner(right)
        default: []
        }
    }

    static let probePlace = SourceLocation(file: "probe", line: 1, column: 1)

    static func scalar(_ text: String, plain: Bool = true) -> YAMLNode {
        YAMLNode(content: .scalar(text, plain: plain), location: probePlace)
    }
    static func sequence(_ items: [YAMLNode]) -> YAMLNode {
        YAMLNode(content: .sequence(items), location: probePlace)
    }

    /// A mapping with one key of interest, and what must be there beside it.
    private static func mapping(_ keys: Keys, _ name: String, _ value: YAMLNode) -> YAMLNode {
        var entries = [YAMLNode.Entry(key: name, place: probePlace, value: value)]
        let chosen = keys.choice.contains(name) ? nil : keys.choice.first
        for key in keys.keys
        where (key.traits.contains(.required) && key.name != name) || key.name == chosen {
            let filler: String
            switch key.shape {
            case .word(let words): filler = words[0]
            case .integer(let range): filler = "\(range.upperBound)"
            default: filler = key.name == "path" ? "/a" : "a"
            }
            entries.append(.init(key: key.name, place: .nowhere, value: scalar(filler)))
        }
        return YAMLNode(content: .mapping(entries), location: .nowhere)
    }

    static let probes: [(String, YAMLNode)] = [
        ("text", scalar("a")), ("path", scalar("/a")), ("quoted number", scalar("5", plain: false)),
        ("number", scalar("5")), ("negative", scalar("-1")), ("large", scalar("99999999999")),
        ("zero", scalar("0")),
        ("true", scalar("true")), ("yes", scalar("yes")), ("nothing", scalar("")),
        ("blank", scalar("", plain: false)),
        ("lines", scalar("a\nb", plain: false)), ("empty list", sequence([])),
        ("list", sequence([scalar("/a")])),
        ("list of lists", sequence([sequence([scalar("a")])])), ("list of nothing", sequence([scalar("~")])),
        ("empty mapping", YAMLNode(content: .mapping([]), location: probePlace)),
        (
            "mapping",
            YAMLNode(
                content: .mapping([.init(key: "zz", place: probePlace, value: scalar("a"))]),
                location: probePlace)
        ),
        ("word", scalar("service-bundle")), ("architecture", sequence([scalar("386")])),
        ("tar", scalar("tar")),
    ]

    /// What the decoder has against a definition, apart from what only it can know (`badValue`).
    private static func problems(_ root: YAMLNode) -> (all: [DefinitionProblem], ofShape: [DefinitionProblem])
    {
        var problems: [DefinitionProblem] = []
        do throws(DefinitionError) {
            _ = try DefinitionReader().read(YAMLText.bytes(of: root), file: "f.yaml")
        } catch { problems = error.problems }
        return (
            problems,
            problems.filter { problem in
                switch problem.kind {
                case .wrongType, .unknownKey, .missingKey: true
                default: false
                }
            }
        )
    }

    @Test func everyKeyTakesTheSame() throws {
        var count = 0
        for place in Self.places(.definition, { $0 }) {
            for key in place.keys.keys where key.name != "include" {
                for (name, probe) in Self.probes {
                    let root = place.wrap(Self.mapping(place.keys, key.name, probe))
                    let refusals = Self.check.problems(root.json)
                    let found = Self.problems(root)
                    let what = "\(place.keys.name).\(key.name): \(name)"
                    if !refusals.isEmpty {
                        #expect(!found.all.isEmpty, "only the schema refuses \(what): \(refusals)")
                    }
                    if refusals.isEmpty {
                        #expect(found.ofShape.isEmpty, "only the decoder refuses \(what): \(found.ofShape)")
                    }
                    count += 1
                }
            }
        }
        #expect(count > 1_500, "\(count)")
    }

    @Test func unknownKeysAreRefusedByBothEverywhere() {
        for place in Self.places(.definition, { $0 }) {
            let root = place.wrap(Self.mapping(place.keys, "zzz", Self.scalar("a")))
            #expect(!Self.check.problems(root.json).isEmpty, "\(place.keys.name)")
            #expect(
                Self.problems(root).all.contains { problem in
                    if case .unknownKey("zzz", _, _) = problem.kind { true } else { false }
                }, "\(place.keys.name)")
        }
    }

    @Test func missingKeysAreRefusedByBothEverywhere() {
        for place in Self.places(.definition, { $0 }) {
            for key in place.keys.keys where key.traits.contains(.required) {
                let whole = Self.mapping(place.keys, key.name, Self.scalar("a"))
                guard case .mapping(let entries) = whole.content else { continue }
                let root = place.wrap(
                    YAMLNode(content: .mapping(entries.filter { $0.key != key.name }), location: .nowhere))
                #expect(!Self.check.problems(root.json).isEmpty, "\(place.keys.name).\(key.name)")
                #expect(!Self.problems(root).ofShape.isEmpty, "\(place.keys.name).\(key.name)")
            }
        }
    }

    static let hasPython = (try? Tool.sh("python3 -c 'import jsonschema'", in: "/")) != nil

    /// Somebody else's reading of the schema: it is one, and means the same.
    @Test(.enabled(if: hasPython, "needs python3-jsonschema")) func anotherValidatorAgrees() throws {
        let scratch = try Scratch()
        var verdicts: [String] = []
        var instances: [JSONValue] = []
        for text in [Definitions.complete, Definitions.alpine] {
            instances.append(try Self.tree(text).json)
            verdicts.append("ok")
            instances.append(try Self.tree(text + "unknown: 1\n").json)
            verdicts.append("no")
        }
        for (_, probe) in Self.probes {
            for key in ["cmd", "archs", "accounts", "paths", "environment"] {
                let root = Self.mapping(.definition, key, probe)
                instances.append(root.json)
                verdicts.append(Self.check.problems(root.json).isEmpty ? "ok" : "no")
            }
        }
        try scratch.write(try CanonicalJSON.encode(LanguageSchema.definition), to: "schema.json")
        try scratch.write(try CanonicalJSON.encode(instances), to: "instances.json")
        try scratch.write(
            Array(
                """
                import json, jsonschema
                schema = json.load(open("schema.json"))
                jsonschema.Draft202012Validator.check_schema(schema)
                validator = jsonschema.Draft202012Validator(schema)
                print(" ".join("ok" if validator.is_valid(i) else "no" for i in json.load(open("instances.json"))))
                """.utf8), to: "check.py")
        let said = String(decoding: try scratch.sh("python3 check.py"), as: UTF8.self)
        #expect(said.split(separator: "\n").last.map(String.init) == verdicts.joined(separator: " "))
    }
}
