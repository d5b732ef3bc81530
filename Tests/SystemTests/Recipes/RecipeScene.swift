// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing

/// A repository whose busybox is the whole build root, and upstream's release of `words`.
final class RecipeScene {
    static let isPossible = SlipwayProgram.isThere && Tool.exists("bwrap") && Tool.exists("busybox")
    static let why: Comment = "needs slipway, bubblewrap and busybox-static"

    let scratch: Scratch
    let repository: AlpineRepository

    init() throws {
        scratch = try Scratch()
        repository = try AlpineRepository()
        try repository.addBusybox()
        try repository.publish()
        try release("1.0")
        try define()
    }

    /// `slipway …`, which must succeed.
    @discardableResult
    func run(_ arguments: String...) throws -> SlipwayProgram.Outcome {
        let outcome = try SlipwayProgram.run(arguments, in: scratch.path)
        #expect(outcome.exit == 0, "\(arguments): \(outcome.stderr)\(outcome.text)")
        return outcome
    }

    func release(_ version: String) throws {
        try scratch.sh(
            """
            rm -rf words-\(version); mkdir -p words-\(version)/man
            printf '#!/bin/sh\\necho words \(version)\\n' >words-\(version)/words.in
            echo 'how to use words' >words-\(version)/man/words.1
            ln -s words.in words-\(version)/link
            tar --sort=name --mtime=@1700000000 --owner=4711 --group=4711 -czf words-\(version).tar.gz words-\(version)
            """)
    }

    /// A repository of the release: v1.0 is an annotated tag, main has gone on.
    func repositoryOfRelease() throws -> (commit: String, tag: String) {
        let ids = String(
            decoding: try scratch.sh(
                """
                rm -rf upstream; mkdir upstream; cd upstream
                export GIT_AUTHOR_DATE='1700000000 +0000' GIT_COMMITTER_DATE='1700000000 +0000'
                git init -q -b main; git config user.name a; git config user.email a@b.c
                cp -r ../words-1.0/. .; git add .; git commit -qm one; git tag -a -m one v1.0
                echo more >more; git add .; git commit -qm two
                git rev-parse v1.0^{commit} v1.0
                """), as: UTF8.self
        ).split(separator: "\n").map(String.init)
        return (ids[0], ids[1])
    }

    func define(
        digest: String? = nil, steps: String = "", source: String? = nil,
        test: String = "words | grep -x 'the words 1.0'", package: String = ""
    ) throws {
        let found = String(
            decoding: try scratch.sh("sha256sum words-1.0.tar.gz | cut -c1-64"), as: UTF8.self
        ).filter { $0 != "\n" }
        let recipe = """
            package:
              name: words
              version: "1.0"
              epoch: 0
              description: says words
              copyright: [{license: MIT}]\(package)
            environment:
              contents:
                repositories: [\(repository.url)]
                keyring: [\(repository.publicKey)]
                packages: [busybox]
              environment: {GREETING: hello}
            pipeline:
            \(source ?? "  - uses: fetch\n    with: {uri: 'file:words-1.0.tar.gz', expected-sha256: \(digest ?? found)}")
            \(steps)
              - name: install
                runs: |
                  mkdir -p ${{targets.destdir}}/usr/bin ${{targets.destdir}}/usr/share/man/man1
                  sed 's/words/the words/' words.in >${{targets.destdir}}/usr/bin/words
                  chmod 755 ${{targets.destdir}}/usr/bin/words
                  cp man/words.1 ${{targets.destdir}}/usr/share/man/man1/
                  echo "$GREETING at $SOURCE_DATE_EPOCH by $(id -u)"
            test:
              environment: {contents: {packages: [busybox]}}
              pipeline:
                - runs: \(test)
            subpackages:
              - name: words-doc
                description: what is said of words
                pipeline: [{uses: split/manpages}]

            """
        try scratch.write(Array(recipe.utf8), to: "words.yaml")
    }

    func build(_ more: String...) throws -> SlipwayProgram.Outcome { try build(more) }

    func build(_ more: [String], environment: [String: String] = [:]) throws -> SlipwayProgram.Outcome {
        try SlipwayProgram.run(
            ["recipe", "build", "\(scratch.path)/words.yaml", "--arch", "amd64"] + more,
            in: scratch.path, environment: environment)
    }
}
