// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// As much of JSON Schema (draft 2020-12) as the language's own schema says; a word that it does not know is a failure,
/// so that nothing is passed over.
struct JSONSchemaCheck {
    let root: JSONValue

    /// What does not fit, with its place; empty where all does.
    func problems(_ value: JSONValue) -> [String] { problems(value, root, "$") }

    private func problems(_ value: JSONValue, _ schema: JSONValue, _ place: String) -> [String] {
        guard let words = schema.object else {
            return schema == .bool(false) ? ["\(place): nothing fits"] : []
        }
        return words.flatMap { word, argument -> [String] in
            switch word {
            case "$schema", "$defs", "title", "description", "deprecated": []
            case "$ref": problems(value, definition(argument), place)
            case "anyOf":
                argument.array?.contains { problems(value, $0, place).isEmpty } == true
                    ? [] : ["\(place): none of the choices fits"]
            case "not": problems(value, argument, place).isEmpty ? ["\(place): must not be so"] : []
            case "type":
                types(argument).contains { fits(value, $0) } ? [] : ["\(place): not \(types(argument))"]
            case "enum": argument.array?.contains(value) == true ? [] : ["\(place): not one of the words"]
            case "const": argument == value ? [] : ["\(place): not the word"]
            case "minLength", "pattern": text(value, word, argument) ? [] : ["\(place): \(word)"]
            case "minimum": (value.integer ?? .max) >= (argument.integer ?? 0) ? [] : ["\(place): too small"]
            case "maximum": (value.integer ?? .min) <= (argument.integer ?? 0) ? [] : ["\(place): too large"]
            case "items":
                (value.array ?? []).enumerated().flatMap { problems($1, argument, "\(place)[\($0)]") }
            case "required":
                (argument.array ?? []).compactMap(\.string).filter { name in
                    value.object.map { $0[name] == nil } ?? false
                }.map { "\(place): no \($0)" }
            case "properties":
                (value.object ?? [:]).flatMap { name, inner in
                    argument[name].map { problems(inner, $0, "\(place).\(name)") } ?? []
                }
            case "additionalProperties":
                (value.object ?? [:]).filter { name, _ in words["properties"]?[name] == nil }
                    .flatMap { problems($1, argument, "\(place).\($0)") }
            default: ["\(place): the schema's word '\(word)' is not known here"]
            }
        }.sorted()
    }

    private func definition(_ reference: JSONValue) -> JSONValue {
        let name = reference.string.map { String($0.dropFirst("#/$defs/".count)) } ?? ""
        return root["$defs"]?[name] ?? false
    }

    private func types(_ argument: JSONValue) -> [String] {
        argument.string.map { [$0] } ?? argument.array?.compactMap(\.string) ?? []
    }

    private func fits(_ value: JSONValue, _ type: String) -> Bool {
        switch (value, type) {
        case (.null, "null"), (.bool, "boolean"), (.integer, "integer"), (.integer, "number"),
            (.number, "number"),
            (.string, "string"), (.array, "array"), (.object, "object"):
            true
        default: false
        }
    }

    private func text(_ value: JSONValue, _ word: String, _ argument: JSONValue) -> Bool {
        guard let text = value.string else { return true }
        if word == "minLength" { return text.unicodeScalars.count >= (argument.integer ?? 0) }
        switch argument.string {
        case "^[^\\r\\n]*$": return !text.unicodeScalars.contains { $0 == "\r" || $0 == "\n" }
        case "^0o[0-7]{1,4}$":
            return text.hasPrefix("0o") && (3...6).contains(text.utf8.count)
                && text.utf8.dropFirst(2).allSatisfy { (0x30...0x37).contains($0) }
        default: return false
        }
    }
}
