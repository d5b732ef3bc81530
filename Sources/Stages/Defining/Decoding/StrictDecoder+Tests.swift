// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

extension StrictDecoder {
    /// A foreign architecture's image starts under an emulator.
    private static let defaultSeconds = 60

    mutating func tests(_ node: YAMLNode?) -> [Located<ImageTest>] {
        var tests: [Located<ImageTest>] = []
        for item in list(node, "tests") {
            guard let test = test(item) else { continue }
            if tests.contains(where: { $0.value.name == test.name }) {
                bad(item, "name", test.name, "two tests have it")
            } else {
                tests.append(Located(test, at: item.location))
            }
        }
        return tests
    }

    private mutating func test(_ node: YAMLNode) -> ImageTest? {
        guard let fields = fields(node, .test) else { return nil }
        let name = line(require("name", fields), "name")
        let run = fields["run"].flatMap { argv($0, "run") }
        let exec = list(fields["exec"], "exec").compactMap { argv($0, "exec") }
        let expect = fields["expect"].map { expectation($0) } ?? ImageTest.Expectation()
        let within = duration(fields["within"], "within", in: 1...3600) ?? Self.defaultSeconds
        let tmpfs = list(fields["tmpfs"], "tmpfs").compactMap { absolutePath($0, "tmpfs") }
        let network = boolean(fields["network"], "network") ?? false
        let with = list(fields["with"], "with").compactMap { program($0) }
        guard let name else { return nil }
        return ImageTest(
            name: name, run: run, exec: exec, expect: expect, within: within, tmpfs: tmpfs, network: network,
            with: with)
    }

    private mutating func expectation(_ node: YAMLNode) -> ImageTest.Expectation {
        guard let fields = fields(node, .expectation) else { return ImageTest.Expectation() }
        return ImageTest.Expectation(
            exit: Int32(integer(fields["exit"], "exit", in: 0...255) ?? 0),
            stdout: text(fields["stdout"], "stdout"), stderr: text(fields["stderr"], "stderr"))
    }

    /// A program and its arguments, at least the program.
    private mutating func argv(_ node: YAMLNode, _ key: String) -> [String]? {
        guard let arguments = arguments(node, key) else { return nil }
        guard let first = arguments.first, !first.isEmpty else {
            bad(node, key, "[]", "it names no program")
            return nil
        }
        return arguments
    }

    /// The name of a program of the host, or where it is.
    private mutating func program(_ node: YAMLNode) -> String? {
        guard let text = line(node, "with") else { return nil }
        guard !text.contains("/") || (text.hasPrefix("/") && ImagePath(text) != nil) else {
            bad(node, "with", text, "write a program's name or its absolute path")
            return nil
        }
        return text
    }

    /// Seconds: a number, or `30s`, `5m`, `2h`.
    mutating func duration(_ node: YAMLNode?, _ key: String, in range: ClosedRange<Int64>) -> Int? {
        guard let node, let text = line(node, key) else { return nil }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600]
        let unit = text.last.flatMap { units[$0] }
        let digits = unit == nil ? Substring(text) : text.dropLast()
        guard !digits.isEmpty, digits.count < 10, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int64(digits)
        else {
            bad(node, key, text, "write a time as in 30, 30s, 5m or 2h")
            return nil
        }
        let seconds = number * (unit ?? 1)
        guard range.contains(seconds) else {
            bad(node, key, text, "it must be from \(range.lowerBound) to \(range.upperBound) seconds")
            return nil
        }
        return Int(seconds)
    }
}
