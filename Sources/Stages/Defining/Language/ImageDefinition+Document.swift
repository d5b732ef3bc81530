// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

extension ImageDefinition {
    /// The definition as it was understood, everything included and every default written out, in the keys of the
    /// language: it is read as the same definition again.
    package var yaml: [UInt8] { YAMLText.bytes(of: document) }

    /// The same as JSON, which is YAML too.
    package var json: JSONValue { document.json }

    /// The same without Slipway's own keys.
    var apkoDocument: YAMLNode {
        var definition = self
        (definition.files, definition.tests, definition.apkoJSON) = ([], [], nil)
        (definition.contents.keep, definition.contents.drop) = ([], [])
        return definition.document
    }

    var document: YAMLNode {
        .map([
            ("contents", contents.document), ("entrypoint", process.entrypointDocument),
            ("cmd", .words(process.cmd)), ("work-dir", .text(process.workDirectory)),
            ("stop-signal", .text(process.stopSignal)), ("environment", .texts(process.environment)),
            ("accounts", accounts.document), ("paths", .list(paths.map(\.value.document))),
            ("files", .list(files.map(\.value.document))), ("volumes", .lines(process.volumes)),
            ("certificates", certificates.document), ("annotations", .texts(annotations)),
            ("vcs-url", .text(vcsURL)), ("archs", .lines(architectures.map(\.platformName))),
            ("layering", layering?.document), ("apko-json", apkoJSON.map { _ in .bool(true) }),
            ("tests", .list(tests.map(\.value.document))),
        ]) ?? YAMLNode(content: .mapping([]), location: .nowhere)
    }
}

extension YAMLNode {
    /// Nil where there is nothing in it.
    fileprivate static func map(_ entries: [(String, YAMLNode?)]) -> YAMLNode? {
        let entries = entries.compactMap { key, value in
            value.map { Entry(key: key, place: .nowhere, value: $0) }
        }
        return entries.isEmpty ? nil : YAMLNode(content: .mapping(entries), location: .nowhere)
    }

    fileprivate static func list(_ items: [YAMLNode?]) -> YAMLNode? {
        let items = items.compactMap(\.self)
        return items.isEmpty ? nil : YAMLNode(content: .sequence(items), location: .nowhere)
    }

    fileprivate static func text(_ text: String?) -> YAMLNode? {
        text.map { YAMLNode(content: .scalar($0, plain: false), location: .nowhere) }
    }

    private static func plain(_ text: String) -> YAMLNode {
        YAMLNode(content: .scalar(text, plain: true), location: .nowhere)
    }

    fileprivate static func integer(_ value: some BinaryInteger) -> YAMLNode { plain("\(value)") }
    fileprivate static func bool(_ value: Bool) -> YAMLNode { plain("\(value)") }
    fileprivate static func mode(_ mode: UInt16) -> YAMLNode { plain("0o\(String(mode, radix: 8))") }
    fileprivate static func lines(_ texts: [String]) -> YAMLNode? { list(texts.map { text($0) }) }

    /// Arguments as apko writes them: one line for a shell's eyes; a list where that is all that the key takes.
    fileprivate static func words(_ words: [String]) -> YAMLNode? {
        words.isEmpty ? nil : text(ShellWords.join(words))
    }

    fileprivate static func texts(_ texts: [String: String]) -> YAMLNode? {
        map(texts.sorted { $0.key < $1.key }.map { ($0.key, text($0.value)) })
    }

    /// Numbers, booleans and texts as the decoders take them.
    var json: JSONValue {
        switch content {
        case .scalar(let text, let plain):
            guard plain else { return .string(text) }
            if isNull { return .null }
            if let value = YAMLScalar.integer(text) { return .integer(value) }
            return text == "true" || text == "false" ? .bool(text == "true") : .string(text)
        case .sequence(let items): return .array(items.map(\.json))
        case .mapping(let entries):
            return .object(
                Dictionary(entries.map { ($0.key, $0.value.json) }, uniquingKeysWith: { first, _ in first }))
        }
    }
}

extension ImageDefinition.Contents {
    fileprivate var document: YAMLNode? {
        .map([
            ("build_repositories", .lines(buildRepositories.map(\.value.description))),
            ("repositories", .lines(repositories.map(\.value.description))),
            ("runtime_repositories", .lines(runtimeRepositories.map(\.value))),
            ("keyring", .lines(keyring.map(\.value))),
            ("runtime_keyring", .list(runtimeKeyring.map(\.value.document))),
            ("packages", .lines(packages.map(\.value.description))),
            ("keep", .lines(keep.map(\.value.text))), ("drop", .lines(drop.map(\.value.text))),
            (
                "baseimage",
                baseImage.flatMap {
                    .map([("image", .text($0.value.image)), ("apkindex", .text($0.value.index))])
                }
            ),
        ])
    }
}

extension ImageDefinition.NamedText {
    fileprivate var document: YAMLNode? { .map([("name", .text(name)), ("content", .text(content))]) }
}

extension ImageDefinition.Certificates {
    fileprivate var document: YAMLNode? {
        .map([
            ("additional", .list(additional.map(\.value.document))),
            ("providers", .lines(providers.map(\.value))),
        ])
    }
}

extension ImageDefinition.Layering {
    fileprivate var document: YAMLNode? {
        .map([("strategy", .text("origin")), ("budget", .integer(budget))])
    }
}

extension ImageDefinition.Process {
    fileprivate var entrypointDocument: YAMLNode? {
        let isBundle = !services.isEmpty && entrypoint == StrictDecoder.supervisor.entrypoint
        return .map([
            ("type", isBundle ? .text("service-bundle") : nil),
            ("command", isBundle ? nil : .words(entrypoint)), ("services", .texts(services)),
        ])
    }
}

extension ImageDefinition.Accounts {
    fileprivate var document: YAMLNode? {
        .map([
            ("run-as", .text(runAs?.value)), ("users", .list(users.map { $0.value.document })),
            ("groups", .list(groups.map { $0.value.document })),
        ])
    }
}

extension ImageDefinition.Accounts.User {
    fileprivate var document: YAMLNode? {
        .map([
            ("username", .text(name)), ("uid", .integer(uid)), ("gid", gid.map { .integer($0) }),
            ("shell", .text(shell)), ("homedir", .text(home)),
        ])
    }
}

extension ImageDefinition.Accounts.Group {
    fileprivate var document: YAMLNode? {
        .map([("groupname", .text(name)), ("gid", .integer(gid)), ("members", .lines(members))])
    }
}

extension PathRule {
    fileprivate var document: YAMLNode? {
        var source: String?
        let type: String
        switch kind {
        case .directory: type = "directory"
        case .emptyFile: type = "empty-file"
        case .permissions: type = "permissions"
        case .symbolicLink(let target): (type, source) = ("symlink", target)
        case .hardLink(let target): (type, source) = ("hardlink", target)
        }
        return .map([
            ("path", .text(path.absolute)), ("type", .text(type)), ("source", .text(source)),
            ("uid", uid.map { .integer($0) }), ("gid", gid.map { .integer($0) }),
            ("permissions", permissions.map { .mode($0) }), ("recursive", recursive ? .bool(true) : nil),
        ])
    }
}

extension FileInsertion {
    fileprivate var document: YAMLNode? {
        var source: String?
        var inline: String?
        switch content {
        case .inline(let bytes): inline = String(decoding: bytes, as: UTF8.self)
        case .source(let path): source = path
        }
        return .map([
            ("path", .text(path.absolute)), ("source", .text(source)), ("content", .text(inline)),
            ("mode", .mode(mode)), ("uid", .integer(uid)), ("gid", .integer(gid)),
        ])
    }
}

extension ImageTest {
    fileprivate var document: YAMLNode? {
        .map([
            ("name", .text(name)), ("run", run.flatMap { .lines($0) }),
            ("exec", .list(exec.map { .lines($0) })),
            (
                "expect",
                .map([
                    ("exit", .integer(expect.exit)), ("stdout", .text(expect.stdout)),
                    ("stderr", .text(expect.stderr)),
                ])
            ),
            ("within", .text("\(within)s")), ("tmpfs", .lines(tmpfs)), ("network", .bool(network)),
            ("with", .lines(with)),
        ])
    }
}
