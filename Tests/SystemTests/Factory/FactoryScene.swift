// SPDX-License-Identifier: Apache-2.0

import Factory
import Logging
import Pipeline
import Records
import TestHouse
import Testing
import Vocabulary

/// A factory of small images from signed repositories that a web server serves, with a registry beside it. Each round is
/// the real one in a workshop of its own, as a process that has just been started would do it; the images' programs
/// are run by the machine's runtime.
final class FactoryScene {
    static let isPossible =
        SlipwayProgram.isThere && Tool.exists("cc") && ["runc", "crun"].contains { Tool.exists($0) }
        && (try? Tool.sh("test $(id -u) = 0", in: "/")) != nil
    static let why: Comment = "needs cc, runc or crun, root and the built slipway"

    /// A signed repository and the server in front of it.
    struct Source {
        let repository: LocalRepository
        let mirror: BadMirror

        init() throws {
            repository = try LocalRepository()
            mirror = try BadMirror(serving: repository.directory)
        }

        var line: String { "deb [signed-by=\(repository.keyring)] \(mirror.url) trixie main" }
    }

    let scratch: Scratch
    let main: Source
    let registry: RegistryProcess
    /// After every date that the repositories have been given.
    var now = Timestamp(seconds: 1_772_370_000)
    /// Definitions of the factory, in its order.
    private(set) var images: [String] = []

    init() throws {
        scratch = try Scratch()
        main = try Source()
        registry = try RegistryProcess(root: "\(scratch.path)/registry")
        _ = try KeyPair.generate().write(to: HostPath(scratch.path), name: "slipway")
    }

    /// A factory that has published `alpha`, and whose repository holds an update of it since.
    static func withPendingUpdate() async throws -> FactoryScene {
        let scene = try FactoryScene()
        try scene.addProgram("show", "1")
        try scene.add("alpha", "1")
        try scene.publish()
        try scene.define(
            "alpha", of: ["alpha", "show"], command: ["/usr/bin/show", "/usr/share/alpha/text"])
        #expect(try await scene.round()["alpha"]?.record?.outcome == .published)
        try scene.add("alpha", "2")
        try scene.publish(day: 2)
        return scene
    }

    // MARK: - The world

    /// Puts a package into the pool that holds a program, which prints the files it is given and ends with `exit`.
    func addProgram(_ name: String, _ version: String, exit: Int = 0, to source: Source? = nil) throws {
        let repository = (source ?? main).repository
        try repository.sh(
            """
            if ! [ -e program-\(exit) ]; then
                cat >program.c <<'END'
            #include <stdio.h>
            int main(int count, char **names) {
                for (int place = 1; place < count; place++) {
                    FILE *file = fopen(names[place], "r");
                    if (!file) return 9;
                    for (int c; (c = getc(file)) != EOF;) putchar(c);
                }
                return EXIT;
            }
            END
                cc -Os -s -static -DEXIT=\(exit) -o program-\(exit) program.c
            fi
            rm -rf tree; mkdir -p tree/DEBIAN tree/usr/bin tree/usr/share/doc/\(name)
            printf 'Package: \(name)\\nVersion: \(version)\\nArchitecture: amd64\\n' >tree/DEBIAN/control
            printf 'Maintainer: Somebody <somebody@example.org>\\nDescription: a program\\n' >>tree/DEBIAN/control
            echo \(name) \(version) >tree/usr/share/doc/\(name)/copyright
            cp program-\(exit) tree/usr/bin/\(name)
            find tree -exec touch -h -d @1750000000 {} +
            '\(LocalRepository.script)' add . "$('\(LocalRepository.script)' deb tree built)"
            """)
    }

    /// Puts a package with one text into the pool: `usr/share/NAME/text`.
    func add(
        _ name: String, _ version: String, depends: String? = nil, text: String? = nil,
        to source: Source? = nil
    ) throws {
        try (source ?? main).repository.add(
            name, version, architecture: "all", fields: depends.map { ["Depends: \($0)"] } ?? [],
            files: ["usr/share/\(name)/text": text ?? "\(name) \(version)"])
    }

    /// Takes all versions of a package out of the pool.
    func remove(_ name: String) throws {
        try main.repository.sh("'\(LocalRepository.script)' remove . \(name)")
    }

    /// Signs what is in the pool, with this date of day `day` and further settings of the script.
    func publish(day: Int = 1, _ settings: [String: String] = [:], to source: Source? = nil) throws {
        let date = ["ARCHITECTURES": "amd64", "FORMATS": "xz", "DATE": "2026-01-\(day) 12:00:00 UTC"]
        try (source ?? main).repository.publish(date.merging(settings) { $1 })
    }

    /// Writes the definition of an image of these packages, whose test is a run of `command`, and has the factory keep it.
    func define(
        _ image: String, of packages: [String], command: [String], from sources: [Source]? = nil
    ) throws {
        let definition = """
            contents:
              repositories:
            \((sources ?? [main]).map { "    - \($0.line)" }.joined(separator: "\n"))
              packages: [\(packages.joined(separator: ", "))]
            accounts:
              run-as: nonroot
            archs: [amd64]
            annotations:
              org.opencontainers.image.title: \(image)
            tests:
              - name: runs
                run: [\(command.joined(separator: ", "))]
                expect: {stdout: \(packages[0])}

            """
        try scratch.write(Array(definition.utf8), to: "\(image).yaml")
        if !images.contains(image) { try keep(images + [image]) }
    }

    /// Writes `factory.yaml` anew, for these images.
    func keep(_ names: [String], tags: [String] = ["1"]) throws {
        images = names
        let items = names.map {
            "  - {definition: \($0).yaml, tags: [\(tags.map { "\"\($0)\"" }.joined(separator: ", "))]}\n"
        }
        let configuration =
            "destination: \(registry.address)\nkey: slipway.key\nimages:\n" + items.joined()
        try scratch.write(Array(configuration.utf8), to: "factory.yaml")
    }

    // MARK: - The factory

    private func home(_ name: String) -> String { "\(scratch.path)/\(name)" }

    /// A workshop of its own, below `home`.
    func working<Value: Sendable>(
        home: String = "own", report: Reporter = .silent, _ body: (Workshop) async throws -> Value
    ) async throws -> Value {
        let home = self.home(home)
        let moment = now
        return try await Workshop.with(
            environment: ["HOME": home, "XDG_CACHE_HOME": "\(home)/cache", "XDG_DATA_HOME": "\(home)/data"],
            threads: 2, report: report,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            now: { moment }, body)
    }

    var place: FactoryPlace {
        FactoryPlace(
            configuration: HostPath("\(scratch.path)/factory.yaml"), state: HostPath("\(scratch.path)/state"),
            advisories: nil)
    }

    /// One round; what it did, by image.
    @discardableResult
    func round(report: Reporter = .silent) async throws -> [String: FactoryRound.Result] {
        let results = try await working(report: report) { try await place.open($0).round().run() }
        return Dictionary(results.map { ($0.image, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The factory's history.
    func history(of image: String) async throws -> [RebuildRecord] {
        try await working { try place.history($0).rebuilds(of: image) }
    }

    /// `slipway factory …` of this factory, in a process of its own.
    func slipway(_ arguments: [String]) throws -> SlipwayProgram.Outcome {
        try SlipwayProgram.run(
            ["factory"] + arguments + Self.itself, in: scratch.path, environment: environment)
    }

    /// The same as a line for a shell in the scene's directory.
    func command(_ arguments: [String]) -> String {
        SlipwayProgram.command(
            ["factory"] + arguments + Self.itself, home: scratch.path, environment: environment)
    }

    private static let itself = ["--config", "factory.yaml", "--state", "state"]
    private var environment: [String: String] { ["XDG_CACHE_HOME": "\(home("own"))/cache"] }

    /// What each image's tag names in the registry.
    func serving(_ tag: String = "1") throws -> [String: String] {
        var digests: [String: String] = [:]
        for image in images { digests[image] = try registry.digest(image, tag) }
        return digests
    }

    /// What the images resolve to for somebody who knows nothing: in a workshop that was never used before.
    func resolvedAnew() async throws -> [String: Lock.Content] {
        let home = "anew"
        try scratch.sh("rm -rf \(home); mkdir \(home); cp *.yaml \(home)/")
        let (images, directory) = (images, "\(scratch.path)/\(home)")
        return try await working(home: home) { workshop in
            var locks: [String: Lock.Content] = [:]
            for image in images {
                let path = HostPath("\(directory)/\(image).yaml")
                locks[image] = try await ImagePipeline(workshop).writeLock(path, BuildOptions()).lock.content
            }
            return locks
        }
    }
}
