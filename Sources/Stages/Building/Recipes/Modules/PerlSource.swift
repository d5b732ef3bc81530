// SPDX-License-Identifier: Apache-2.0

/// Perl's source, as far as the modules that it loads whatever happens.
enum PerlSource {
    /// Of a program or a module: what statements that begin a line without indentation `use` or `require` (perlfunc), and what
    /// `base` and `parent` are given. What is loaded in a block, in an `eval` or on a condition is there by choice. Pod,
    /// here-documents and what comes after `__END__` are no source.
    static func modules(in text: some StringProtocol) -> Set<String> {
        var modules: Set<String> = []
        var document: (end: Substring, isIndented: Bool)?
        var isPod = false
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let line = Substring(line)
            if let here = document {
                if (here.isIndented ? line.drop { $0 == " " || $0 == "\t" } : line) == here.end {
                    document = nil
                }
            } else if line.first == "=", line.dropFirst().first?.isLetter ?? false {
                isPod = !line.hasPrefix("=cut")
            } else if isPod {
                continue
            } else if line == "__END__" || line == "__DATA__" {
                break
            } else {
                modules.formUnion(loaded(by: line))
                document = hereDocument(in: line)
            }
        }
        return modules
    }

    /// By the statements of one line.
    private static func loaded(by line: Substring) -> [String] {
        guard line.hasPrefix("use ") || line.hasPrefix("require ") else { return [] }
        return line.split(separator: ";").flatMap { statement -> [String] in
            let words = statement.split { $0 == " " || $0 == "\t" }
            guard words.count > 1, words[0] == "use" || words[0] == "require", isModule(words[1]) else {
                return []
            }
            // `require X unless …`
            if words[0] == "require" { return words.count == 2 ? [String(words[1])] : [] }
            switch words[1] {
            case "if": return []
            case "base", "parent":
                return [String(words[1])] + (words.contains("-norequire,") ? [] : quoted(in: statement))
            default: return [String(words[1])]
            }
        }
    }

    /// The module names in `'A::B', "C"` and `qw(A::B C)`.
    private static func quoted(in statement: Substring) -> [String] {
        statement.split { "'\"()[]{}/,| \t".contains($0) }.dropFirst(2).filter {
            $0 != "qw" && isModule($0)
        }.map(String.init)
    }

    /// `Foo::Bar`; a version (`v5.36`, `5.010`) and a quoted file are none.
    private static func isModule(_ word: Substring) -> Bool {
        let isVersion = word.first == "v" && word.dropFirst().allSatisfy { $0.isNumber || $0 == "." }
        return (word.first?.isLetter ?? false) && !isVersion
            && word.utf8.allSatisfy {
                $0 == 0x3A || $0 == 0x5F || Character(.init($0)).isLetter || Character(.init($0)).isNumber
            }
    }

    /// The end of the here-document that begins in a line: `<<END`, `<<"END"`, `<<~'END'`.
    private static func hereDocument(in line: Substring) -> (end: Substring, isIndented: Bool)? {
        guard line.first != "#", let start = line.firstRange(of: "<<") else { return nil }
        var rest = line[start.upperBound...]
        let isIndented = rest.first == "~"
        if isIndented { rest = rest.dropFirst() }
        let end: Substring
        if let quote = rest.first, quote == "\"" || quote == "'" {
            end = rest.dropFirst().prefix { $0 != quote }
        } else {
            guard rest.first.map({ $0.isLetter || $0 == "_" }) ?? false else { return nil }
            end = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        }
        return end.isEmpty ? nil : (end, isIndented)
    }
}
