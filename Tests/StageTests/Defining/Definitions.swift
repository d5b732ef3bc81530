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

    /// Every key that only Alpine packages have a use for, and apko's spellings.
    static let alpine = """
        contents:
          build_repositories: [./packages/]
          repositories:
            - https://apk.example.org/os/
            - "@edge https://apk.example.org/edge"
          runtime_repositories: [apk.example.org/runtime/]
          keyring:
            - ./keys/own.rsa.pub
            - https://apk.example.org/os/signing.rsa.pub
          runtime_keyring:
            - name: runtime.rsa.pub
              content: |
                -----BEGIN PUBLIC KEY-----
                AAAA
                -----END PUBLIC KEY-----
          packages:
            - wolfi-baselayout
            - nginx~1.27
            - redis=7.2.4-r0@edge
            - curl@edge
            - busybox<~1.36
            - "!openssh"
        entrypoint:
          type: service-bundle
          services:
            nginx: /usr/sbin/nginx -g "daemon off;"
        cmd: ""
        stop-signal: ""
        volumes: [/data, /cache/]
        accounts:
          run-as: "65532:65532"
          users:
            - {username: nginx, uid: 65532}
          groups:
            - {groupname: nginx, gid: 65532, members: []}
        paths:
          - {path: /run/nginx, type: directory, uid: 65532, permissions: 493}
          - {path: /link, type: symlink, source: /run, permissions: 0}
          - {path: /etc/nginx, type: permissions, permissions: 0o2775, recursive: true}
        certificates:
          additional:
            - name: own
              content: |
                -----BEGIN CERTIFICATE-----
                AAAA
                -----END CERTIFICATE-----
          providers: [own-certificates]
        vcs-url: git+ssh://git@git.example.org/images@0123abcd
        annotations: {org.opencontainers.image.title: Bundle}
        archs: [x86_64, aarch64, armhf, armv7, "386"]
        layering: {strategy: origin, budget: 10}
        format: tar

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
        try DefinitionReader().read(Array(text.utf8), file: file).definition
    }

    static func diagnostics(_ text: String) throws -> [String] {
        try DefinitionReader().read(Array(text.utf8), file: "f.yaml").diagnostics.map {
            "\($0.location.map { "\($0.line):\($0.column)" } ?? "?") \($0.severity) \($0.code.rawValue)"
        }
    }
}

extension String {
    fileprivate func dropPrefix(_ prefix: String) -> Substring {
        hasPrefix(prefix) ? dropFirst(prefix.count) : Substring(self)
    }
}
