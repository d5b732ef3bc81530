// SPDX-License-Identifier: Apache-2.0

import Vocabulary

@testable import Defining

/// Texts and shorthand that the tests of this folder share.
enum Definitions {
    /// Every key once.
    static let complete = """
        # The whole language
        contents:
          keyring: [keys/archive.gpg]
          repositories:
            - deb system trixie main
            - deb [signed-by=/usr/share/keyrings/a.gpg,keys/b.gpg] https://deb.example.org/debian/ trixie-updates main contrib
          packages:
            - redis-server
            - libc6>=2.41
            - "tini = 0.19.0-3+b5"
          keep: [openssl]
          drop: [adduser, init-system-helpers]
        entrypoint:
          command: /usr/bin/redis-server "a b" 'c d'
        cmd: --save '' --port 0
        work-dir: /var/lib/redis
        stop-signal: QUIT
        environment:
          LANG: C.UTF-8
          RETRIES: 3
          EMPTY:
        accounts:
          run-as: redis
          users:
            - {username: redis, uid: 65532, gid: 65533, shell: /usr/sbin/nologin, homedir: /var/lib/redis}
          groups:
            - {groupname: redis, gid: 65533, members: [redis]}
        paths:
          - {path: /data, type: directory, uid: 65532, gid: 65532, permissions: 0o750}
          - {path: /run/link, type: symlink, source: ../data}
          - {path: /var/lib/redis, type: permissions, permissions: 0770, recursive: true}
        files:
          - path: /etc/redis/redis.conf
            mode: 0o640
            content: |
              save ""
              port 0
          - {path: /app/main.py, source: ./main.py, uid: 1, gid: 2}
        annotations:
          org.opencontainers.image.title: My Redis
        archs: [x86_64, arm64]
        tests:
          - name: answers
            exec:
              - [redis-cli, -s, /run/redis.sock, SET, a, "1"]
              - redis-cli -s /run/redis.sock GET a
            expect: {exit: 0, stdout: "1"}
            within: 2m
            tmpfs: [/run]
            with: [busybox]
          - name: version
            run: [/usr/bin/redis-server, --version]
            network: false

        """

    static let factory = """
        destination: 127.0.0.1:5000/team
        key: slipway.key
        interval: 5m
        images:
          - definition: redis/image.yaml
            tags: ["8", latest]
            gates: {max-size: 40M, no-setuid: true, tests: required, findings: known, allow-untested: [arm64]}
          - {definition: static.yaml, tags: [latest]}

        """

    /// The problems of a text, one a line, the file's name left out; empty where it is read.
    static func problems(_ text: String) -> String {
        do throws(DefinitionError) {
            _ = try DefinitionReader().read(Array(text.utf8), file: "f.yaml")
            return ""
        } catch {
            return error.problems.map {
                "\($0.location.line):\($0.location.column): "
                    + $0.description.dropPrefix("\($0.location): ")
            }.joined(separator: "\n")
        }
    }

    static func read(_ text: String, file: String = "redis/image.yaml") throws -> ImageDefinition {
        try DefinitionReader().read(Array(text.utf8), file: file).0
    }

    static func diagnostics(_ text: String) throws -> [String] {
        try DefinitionReader().read(Array(text.utf8), file: "f.yaml").1.map {
            "\($0.location.map { "\($0.line):\($0.column)" } ?? "?") \($0.severity) \($0.code.rawValue)"
        }
    }
}

extension String {
    fileprivate func dropPrefix(_ prefix: String) -> Substring {
        hasPrefix(prefix) ? dropFirst(prefix.count) : Substring(self)
    }
}
