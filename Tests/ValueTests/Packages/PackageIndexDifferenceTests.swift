// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

/// Names under which two indexes do not offer the same.
@Suite struct PackageIndexDifferenceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var old: String
        var new: String
        var names: Set<String>

        init(_ name: String, _ old: String, _ new: String, _ names: Set<String>) {
            testDescription = name
            self.old = old
            self.new = new
            self.names = names
        }
    }

    static let cases = [
        Case("nothing", "a 1\nb 1", "a 1\nb 1", []),
        Case("the order of other names", "b 1\na 1", "a 1\nb 1", []),
        Case("a package came", "a 1", "a 1\nb 1", ["b"]),
        Case("a package went", "a 1\nb 1", "b 1", ["a"]),
        Case("the last went", "a 1", "", ["a"]),
        Case("a version", "a 1\nb 1", "a 2\nb 1", ["a"]),
        Case(
            "another file of the same version", "a 1", "a 1; sha256: \(String(repeating: "1", count: 64))",
            ["a"]),
        Case("the file's size", "a 1", "a 1; size: 7", ["a"]),
        Case("a priority", "a 1", "a 1; priority: required", ["a"]),
        Case("a dependency", "a 1; depends: x", "a 1; depends: y", ["a"]),
        Case("a provide came: who asks for it must look", "a 1", "a 1; provides: v", ["a", "v"]),
        Case("a provide went", "a 1; provides: v, w", "a 1; provides: w", ["a", "v", "w"]),
        Case("a provider came", "v 1", "v 1\na 1; provides: v", ["a", "v"]),
        Case("a second version beside the first", "a 1", "a 1\na 2", ["a"]),
        Case("two versions changed places", "a 1\na 2", "a 2\na 1", ["a"]),
    ]

    @Test(arguments: cases) func namesWhatDiffers(_ item: Case) throws {
        let (old, new) = (try PackageWorld.parse(item.old), try PackageWorld.parse(item.new))
        #expect(new.names(differingFrom: old) == item.names)
        #expect(old.names(differingFrom: new) == item.names)
    }
}
