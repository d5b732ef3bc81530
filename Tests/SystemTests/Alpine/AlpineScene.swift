// SPDX-License-Identifier: Apache-2.0

import TestHouse
import Testing

/// A private repository of `.apk` packages, an image of them, and a registry beside it; everything is done by the finished
/// program, as its users do it.
final class AlpineScene {
    let scratch: Scratch
    let repository: AlpineRepository
    let registry: RegistryProcess

    var reference: String { "\(registry.address)/greeter:1" }
    var folder: String { "\(scratch.path)/greeter" }

    init() throws {
        scratch = try Scratch()
        repository = try AlpineRepository()
        registry = try RegistryProcess(root: "\(scratch.path)/registry")
        var facts = AlpineRepository.Facts()
        facts.provides = ["cmd:show=1.2.0-r3"]
        try repository.add(
            "show", "1.2.0-r3", facts,
            script: """
                mkdir -p usr/bin
                cat >/tmp/program-$$.c <<'END'
                #include <stdio.h>
                int main(int count, char **names) {
                    for (int place = 1; place < count; place++) {
                        FILE *file = fopen(names[place], "r");
                        if (!file) return 9;
                        for (int c; (c = getc(file)) != EOF;) putchar(c);
                    }
                    return 0;
                }
                END
                cc -Os -s -static -o usr/bin/show /tmp/program-$$.c
                rm /tmp/program-$$.c
                """)
        try repository.add(
            world: """
                greeting 1.0-r0; depends: cmd:show; file: usr/share/greeting/text
                greeting-doc 1.0-r0; install-if: greeting=1.0-r0 docs
                docs 1-r0
                """)
        try repository.add(
            "wolfi-baselayout", "20230201-r0",
            files: ["etc/os-release": "ID=wolfi\nNAME=Wolfi\nVERSION_ID=20230201"])
        try publish()
        try run("key", "generate")
        try define()
    }

    /// Writes the definition: an apko user's, but for the tests.
    private func define() throws {
        let definition = """
            contents:
              repositories:
                - \(repository.url)
              keyring:
                - \(repository.publicKey)
              packages:
                - greeting
                - show
                - docs
                - wolfi-baselayout
            entrypoint:
              command: /usr/bin/show /usr/share/greeting/text
            accounts:
              groups:
                - groupname: nonroot
                  gid: 65532
              users:
                - username: nonroot
                  uid: 65532
              run-as: 65532
            archs:
              - x86_64
            annotations:
              org.opencontainers.image.title: greeter
            tests:
              - name: greets
                expect: {stdout: greeting}

            """
        try scratch.sh("mkdir greeter")
        try scratch.write(Array(definition.utf8), to: "greeter/image.yaml")
        let factory = """
            destination: \(registry.address)
            key: slipway.key
            images:
              - {definition: greeter/image.yaml, tags: ["1"]}

            """
        try scratch.write(Array(factory.utf8), to: "factory.yaml")
    }

    /// `slipway …` in the scene's directory, which must succeed.
    @discardableResult
    func run(_ arguments: String...) throws -> SlipwayProgram.Outcome {
        let outcome = try attempt(arguments)
        #expect(
            outcome.exit == 0, "slipway \(arguments.joined(separator: " ")): \(outcome.stderr)\(outcome.text)"
        )
        return outcome
    }

    /// The same, whatever it says.
    func attempt(_ arguments: [String], home: String? = nil) throws -> SlipwayProgram.Outcome {
        try SlipwayProgram.run(
            arguments, in: scratch.path, environment: home.map { ["HOME": $0] } ?? [:])
    }

    /// Indexes the repository with the command that its keeper uses.
    func publish() throws {
        try run(
            "apk", "index", "\(repository.directory)/x86_64", "--key", repository.privateKey)
    }
}
