// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Defining

/// `${{…}}` and `if`, in tables.
@Suite struct SubstitutionTests {
    private static let scope: SubstitutionScope = {
        var scope = SubstitutionScope()
        for (name, value) in [
            ("package.name", "app"), ("package.version", "1.2.3"), ("range.key", "64"),
            ("build.arch", "x86_64"),
            ("vars.empty", ""), ("vars.odd", "${{package.name}}"), ("options.fast.enabled", "false"),
        ] { scope[name] = value }
        return scope
    }()

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let expected: String
        var testDescription: String { name }
    }

    @Test(arguments: [
        Case(name: "nothing in it", text: "plain $VAR ${VAR}", expected: "plain $VAR ${VAR}"),
        Case(name: "a variable", text: "v${{package.version}}.tar", expected: "v1.2.3.tar"),
        Case(name: "blanks around it", text: "${{ package.name }}", expected: "app"),
        Case(name: "two of them", text: "${{package.name}}-${{package.version}}", expected: "app-1.2.3"),
        Case(name: "beside a shell's own", text: "${X:-${{package.name}}}", expected: "${X:-app}"),
        Case(
            name: "what it holds is not looked at again", text: "${{vars.odd}}", expected: "${{package.name}}"
        ),
        Case(
            name: "an expression, as openblas has it",
            text: "b${{range.key == \"64\" && \" (ILP64)\" || \"\"}}",
            expected: "b (ILP64)"),
        Case(
            name: "an expression that does not hold", text: "${{range.key == '32' && 'a' || 'b'}}",
            expected: "b"),
        Case(name: "no end", text: "a ${{package.name", expected: "'${{' without '}}' after it"),
        Case(
            name: "unknown, with the nearest", text: "${{package.verion}}",
            expected: "there is no variable 'package.verion' here; did you mean 'package.version'?"),
        Case(
            name: "a text without its end", text: "${{range.key == \"64}}",
            expected: "a text has no \" at its end"),
        Case(
            name: "too much", text: "${{'a' 'b'}}", expected: "''a' 'b'' goes on after it has ended"),
        Case(name: "no value", text: "${{ == 'a'}}", expected: "a value is missing before '=='"),
    ])
    func texts(_ example: Case) {
        #expect(found(example.text) == example.expected)
    }

    private func found(_ text: String) -> String {
        do throws(SubstitutionScope.Failure) { return try Self.scope.substituting(text) } catch {
            return error.description
        }
    }

    @Test(arguments: [
        ("${{build.arch}} == 'x86_64'", true), ("${{build.arch}} == \"aarch64\"", false),
        ("${{build.arch}} != 'aarch64'", true), ("\"${{range.key}}\" == \"64\"", true),
        ("'${{vars.empty}}' == ''", true), ("${{vars.empty}}", false), ("${{options.fast.enabled}}", false),
        ("${{package.name}}", true), ("'a' == 'a' && 'b' == 'c'", false), ("'a' == 'b' || 'b' == 'b'", true),
        // From left to right, without precedence: (true || x) && false.
        ("'a' == 'a' || 'a' == 'a' && 'a' == 'b'", false), ("'a' == 'a' || ('a' == 'a' && 'a' == 'b')", true),
        ("('a' == 'b') == 'false'", true),
    ])
    func conditions(_ text: String, _ holds: Bool) throws {
        #expect(try Expression.holds(text, in: Self.scope) == holds, "\(text)")
    }

    @Test(arguments: ["build.arch == 'x'", "'a' ==", "('a'", "'a')", "&& 'a'", "'a' ~ 'b'", "${{nothing}}"])
    func conditionsWithoutMeaning(_ text: String) {
        #expect(throws: SubstitutionScope.Failure.self) { try Expression.holds(text, in: Self.scope) }
    }

    @Test func manyParenthesesAreRefused() {
        let text = String(repeating: "(", count: 10_000) + "'a'" + String(repeating: ")", count: 10_000)
        #expect(throws: SubstitutionScope.Failure.self) { try Expression.holds(text, in: Self.scope) }
    }

    /// Patterns of Wolfi's recipes, and what Go makes of them.
    @Test(arguments: [
        ("1.2.3", "\\.", "_", "1_2_3"), ("ruby3.4-tilt", "^ruby(\\d\\.\\d+)-.*", "$1", "3.4"),
        ("1.2.3", "^(\\d+)\\.(\\d+)\\.(\\d+)$", "${1}${2}0${3}00", "120300"),
        ("29.1.0", "docker-(\\d+)", "$1", "29.1.0"),
        (
            "0.20250101.123456", "^0\\.(\\d{4})(\\d{2})(\\d{2})\\.(\\d{2})(\\d{2})(\\d{2})$",
            "RELEASE.${1}-${2}-${3}T${4}-${5}-${6}Z",
            "RELEASE.2025-01-01T12-34-56Z"
        ),
        ("1.2", "(?P<major>\\d+)\\.(\\d+)", "${major}$$$2$9", "1$2"), ("a", "", "x", "xax"),
    ])
    func patterns(_ text: String, _ match: String, _ replace: String, _ expected: String) throws {
        #expect(try TextPattern(match).replacing(in: text, with: replace) == expected)
    }

    @Test func aPatternThatIsNone() { #expect(throws: TextPattern.Malformed.self) { try TextPattern("(") } }
}
