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

extension ImageDefinition.Contents {
    var document: YAMLNode? {
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
    var document: YAMLNode? {
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
