// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Reads an image definition: apko's language, and Slipway's own keys.
package struct DefinitionReader {
    package init() {}

    /// The meaning of `bytes`, which the user knows as `file`; `including` finds what it includes, and `adding` is read
    /// as if it stood at its end.
    ///
    /// Throws every problem that the text has, each with its place. The diagnostics are those of a definition that
    /// can be used.
    package func read(
        _ bytes: [UInt8], file: String, including: IncludeReader = .none,
        adding additions: DefinitionAdditions = DefinitionAdditions()
    ) throws(DefinitionError) -> DefinitionText {
        let start = SourceLocation(file: file, line: 1, column: 1)
        var inclusion = Inclusion(reader: including)
        guard var root = try inclusion.tree(bytes, file: file), !root.isNull else {
            throw DefinitionError([DefinitionProblem(.syntax("the definition is empty"), at: start)])
        }
        if let added = additions.document {
            root = YAMLNode(
                content: inclusion.join(added, root, by: .definition).content, location: root.location)
        }
        let text = inclusion.sources.count == 1 && additions.isEmpty ? bytes : YAMLText.bytes(of: root)
        var decoder = StrictDecoder()
        var definition = ImageDefinition(
            name: Self.name(of: file), file: file, digest: ContentHasher.digest(of: text))
        decode(root, into: &definition, with: &decoder)
        let problems = inclusion.problems + decoder.problems
        guard problems.isEmpty else { throw DefinitionError(problems) }
        return DefinitionText(
            definition: definition, diagnostics: inclusion.diagnostics + decoder.diagnostics, bytes: text,
            sources: inclusion.sources)
    }

    private func decode(
        _ root: YAMLNode, into definition: inout ImageDefinition, with decoder: inout StrictDecoder
    ) {
        guard let fields = decoder.fields(root, .definition) else { return }
        _ = decoder.line(fields["include"], "include")
        definition.contents = decoder.contents(fields["contents"])
        decoder.refuseForeign(root)
        definition.process = decoder.process(fields, requests: &definition.contents.packages)
        definition.accounts = decoder.accounts(fields["accounts"])
        definition.paths = decoder.paths(fields["paths"])
        definition.files = decoder.files(fields["files"])
        definition.certificates = decoder.certificates(fields["certificates"])
        definition.annotations = decoder.annotations(fields["annotations"])
        definition.vcsURL = decoder.line(fields["vcs-url"], "vcs-url")
        definition.layering = decoder.layering(fields["layering"])
        decoder.format(fields["format"])
        definition.tests = decoder.tests(fields["tests"])
        if definition.contents.baseImage == nil {
            decoder.warnOfRoot(definition.accounts, at: fields["accounts"]?.location ?? root.location)
        } else {
            decoder.refuseOnBase(root)
        }
        definition.architectures = decoder.architectures(fields["archs"], at: root.location)
        definition.annotations.merge(StrictDecoder.annotations(of: definition.vcsURL)) { $1 }
        if let title = definition.annotations["org.opencontainers.image.title"],
            let name = Self.name(title: title)
        {
            definition.name = name
        }
        if decoder.boolean(fields["apko-json"], "apko-json") == true {
            definition.apkoJSON = definition.apkoDocument.json
        }
    }

    /// `app` for `…/app/image.yaml`, `…/app.yaml` and `…/app.apko.yaml`.
    package static func name(of file: String) -> String {
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

/// A definition that was read, and what was read of it.
package struct DefinitionText: Sendable {
    /// One file, as it is.
    package struct Source: Sendable {
        package let file: String
        /// As the including file writes it; nil for the definition's own file.
        package let written: String?
        package let bytes: [UInt8]
    }

    package let definition: ImageDefinition
    package let diagnostics: [Diagnostic]
    /// The definition as one text: its own bytes, or, where it includes others, all of them joined. `definition.digest`
    /// is the digest of these, so that a lock, a build key and the evidence hold for what was included too.
    package let bytes: [UInt8]
    /// The definition's file, and after each file the one that it includes.
    package let sources: [Source]
}
