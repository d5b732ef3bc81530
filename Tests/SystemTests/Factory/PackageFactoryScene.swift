// SPDX-License-Identifier: Apache-2.0

import Factory
import Logging
import Pipeline
import Records
import TestHouse
import Testing
import Vocabulary

/// A factory that builds packages from releases which a web server lists, and images of them: `libwords`, a library;
/// `words`, which is linked with it; and an image that holds both. Each round is the real one, in a workshop of its own.
final class PackageFactoryScene {
    static let isPossible = FactoryScene.isPossible && RecipeScene.isPossible
    static let why: Comment = "needs cc, runc or crun, root, bwrap, busybox and the built slipway"

    /// What a round did, by the names of recipes and images.
    struct Round {
        var packages: [String: PackageRound.Result]
        var images: [String: FactoryRound.Result]

        /// Recipes that were built, in their order.
        var built: [String]
    }

    let scratch: Scratch
    let mirror: BadMirror
    let registry: RegistryProcess
    /// busybox, which is all that builds need.
    let base: AlpineRepository
    var now = Timestamp(seconds: 1_772_370_000)

    init() throws {
        scratch = try Scratch()
        try scratch.sh("mkdir public recipes")
        mirror = try BadMirror(serving: "\(scratch.path)/public")
        registry = try RegistryProcess(root: "\(scratch.path)/registry")
        base = try AlpineRepository()
        try base.addBusybox()
        try base.publish()
        _ = try KeyPair.generate().write(to: HostPath(scratch.path), name: "slipway")
        _ = try PackageKeyPair.generate(name: "own", bits: 2048).write(to: HostPath(scratch.path))
        try scratch.write(
            Array(
                """
                destination: \(registry.address)
                key: slipway.key
                packages: {repository: packages, key: own.rsa, recipes: [recipes], upstream-interval: 1s}
                images:
                  - {definition: image.yaml, tags: ["1"], gates: {no-shell: false}}

                """.utf8), to: "factory.yaml")
        try define(image: ["words"])
        try release("libwords", "1.0", soname: 1)
        try release("words", "1.0")
        try writeRecipe("libwords", needs: [], installing: "cp libwords.so.* $D/usr/lib/")
        try writeRecipe(
            "words", needs: ["libwords"],
            installing: """
                if [ -e /usr/lib/libwords.so.2 ]; then cp libsay-2.so $D/usr/lib/libsay.so.1
                      else cp libsay-1.so $D/usr/lib/libsay.so.1; fi
                """)
    }

    // MARK: - Upstream

    /// Publishes a release and lists it. A library has the soname's number; a broken one fails its test.
    func release(_ name: String, _ version: String, soname: Int = 1, isBroken: Bool = false) throws {
        try scratch.sh(
            """
            set -e; D=\(name)-\(version); rm -rf $D; mkdir $D
            link='cc -shared -nostdlib -s -fPIC -Wl,-z,relro,-z,now,-z,noexecstack'
            echo 'int words(void) { return \(version.filter(\.isNumber)); }' >words.c
            echo 'int words(void); int say(void) { return words(); }' >say.c
            if [ \(name) = libwords ]; then
                $link -Wl,-soname,libwords.so.\(soname) -o $D/libwords.so.\(soname) words.c
            else
                for number in 1 2; do
                    $link -Wl,-soname,libwords.so.$number -o libwords.so.$number words.c
                    $link -Wl,-soname,libsay.so.1 -o $D/libsay-$number.so say.c ./libwords.so.$number
                done
            fi
            echo '\(name) \(version)' >$D/text
            \(isBroken ? "touch $D/broken" : "")
            tar --sort=name --mtime=@1700000000 --owner=0 --group=0 -czf public/$D.tar.gz $D
            echo "<a href=$D.tar.gz>$D.tar.gz</a>" >>public/\(name).html
            """)
    }

    private func digest(_ name: String, _ version: String) throws -> String {
        String(
            decoding: try scratch.sh("sha256sum public/\(name)-\(version).tar.gz | cut -c1-64"), as: UTF8.self
        ).filter { $0 != "\n" }
    }

    // MARK: - Recipes

    private func writeRecipe(_ name: String, needs: [String], installing: String) throws {
        let recipe = """
            # \(name): a comment that stays
            package:
              name: \(name)
              version: "1.0"
              epoch: 0
              description: for tests
              copyright: [{license: MIT}]
            environment:
              contents:
                repositories: [\(base.url)]
                keyring: [\(base.publicKey)]
                packages: [\((["busybox"] + needs).joined(separator: ", "))]
            pipeline:
              - uses: fetch
                with:
                  uri: \(mirror.url)/\(name)-${{package.version}}.tar.gz
                  expected-sha256: \(try digest(name, "1.0"))
              - runs: |
                  D=${{targets.destdir}}
                  mkdir -p $D/usr/lib $D/usr/share/\(name)
                  cp text $D/usr/share/\(name)/
                  [ ! -e broken ] || cp broken $D/usr/share/\(name)/
                  \(installing)
            test:
              environment: {contents: {packages: [busybox]}}
              pipeline:
                - runs: test ! -e /usr/share/\(name)/broken
            update:
              enabled: true
              listing: {url: \(mirror.url)/\(name).html, pattern: '\(name)-([0-9.]+)\\.tar\\.gz'}

            """
        try scratch.write(Array(recipe.utf8), to: "recipes/\(name).yaml")
    }

    func recipe(_ name: String) throws -> String {
        String(decoding: try scratch.read("recipes/\(name).yaml"), as: UTF8.self)
    }

    /// Changes a recipe as a person would.
    func edit(_ name: String, _ old: String, _ new: String) throws {
        let text = try recipe(name)
        #expect(text.contains(old))
        try scratch.write(Array(text.replacing(old, with: new).utf8), to: "recipes/\(name).yaml")
    }

    func define(image packages: [String]) throws {
        let definition = """
            contents:
              repositories: [\(base.url), packages]
              keyring: [\(base.publicKey), own.rsa.pub]
              packages: [busybox, \(packages.joined(separator: ", "))]
            accounts: {run-as: "65532"}
            archs: [x86_64]
            annotations: {org.opencontainers.image.title: words}
            tests:
              - name: says its version
                run: [/bin/busybox, cat, /usr/share/words/text]
                expect: {stdout: words}

            """
        try scratch.write(Array(definition.utf8), to: "image.yaml")
    }

    // MARK: - The factory

    func working<Value: Sendable>(_ body: (Workshop) async throws -> Value) async throws -> Value {
        let home = "\(scratch.path)/own"
        let moment = now
        return try await Workshop.with(
            environment: ["HOME": home, "XDG_CACHE_HOME": "\(home)/cache", "XDG_DATA_HOME": "\(home)/data"],
            threads: 2, report: .silent,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            now: { moment }, body)
    }

    var place: FactoryPlace {
        FactoryPlace(
            configuration: HostPath("\(scratch.path)/factory.yaml"), state: HostPath("\(scratch.path)/state"),
            advisories: nil)
    }

    /// A round a minute later: packages, then images.
    func round(forcing forced: Set<String> = []) async throws -> Round {
        now = Timestamp(seconds: now.seconds + 60)
        return try await working { workshop in
            let factory = try place.open(workshop)
            let packages = try await factory.packageRound { _ in }?.run(forcing: forced) ?? []
            let images = try await factory.round().run()
            return Round(
                packages: Dictionary(packages.map { ($0.recipe, $0) }, uniquingKeysWith: { $1 }),
                images: Dictionary(images.map { ($0.image, $0) }, uniquingKeysWith: { $1 }),
                built: packages.filter { $0.record != nil }.map {
                    "\($0.recipe) \($0.record?.version ?? "") \($0.record?.outcome.rawValue ?? "")"
                })
        }
    }

    /// `slipway factory …` of this factory, in a process of its own.
    func slipway(
        _ arguments: String..., environment: [String: String] = [:]
    ) throws -> SlipwayProgram.Outcome {
        try SlipwayProgram.run(
            ["factory"] + arguments + ["--config", "factory.yaml", "--state", "state"], in: scratch.path,
            environment: [
                "XDG_CACHE_HOME": "\(scratch.path)/own/cache", "XDG_DATA_HOME": "\(scratch.path)/own/data",
            ].merging(environment) { $1 })
    }

    /// Runs `body` while the registry is down, so that its folder may be changed; it is up again at the same address.
    func withoutRegistry(_ body: () throws -> Void) throws {
        registry.stop()
        try body()
        try registry.start()
    }

    /// Packages alone.
    func withoutImages() throws {
        try scratch.sh("sed -i '/^images:/,$d' factory.yaml")
    }

    /// The packages of the repository, as its index names them.
    func published() throws -> [String] {
        String(
            decoding: try scratch.sh(
                "tar -xzOf packages/x86_64/APKINDEX.tar.gz APKINDEX | awk -F: '/^P:/{p=$2} /^V:/{print p\"-\"$2}' | sort"
            ), as: UTF8.self
        ).split(separator: "\n").map(String.init)
    }
}
