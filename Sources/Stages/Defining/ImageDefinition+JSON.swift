// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

extension ImageDefinition {
    /// The definition as it was understood, every default written out: what `show-config` prints. Keys are those of
    /// the language; text that is no UTF-8 is not possible here.
    package var json: JSONValue {
        .object([
            "name": .string(name),
            "digest": .string(digest.description),
            "archs": .array(architectures.map { .string($0.debianName) }),
            "contents": contents.json,
            "entrypoint": .strings(process.entrypoint),
            "cmd": .strings(process.cmd),
            "work-dir": .text(process.workDirectory),
            "stop-signal": .text(process.stopSignal),
            "environment": .object(process.environment.mapValues { .string($0) }),
            "accounts": accounts.json,
            "paths": .array(paths.map(\.value.json)),
            "files": .array(files.map(\.value.json)),
            "annotations": .object(annotations.mapValues { .string($0) }),
            "tests": .array(tests.map(\.value.json)),
        ])
    }
}

extension JSONValue {
    fileprivate static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
    fileprivate static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    fileprivate static func mode(_ mode: UInt16?) -> JSONValue {
        mode.map { .string("0o\(String($0, radix: 8))") } ?? .null
    }
}

extension ImageDefinition.Contents {
    fileprivate var json: JSONValue {
        .object([
            "repositories": .strings(repositories.map(\.value.description)),
            "keyring": .strings(keyring.map(\.value)),
            "packages": .strings(packages.map(\.value.description)),
            "keep": .strings(keep.map(\.value.text)),
            "drop": .strings(drop.map(\.value.text)),
        ])
    }
}

extension ImageDefinition.Accounts {
    fileprivate var json: JSONValue {
        .object([
            "run-as": .text(runAs?.value),
            "users": .array(
                users.map {
                    .object([
                        "username": .string($0.value.name), "uid": .integer(Int64($0.value.uid)),
                        "gid": .integer(Int64($0.value.gid ?? $0.value.uid)), "shell": .text($0.value.shell),
                        "homedir": .text($0.value.home),
                    ])
                }),
            "groups": .array(
                groups.map {
                    .object([
                        "groupname": .string($0.value.name), "gid": .integer(Int64($0.value.gid)),
                        "members": .strings($0.value.members),
                    ])
                }),
        ])
    }
}

extension PathRule {
    fileprivate var json: JSONValue {
        var source: String?
        let type: String
        switch kind {
        case .directory: type = "directory"
        case .emptyFile: type = "empty-file"
        case .permissions: type = "permissions"
        case .symbolicLink(let target): (type, source) = ("symlink", target)
        case .hardLink(let target): (type, source) = ("hardlink", target)
        }
        return .object([
            "path": .string(path.absolute), "type": .string(type), "source": .text(source),
            "uid": uid.map { .integer(Int64($0)) } ?? .null, "gid": gid.map { .integer(Int64($0)) } ?? .null,
            "permissions": .mode(permissions), "recursive": .bool(recursive),
        ])
    }
}

extension FileInsertion {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "path": .string(path.absolute), "mode": .mode(mode), "uid": .integer(Int64(uid)),
            "gid": .integer(Int64(gid)),
        ]
        switch content {
        case .inline(let bytes): members["content"] = .string(String(decoding: bytes, as: UTF8.self))
        case .source(let path): members["source"] = .string(path)
        }
        return .object(members)
    }
}

extension ImageTest {
    fileprivate var json: JSONValue {
        .object([
            "name": .string(name),
            "run": run.map { .strings($0) } ?? .null,
            "exec": .array(exec.map { .strings($0) }),
            "expect": .object([
                "exit": .integer(Int64(expect.exit)), "stdout": .text(expect.stdout),
                "stderr": .text(expect.stderr),
            ]),
            "within": .integer(Int64(within)),
            "tmpfs": .strings(tmpfs),
            "network": .bool(network),
            "with": .strings(with),
        ])
    }
}
