// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// The one JSON encoder: keys sorted, no white space, slashes bare, so that equal values have equal bytes.
package enum CanonicalJSON {
    /// Why a text was not decoded.
    package enum ReadError: Error, Equatable, CustomStringConvertible {
        case tooLarge(what: String, bytes: Int, limit: Int)
        case malformed(what: String, reason: String)

        package var description: String {
            switch self {
            case .tooLarge(let what, let bytes, let limit):
                "\(what) has \(bytes) bytes; at most \(limit) are read"
            case .malformed(let what, let reason): "\(what) is not what it should be: \(reason)"
            }
        }
    }

    /// The canonical bytes of a value; throws what its own `encode(to:)` throws.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// The same with line breaks and a final newline, for files that people read.
    package static func encodeForPeople(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return Array(try encoder.encode(value)) + [0x0A]
    }

    /// Decodes untrusted bytes; `what` names them in the error ("the index of …").
    package static func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, from bytes: [UInt8], what: String, limit: Int = 4 << 20
    ) throws(ReadError) -> Value {
        guard bytes.count <= limit else {
            throw .tooLarge(what: what, bytes: bytes.count, limit: limit)
        }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw .malformed(what: what, reason: reason(of: error))
        } catch {
            throw .malformed(what: what, reason: "\(error)")
        }
    }

    private static func reason(of error: DecodingError) -> String {
        func path(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }
                .joined()
            return path.isEmpty ? "at the top" : "at \(path)"
        }
        switch error {
        case .keyNotFound(let key, let context): return "no '\(key.stringValue)' \(path(context))"
        case .typeMismatch(_, let context): return "a value of another type \(path(context))"
        case .valueNotFound(_, let context): return "null \(path(context))"
        case .dataCorrupted(let context): return "\(context.debugDescription) \(path(context))"
        @unknown default: return "\(error)"
        }
    }
}

/// JSON of any shape, for predicates and documents of others; numbers are integers or doubles.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    package subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    package var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
    package var object: [String: JSONValue]? { if case .object(let members) = self { members } else { nil } }
}

extension JSONValue: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }
}
