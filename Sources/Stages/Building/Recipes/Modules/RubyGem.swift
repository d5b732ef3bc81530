// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// A Ruby gem by its specification, as RubyGems writes it where a gem is installed (`Gem::Specification#to_ruby`).
struct RubyGem: Equatable {
    static let ending = ".gemspec"

    var name: String
    /// `3.3`, of a folder that is for this Ruby alone.
    var ruby: String?
    /// Gems that it needs to run, sorted.
    var needs: [String]
    /// Of its specification, for errors.
    var path: ImagePath

    /// Nil for a specification without a name. What is computed in Ruby is not known.
    init?(specification text: String, at path: ImagePath) {
        var name: String?
        var needs: Set<String> = []
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.drop { $0 == " " || $0 == "\t" }
            guard line.hasPrefix("s."), let word = Self.quoted(in: line) else { continue }
            let member = line.dropFirst(2).prefix { $0.isLetter || $0 == "_" }
            switch member {
            case "name": name = name ?? word
            case "add_runtime_dependency", "add_dependency": needs.insert(word)
            default: continue
            }
        }
        guard let name else { return nil }
        self.name = name
        self.needs = needs.sorted()
        self.path = path
        ruby = Self.ruby(of: path)
    }

    /// `3.3` of `gems/3.3.0/specifications` and of `rubygems-integration/3.3.0/specifications`.
    private static func ruby(of path: ImagePath) -> String? {
        let parts = path.components
        guard let place = parts.firstIndex(of: "specifications"), place > 0 else { return nil }
        let numbers = parts[place - 1].split(separator: ".")
        guard numbers.count == 3, numbers.allSatisfy({ Int($0) != nil }) else { return nil }
        return "\(numbers[0]).\(numbers[1])"
    }

    /// The gem that a specification of this file name is of: `NAME-VERSION.gemspec`.
    static func name(ofFile file: String) -> String? {
        guard file.hasSuffix(ending) else { return nil }
        let parts = file.dropLast(ending.count).split(separator: "-")
        guard let version = parts.lastIndex(where: { $0.first?.isNumber ?? false }), version > 0 else {
            return nil
        }
        return parts[..<version].joined(separator: "-")
    }

    /// The first text in a line: `"rack"`, `%q<rack>`.
    private static func quoted(in line: Substring) -> String? {
        for (open, close) in [("%q<", ">"), ("\"", "\""), ("'", "'")] as [(String, Character)] {
            guard let start = line.firstRange(of: open) else { continue }
            let word = line[start.upperBound...].prefix { $0 != close }
            return word.isEmpty ? nil : String(word)
        }
        return nil
    }
}
