// SPDX-License-Identifier: Apache-2.0

import Defining
import Storage
import TestHouse
import Testing
import Vocabulary

/// The definitions in Examples say what their readers should write themselves.
@Suite struct ExampleDefinitionTests {
    private static let examples = sourceRoot + "/Examples"
    private static let all: [String] =
        ["wolfi", "apk"].flatMap { folder in
            let names = (try? HostDirectory.names(in: HostPath("\(examples)/\(folder)"))) ?? []
            return names.filter { $0.hasSuffix(".yaml") }.map { "\(folder)/\($0)" }
        }

    @Test func theyAreThere() { #expect(Self.all.count >= 7) }

    @Test("every one decodes, and warns of nothing but root where root is meant", arguments: all)
    func decodes(name: String) throws {
        let path = HostPath("\(Self.examples)/\(name)")
        let text = try DefinitionReader().read(try HostDirectory.read(path), file: name)
        let isRoot = ["wolfi/go.yaml", "apk/programs.yaml"].contains(name)
        #expect(text.diagnostics.map(\.message).filter { !(isRoot && $0.contains("root")) } == [])
        #expect(!text.definition.contents.packages.isEmpty)
        // No example names a host that exists.
        let words = String(decoding: try HostDirectory.read(path), as: UTF8.self).split(separator: "/")
        for (slashes, host) in zip(words, words.dropFirst()) where slashes.hasSuffix("https:") {
            #expect(host.hasSuffix("example.org"), "\(host)")
        }
    }
}
