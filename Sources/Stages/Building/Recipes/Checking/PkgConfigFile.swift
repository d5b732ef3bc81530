// SPDX-License-Identifier: Apache-2.0

/// What a file of pkg-config's says (pc(5)), variables written out where it has them.
struct PkgConfigFile: Equatable {
    private(set) var name: String?
    private(set) var version: String?
    /// Names of the modules in `Requires` and `Requires.private`, without versions.
    private(set) var requires: [String] = []
    private static let limits = (variables: 1000, value: 64 << 10)

    init(_ bytes: [UInt8]) {
        var variables: [Substring: String] = [:]
        /// One pass, as values were written out when they were set. Text that grows past the limit is cut: it is no path.
        func expanded(_ text: some StringProtocol) -> String {
            var result = ""
            var rest = Substring(text)
            while result.utf8.count < Self.limits.value, let open = rest.firstRange(of: "${") {
                result += rest[..<open.lowerBound]
                let name = rest[open.upperBound...].prefix { $0 != "}" }
                guard name.endIndex < rest.endIndex else { break }
                result += variables[name] ?? ""
                rest = rest[rest.index(after: name.endIndex)...]
            }
            result += rest
            return result.utf8.count <= Self.limits.value ? result : String(result.prefix(Self.limits.value))
        }
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            if let equals = line.firstIndex(of: "="), !line[..<equals].contains(":") {
                guard variables.count < Self.limits.variables else { continue }
                let key = line[..<equals].drop { $0 == " " }.prefix { $0 != " " }
                variables[key] = expanded(line[line.index(after: equals)...])
                continue
            }
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = expanded(line[line.index(after: colon)...])
            switch line[..<colon] {
            case "Name": name = value.split(separator: " ").joined(separator: " ")
            case "Version": version = value.filter { !$0.isWhitespace }
            case "Requires", "Requires.private": requires += Self.modules(value)
            default: continue
            }
        }
    }

    /// `a >= 1, b` without the versions.
    private static func modules(_ text: String) -> [String] {
        var modules: [String] = []
        var isVersion = false
        for word in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }) {
            if word.allSatisfy({ "<>=!".contains($0) }) {
                isVersion = true
            } else if isVersion {
                isVersion = false
            } else {
                modules.append(String(word))
            }
        }
        return modules
    }
}
