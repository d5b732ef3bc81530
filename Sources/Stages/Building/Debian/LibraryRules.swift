// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// What a package says of those who link to its libraries: its `symbols` (deb-symbols(5)) and its `shlibs`
/// (deb-shlibs(5)). What cannot be read in them is passed over, as dpkg-shlibdeps does.
struct LibraryRules {
    /// What `symbols` says of one soname.
    struct Library {
        /// `libc6 #MINVER#`; the first is meant where a symbol names none.
        var templates: [String]
        /// By `name@version`.
        var symbols: [String: (version: DebianVersion, template: Int)] = [:]

        /// The smallest version that any of its symbols needs.
        var smallest: DebianVersion? {
            symbols.values.lazy.filter { $0.template == 0 }.map(\.version).min()
        }
    }

    private(set) var libraries: [String: Library] = [:]
    /// Whole relations by library and version of its soname.
    private var packages: [[String]: String] = [:]

    init(symbols: [UInt8], shlibs: [UInt8]) {
        readSymbols(String(decoding: symbols, as: UTF8.self))
        for line in String(decoding: shlibs, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let words = line.split(maxSplits: 2, whereSeparator: { $0 == " " || $0 == "\t" })
            // A type (`udeb:`) is for installers.
            guard words.count == 3, !words[0].hasPrefix("#"), !words[0].hasSuffix(":") else { continue }
            packages[[String(words[0]), String(words[1])]] = String(words[2])
        }
    }

    /// The relations that `shlibs` names for a soname.
    func relations(of soname: String) -> String? { Self.parts(soname).flatMap { packages[$0] } }

    /// `libz` and `1` of `libz.so.1`; `libdb` and `5.3` of `libdb-5.3.so`. Nil for what has no version. The last place where
    /// one may begin counts, as dpkg-shlibdeps has it.
    static func parts(_ soname: String) -> [String]? {
        if let range = soname.ranges(of: ".so.").last {
            return [String(soname[..<range.lowerBound]), String(soname[range.upperBound...])]
        }
        guard soname.hasSuffix(".so") else { return nil }
        let name = soname.dropLast(3)
        let dash = name.indices.last { name[$0] == "-" && name[$0...].dropFirst().first?.isNumber == true }
        return dash.map { [String(name[..<$0]), String(name[$0...].dropFirst())] }
    }

    private mutating func readSymbols(_ text: String) {
        var soname: String?
        for line in text.split(whereSeparator: \.isNewline) {
            switch line.first {
            case "#", "*": continue
            case "|":
                if let soname {
                    libraries[soname]?.templates.append(String(line.dropFirst().drop { $0 == " " }))
                }
            case " ", "\t":
                if let soname { readSymbol(line.drop { $0 == " " || $0 == "\t" }, of: soname) }
            default:
                let words = line.split(maxSplits: 1, whereSeparator: { $0 == " " || $0 == "\t" })
                guard words.count == 2 else { continue }
                soname = String(words[0])
                libraries[String(words[0])] = Library(templates: [String(words[1])])
            }
        }
    }

    /// `name@version 1.2 [1]`.
    private mutating func readSymbol(_ line: Substring, of soname: String) {
        let untagged = line.first == "(" ? line.drop { $0 != ")" }.dropFirst() : line
        let words = untagged.split(separator: " ")
        guard words.count >= 2, let version = DebianVersion(words[1]) else { return }
        libraries[soname]?.symbols[String(words[0])] = (version, words.count > 2 ? Int(words[2]) ?? 0 : 0)
    }
}
