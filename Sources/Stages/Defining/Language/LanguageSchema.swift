// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// The JSON Schema (draft 2020-12) of definitions, for editors and other people's checks. It is made of the same table
/// as the decoder; what a schema cannot say (whether a version is one, whether two lines contradict) is left to the
/// decoder.
package enum LanguageSchema {
    /// Of image definitions.
    package static var definition: JSONValue { schema(of: .definition, title: "A Slipway image definition") }

    /// Of recipes.
    package static var recipe: JSONValue { schema(of: .recipe, title: "A Slipway recipe") }

    /// Of `factory.yaml`.
    package static var factory: JSONValue { schema(of: .factory, title: "A Slipway factory") }

    static func schema(of keys: Keys, title: String) -> JSONValue {
        var definitions: [String: JSONValue] = [:]
        collect(keys, into: &definitions)
        return .object([
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": .string(title),
            "$ref": .string("#/$defs/\(keys.name)"),
            "$defs": .object(definitions),
        ])
    }

    private static func collect(_ keys: Keys, into definitions: inout [String: JSONValue]) {
        guard definitions[keys.name] == nil else { return }
        // The place is taken first: a mapping may hold itself.
        definitions[keys.name] = .null
        var members: [String: JSONValue] = [
            "type": "object", "additionalProperties": false,
            "properties": .object(
                Dictionary(
                    keys.keys.map { ($0.name, property($0)) }, uniquingKeysWith: { first, _ in first })),
        ]
        let required = keys.keys.filter { $0.traits.contains(.required) }.map(\.name)
        if !required.isEmpty { members["required"] = .array(required.map { .string($0) }) }
        if !keys.choice.isEmpty {
            members["anyOf"] = .array(
                keys.choice.map { name in
                    [
                        "required": [.string(name)],
                        "properties": .object([name: ["not": ["type": "null"]]]),
                    ]
                })
        }
        definitions[keys.name] = .object(members)
        for key in keys.keys {
            for inner in key.shape.mappings { collect(inner, into: &definitions) }
        }
    }

    /// A key with nothing after it counts as absent, so that null may stand where nothing need stand.
    private static func property(_ key: Key) -> JSONValue {
        var choices = choices(key.shape)
        if key.traits.contains(.blank) { choices.append(["const": ""]) }
        if !key.traits.contains(.required) { choices.append(["type": "null"]) }
        var members: [String: JSONValue] =
            choices.count == 1 ? choices[0].object ?? [:] : ["anyOf": .array(choices)]
        members["description"] = .string(key.about)
        if key.deprecation != nil { members["deprecated"] = true }
        return .object(members)
    }

    private static func schema(_ shape: Shape) -> JSONValue {
        let choices = choices(shape)
        return choices.count == 1 ? choices[0] : ["anyOf": .array(choices)]
    }

    private static let text: JSONValue = ["type": ["string", "number", "boolean"]]
    private static let line: JSONValue = [
        "type": ["string", "number", "boolean"], "minLength": 1, "pattern": "^[^\\r\\n]*$",
    ]

    private static func choices(_ shape: Shape) -> [JSONValue] {
        switch shape {
        case .text: [text]
        case .line: [line]
        case .integer(let range):
            [
                [
                    "type": "integer", "minimum": .integer(range.lowerBound),
                    "maximum": .integer(range.upperBound),
                ]
            ]
        case .mode:
            // Readers of YAML 1.1 see 0o755 as a text, and those of 1.2 see 0755 as a decimal number.
            [
                ["type": "integer", "minimum": 0, "maximum": 7777],
                ["type": "string", "pattern": "^0o[0-7]{1,4}$"],
            ]
        case .boolean: [["type": "boolean"]]
        case .word(let words):
            // 386 is a number to YAML, and a name here.
            [
                [
                    "enum": .array(
                        words.flatMap { word in [.string(word)] + (Int64(word).map { [.integer($0)] } ?? []) }
                    )
                ]
            ]
        case .arguments: [text, ["type": "array", "items": text]]
        case .list(let item): [["type": "array", "items": schema(item)]]
        case .texts:
            [
                [
                    "type": "object",
                    "additionalProperties": ["type": ["string", "number", "boolean", "null"]],
                ]
            ]
        case .mapping(let keys): [["$ref": .string("#/$defs/\(keys.name)")]]
        case .mappings(let keys):
            [["type": "object", "additionalProperties": ["$ref": .string("#/$defs/\(keys.name)")]]]
        case .itself(let name): [["$ref": .string("#/$defs/\(name)")]]
        case .either(let left, let right): choices(left) + choices(right)
        }
    }
}

extension Shape {
    /// The mappings in it.
    fileprivate var mappings: [Keys] {
        switch self {
        case .mapping(let keys), .mappings(let keys): [keys]
        case .list(let item): item.mappings
        case .either(let left, let right): left.mappings + right.mappings
        default: []
        }
    }
}
