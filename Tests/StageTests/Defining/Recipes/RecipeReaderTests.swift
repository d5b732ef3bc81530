// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestHouse
import Testing
import Vocabulary

@testable import Defining

/// Recipes: the language, what it refuses, and what pipelines become.
@Suite struct RecipeReaderTests {
    static func read(
        _ text: String, architecture: Architecture = .amd64, options: [String] = [],
        pipelines: [String: String] = [:]
    ) throws -> Recipe {
        let library = PipelineLibrary { name in
            pipelines[name].map { ("pipelines/\(name).yaml", Array($0.utf8)) }
        }
        return try RecipeReader(library: library, architecture: architecture, options: options).read(
            Array(text.utf8), file: "app.yaml"
        ).recipe
    }

    private static func problems(_ text: String, pipelines: [String: String] = [:]) -> [String] {
        do {
            _ = try read(text, pipelines: pipelines)
            return []
        } catch { return "\(error)".split(separator: "\n").map(String.init) }
    }

    private static let head = """
        package:
          name: app
          version: 1.2.3
          epoch: 4
          description: an application
          copyright: [{license: MIT}, {license: Zlib}]

        """

    @Test func aSysrootIsOfEitherFamilyAndKnownByAVariable() throws {
        let text = """
            environment: {contents: {repositories: [deb system trixie main], packages: [gcc]}}
            sysroot: {contents: {packages: [zlib-dev=1.3-r0, "so:libc.musl-x86_64.so.1"]}}
            pipeline: [{runs: "gcc -I${{targets.sysroot}}/usr/include"}]

            """
        let recipe = try Self.read(Self.head + text)
        let sysroot = try #require(recipe.sysroot)
        #expect(
            sysroot.contents.packages.map(\.value.description)
                == ["zlib-dev=1.3-r0", "so:libc.musl-x86_64.so.1"])
        #expect(sysroot.architectures == [.amd64] && recipe.environment.contents.packages.count == 1)
        #expect(recipe.packages[0].steps[0].action == .run("gcc -I/run/sysroot/usr/include"))
        let again = try Self.read(String(decoding: recipe.yaml, as: UTF8.self))
        #expect(again.sysroot?.contents.packages.map(\.value) == sysroot.contents.packages.map(\.value))
    }

    /// The release of a package is the recipe's epoch.
    @Test(arguments: ["1.2.3-r0", "1.2.3-1", "v1.2.3", "latest"])
    func aVersionThatNoReleaseHasIsRefused(_ version: String) {
        let text = Self.head.replacing("1.2.3", with: version) + "pipeline: [{runs: x}]\n"
        #expect(Self.problems(text).contains { $0.contains("it is no version") })
    }

    @Test func whoHasNoSysrootHasNoVariableOfIt() {
        let problems = Self.problems(Self.head + "pipeline: [{runs: 'ls ${{targets.sysroot}}'}]\n")
        #expect(problems.count == 1 && problems[0].contains("targets.sysroot"), "\(problems)")
    }

    @Test func aWholeRecipe() throws {
        let recipe = try Self.read(
            """
            package:
              name: app
              version: 1.2.3
              epoch: 4
              description: an application
              copyright:
                - license: MIT
              dependencies:
                runtime: ["libapp=${{package.full-version}}"]
                provider-priority: ${{vars.priority}}
              resources: {cpu: 500m, memory: 4Gi}
              timeout: 1h30m
            vars: {priority: "7", short: "${{vars.mangled}}", mangled: x}
            var-transforms:
              - {from: "${{package.version}}", match: ^(\\d+)\\.(\\d+).*, replace: "${1}_$2", to: underscored}
            data:
              - name: languages
                items: {de: German, fr: French}
            environment:
              contents:
                packages: [gcc, "${{package.name}}-tools"]
              environment: {CFLAGS: -O2}
            pipeline:
              - uses: fetch
                with:
                  uri: https://example.org/app-${{vars.underscored}}.tar.gz
                  expected-sha256: \(String(repeating: "a", count: 64))
              - name: build ${{package.name}}
                if: ${{build.arch}} == 'x86_64'
                working-directory: src
                environment: {MODE: fast}
                runs: |
                  make PREFIX=/usr
                  make DESTDIR=${{targets.destdir}} install
              - if: ${{build.arch}} == 'aarch64'
                runs: never
            subpackages:
              - range: languages
                name: app-lang-${{range.key}}
                description: ${{range.value}} texts
                dependencies: {runtime: [app]}
                pipeline:
                  - runs: mv ${{targets.destdir}}/usr/share/${{range.key}} ${{targets.subpkgdir}}/
            test:
              pipeline:
                - runs: app --version | grep ${{package.version}}
            update:
              enabled: true
              ignore-regex-patterns: ["-rc"]
              github: {identifier: example/app, strip-prefix: v, use-tag: true, tag-filter-prefix: v}
            """)
        #expect(recipe.fullVersion == "1.2.3-r4")
        #expect(recipe.packages.map(\.metadata.name.text) == ["app", "app-lang-de", "app-lang-fr"])
        #expect(recipe.packages[0].metadata.dependencies.runtime == ["libapp=1.2.3-r4"])
        #expect(recipe.packages[0].metadata.dependencies.providerPriority == 7)
        #expect(recipe.packages[1].metadata.description == "German texts")
        #expect(
            recipe.limits.processors == 0.5 && recipe.limits.memory == 4 << 30 && recipe.limits.time == 5400)
        #expect(recipe.environment.contents.packages.map(\.value.description) == ["gcc", "app-tools"])
        #expect(recipe.environment.process.environment == ["CFLAGS": "-O2"])
        let steps = recipe.packages[0].steps
        #expect(steps.map(\.label) == ["fetch", "build app"])
        guard case .fetch(let fetch) = steps[0].action else { throw Missing() }
        #expect(
            fetch.uri == "https://example.org/app-1_2.tar.gz" && fetch.extracts && fetch.stripComponents == 1)
        #expect(steps[1].workingDirectory == "src" && steps[1].environment == ["MODE": "fast"])
        #expect(
            steps[1].action
                == .run("make PREFIX=/usr\nmake DESTDIR=/home/build/melange-out/app install\n"))
        #expect(
            recipe.packages[2].steps[0].action
                == .run("mv /home/build/melange-out/app/usr/share/fr /home/build/melange-out/app-lang-fr/"))
        #expect(recipe.packages[0].test?.steps.map(\.action) == [.run("app --version | grep 1.2.3")])
        #expect(recipe.update?.backend == .github(identifier: "example/app", usesTags: true))
        #expect(recipe.update?.filter.stripPrefix == "v" && recipe.update?.ignoredPatterns == ["-rc"])
    }

    private struct Missing: Error {}

    @Test func whatIsSaidOfTheRecipeHasItsVariablesWrittenOut() throws {
        let recipe = try Self.read(
            """
            package:
              name: app
              version: 1.2.3
              epoch: 4
              description: an application
              copyright: [{license: MIT, attestation: "of ${{package.name}}"}]
              annotations: {release: "v${{package.version}}"}
              resources: {memory: "${{vars.memory}}"}
            vars: {memory: 2Gi}
            """)
        #expect(recipe.annotations == ["release": "v1.2.3"])
        #expect(recipe.copyrights.map(\.attestation) == ["of app"] && recipe.limits.memory == 2 << 30)
    }

    @Test func optionsChangeVariablesAndTheBuildRoot() throws {
        let text =
            Self.head + """
                vars: {mode: slow}
                options:
                  fast:
                    vars: {mode: fast}
                    environment: {contents: {packages: {add: [cc], remove: [gcc]}}}
                environment: {contents: {packages: [gcc, make]}}
                pipeline:
                  - {if: "${{options.fast.enabled}}", runs: "echo fast"}
                  - runs: make ${{vars.mode}}
                """
        let plain = try Self.read(text)
        #expect(plain.packages[0].steps.map(\.action) == [.run("make slow")])
        #expect(plain.environment.contents.packages.map(\.value.description) == ["gcc", "make"])
        let fast = try Self.read(text, options: ["fast"])
        #expect(fast.packages[0].steps.map(\.action) == [.run("echo fast"), .run("make fast")])
        #expect(fast.environment.contents.packages.map(\.value.description) == ["make", "cc"])
    }

    @Test func aProjectsPipelineIsFlattenedAndWhatItNeedsIsInTheBuildRoot() throws {
        let recipe = try Self.read(
            Self.head + """
                environment: {contents: {packages: [make]}}
                pipeline:
                  - uses: outer
                    working-directory: deep
                    with: {what: it}
                """,
            pipelines: [
                "outer": """
                name: outer one
                needs: {packages: [make, tool]}
                inputs:
                  what: {required: true}
                  how: {default: "well, ${{package.name}}"}
                pipeline:
                  - uses: inner/one
                    with: {text: "${{inputs.what}} ${{inputs.how}}"}
                  - runs: echo ${{inputs.what}}
                """,
                "inner/one": """
                inputs: {text: {}, what: {default: own}}
                pipeline:
                  - runs: echo ${{inputs.text}} ${{inputs.what}}
                """,
            ])
        let steps = recipe.packages[0].steps
        #expect(steps.map(\.action) == [.run("echo it well, app own"), .run("echo it")])
        #expect(steps.map(\.pipelines) == [["outer", "inner/one"], ["outer"]])
        #expect(steps.allSatisfy { $0.workingDirectory == "deep" && $0.label == "outer one" })
        #expect(steps.allSatisfy { $0.location.file == "app.yaml" && $0.location.line == 9 })
        #expect(recipe.environment.contents.packages.map(\.value.description) == ["make", "tool"])
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let expected: String
        var testDescription: String { name }
    }

    @Test(arguments: [
        Refusal(
            name: "an unknown key", text: "pipline: []",
            expected: "7:1: unknown key 'pipline' in the recipe; did you mean 'pipeline'?"),
        Refusal(
            name: "an unknown key of a step", text: "pipeline:\n  - {run: x}",
            expected: "8:6: unknown key 'run' in a step; did you mean 'runs'?"),
        Refusal(
            name: "an unknown pipeline", text: "pipeline:\n  - uses: autoconf/mke",
            expected:
                "8:11: 'autoconf/mke' is no value for 'uses': there is no such pipeline; did you mean 'autoconf/make'? (a project's own are in the folders of --pipeline-dir)"
        ),
        Refusal(
            name: "an unknown input", text: "pipeline:\n  - uses: autoconf/make\n    with: {optz: x}",
            expected: "9:18: unknown key 'optz' in 'with' of autoconf/make; did you mean 'opts'?"),
        Refusal(
            name: "a missing input", text: "pipeline:\n  - uses: git-am",
            expected: "8:11: 'with' of git-am needs the key 'patches'"),
        Refusal(
            name: "a source without a digest",
            text: "pipeline:\n  - uses: fetch\n    with: {uri: 'https://e.org/a'}",
            expected: "8:11: 'with' of fetch needs the key 'expected-sha256'"),
        Refusal(
            name: "a digest of another length",
            text: "pipeline:\n  - uses: fetch\n    with: {uri: 'https://e.org/a', expected-sha256: abc}",
            expected:
                "9:53: 'abc' is no value for 'expected-sha256': it must be 64 hexadecimal digits; here are 3"),
        Refusal(
            name: "an unknown variable", text: "pipeline:\n  - runs: echo ${{vars.nothing}}",
            expected:
                "8:11: 'echo ${{vars.nothing}}' is no value for 'runs': there is no variable 'vars.nothing' here"
        ),
        Refusal(
            name: "variables in a circle", text: "vars: {a: '${{vars.b}}', b: '${{vars.a}}'}",
            expected: "7:11: '${{vars.b}}' is no value for 'vars.a': there is no variable 'vars.b' here"),
        Refusal(
            name: "a range without data",
            text: "subpackages:\n  - {name: 'a-${{range.key}}', range: nothing}",
            expected: "8:39: 'nothing' is no value for 'range': no 'data' has this name"),
        Refusal(
            name: "two packages of one name", text: "subpackages:\n  - {name: app}",
            expected: "2:3: 'app' is no value for 'name': two packages of the recipe have it"),
        Refusal(
            name: "a path that leaves the pipelines", text: "pipeline:\n  - uses: ../../etc/passwd",
            expected: "8:11: '../../etc/passwd' is no value for 'uses': it leaves the folder of the pipelines"
        ),
        Refusal(
            name: "a pattern that is none", text: "update: {enabled: true, ignore-regex-patterns: ['(']}",
            expected: "7:49: '(' is no value for 'ignore-regex-patterns':"),
        Refusal(
            name: "two places of releases", text: "update: {enabled: true, git: {}, pypi: {identifier: a}}",
            expected: "stands beside it, and releases are looked for in one place"),
        Refusal(
            name: "steps that must be there",
            text:
                "pipeline:\n  - assertions: {required-steps: 1}\n    pipeline: [{if: \"'a' == 'b'\", runs: x}]",
            expected: "0 of the 1 steps below are there"),
    ])
    func refused(_ example: Refusal) {
        let found = Self.problems(Self.head + example.text)
        #expect(found.contains { $0.contains(example.expected) }, "\(found)")
    }

    @Test func aPipelineThatUsesItselfIsRefused() {
        let found = Self.problems(
            Self.head + "pipeline: [{uses: a}]",
            pipelines: ["a": "pipeline: [{uses: b}]", "b": "pipeline: [{uses: a}]"])
        #expect(found.contains { $0.contains("it uses itself, by a, b") }, "\(found)")
    }

    @Test func checkouts() throws {
        let commit = String(repeating: "0123456789", count: 4)
        let recipe = try Self.read(
            Self.head + """
                pipeline:
                  - uses: git-checkout
                    with:
                      repository: https://example.org/app.git
                      tag: v${{package.version}}
                      expected-commit: \(commit)
                      recurse-submodules: true
                      sparse-paths: |
                        a
                        b/c
                      cherry-picks: |
                        # why this is here
                        main/\(commit): a fix
                        \(commit): another # not yet released
                """)
        guard case .checkout(let checkout) = recipe.packages[0].steps[0].action else { throw Missing() }
        #expect(
            checkout.revision == .tag("v1.2.3") && checkout.commit == commit && checkout.destination == ".")
        #expect(checkout.withSubmodules && checkout.sparsePaths == ["a", "b/c"] && checkout.depth == nil)
        #expect(checkout.cherryPicks.map(\.reason) == ["a fix", "another"])
        #expect(checkout.cherryPicks.map(\.branch) == ["main", nil])
    }
}
