// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Reads an image definition: apko's language as far as it is supported, and Slipway's own keys.
package struct DefinitionReader {
    package init() {}

    /// The meaning of `bytes`, which the user knows as `file`, and what the user should hear about it.
    ///
    /// Throws every problem that the text has, each with its place. The diagnostics are those of a definition that
    /// can be used.
    package func read(
        _ bytes: [UInt8], file: String
    ) throws(DefinitionError) -> (ImageDefinition, [Diagnostic]) {
        let start = SourceLocation(file: file, line: 1, column: 1)
        guard let root = try YAMLDocument(file: file).compose(bytes), !root.isNull else {
            throw DefinitionError([DefinitionProblem(.syntax("the definition is empty"), at: start)])
        }
        var decoder = StrictDecoder()
        var definition = ImageDefinition(
            name: Self.name(of: file), file: file, digest: ContentHasher.digest(of: bytes))
        decode(root, into: &definition, with: &decoder)
        guard decoder.problems.isEmpty else { throw DefinitionError(decoder.problems) }
        return (definition, decoder.diagnostics)
    }

    private static let keys = StrictDecoder.Keys(
        context: "the definition",
        known: [
            "contents", "entrypoint", "cmd", "work-dir", "stop-signal", "environment", "accounts", "paths",
            "files",
            "annotations", "archs", "tests",
        ],
        later: [
            "vcs-url": "write the annotation org.opencontainers.image.source",
            "include": "write the included keys into this file",
            "volumes": nil,
            "layering": "every image has one layer",
            "format": "layers are tar archives",
            "certificates": "name a package that brings certificates, or use 'files'",
        ])

    private func decode(
        _ root: YAMLNode, into definition: inout ImageDefinition, with decoder: inout StrictDecoder
    ) {
        guard let fields = decoder.fields(root, Self.keys) else { return }
        definition.contents = decoder.contents(fields["contents"])
        definition.process = decoder.process(fields)
        definition.accounts = decoder.accounts(fields["accounts"], at: root.location)
        definition.paths = decoder.paths(fields["paths"])
        definition.files = decoder.files(fields["files"])
        definition.annotations = decoder.annotations(fields["annotations"])
        definition.tests = decoder.tests(fields["tests"])
        if let title = definition.annotations["org.opencontainers.image.title"],
            let name = Self.name(title: title)
        {
            definition.name = name
        }
        if let node = fields["archs"] {
            definition.architectures = decoder.architectures(node)
        } else {
            decoder.report(
                Diagnostic(
                    .note, .defaultArchitecture, "no 'archs': the image is made for amd64 alone",
                    at: root.location))
        }
    }

    /// `app` for `…/app/image.yaml`, `…/app.yaml` and `…/app.apko.yaml`.
    static func name(of file: String) -> String {
        let path = HostPath(file)
        var stem = String(path.name)
        for suffix in [".yaml", ".yml", ".apko"] where stem.hasSuffix(suffix) {
            stem.removeLast(suffix.count)
        }
        let generic = ["image", "apko", "definition", ""].contains(stem)
        return (generic ? name(title: String(path.parent.name)) : nil) ?? name(title: stem) ?? "image"
    }

    /// A title as one component of a repository's name; nil where nothing is left of it.
    private static func name(title: String) -> String? {
        var name = ""
        for byte in title.lowercased().utf8 {
            let isWord = (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
            if isWord {
                name.unicodeScalars.append(Unicode.Scalar(byte))
            } else if !name.isEmpty, !name.hasSuffix("-") {
                name += "-"
            }
        }
        while name.hasSuffix("-") { name.removeLast() }
        return name.isEmpty ? nil : String(name.prefix(100))
    }
}
