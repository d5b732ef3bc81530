// SPDX-License-Identifier: Apache-2.0

import Distribution
import Logging
import Pipeline
import RegistryServer
import Storage
import TestHouse
import Testing
import Transport
import Vocabulary

/// A signed repository with one application and the package it needs, in two states: as released, and with an update
/// of that package. A definition of an image of it, whose test reads that package in a real container; a key; a
/// registry. The finished program works here under the shim.
struct FaultScene: Sendable {
    static let isPossible =
        FaultShim.isPossible && SlipwayProgram.isThere && Tool.exists("busybox")
        && ["runc", "crun"].contains { Tool.exists($0) }
        && (try? Tool.sh("test $(id -u) = 0", in: "/")) != nil
    static let why: Comment = "needs cc, runc or crun, busybox-static, root and the built slipway"

    private let scratch: Scratch
    private let repository: LocalRepository
    let shim: FaultShim
    let workers = WorkerThreads(count: 3)
    var place: String { scratch.path }

    init() throws {
        scratch = try Scratch()
        repository = try LocalRepository()
        shim = try FaultShim()
        try repository.add(
            "app", "1.0", architecture: "all", fields: ["Depends: leaf"],
            files: ["usr/share/app/text": "an application"])
        try release("1.0")
        try release("1.1")
        _ = try KeyPair.generate().write(to: HostPath(place), name: "slipway")
        try scratch.write(Array(definition.utf8), to: "image.yaml")
        try select("1.0")
    }

    /// Publishes the leaf at `version` and keeps the repository's state under that name.
    private func release(_ version: String) throws {
        try repository.add(
            "leaf", version, architecture: "all", files: ["usr/share/leaf/text": "leaf \(version)"])
        try repository.publish()
        try scratch.sh("cp -a '\(repository.directory)' '\(version)'")
    }

    /// Shows the world the repository as it was with that version of the leaf.
    func select(_ version: String) throws { try scratch.sh("ln -sfn '\(version)' current") }

    private var definition: String {
        """
        contents:
          repositories:
            - deb [signed-by=\(repository.keyring)] file://\(place)/current trixie main
          packages: [app]
        accounts:
          run-as: nonroot
        archs: [amd64]
        annotations:
          org.opencontainers.image.title: app
        tests:
          - name: has what it needs
            with: [busybox]
            run: [busybox, cat, /usr/share/app/text, /usr/share/leaf/text]
            expect: {stdout: leaf 1}

        """
    }

    // MARK: - Running

    /// Where one world of runs has its data, caches and layouts; made and removed by the caller.
    func home(_ name: String) -> String { "\(place)/\(name)" }

    /// A finished run with what the shim wrote down.
    struct Run: Sendable {
        let outcome: SlipwayProgram.Outcome
        let log: FileLog
        var exit: Int32 { outcome.exit }
    }

    func slipway(_ arguments: [String], home: String, _ fault: FaultShim.Fault? = nil) throws -> Run {
        try scratch.sh("mkdir -p '\(home)/tmp'; rm -f '\(home)/log'; touch '\(home)/log'")
        let outcome = try SlipwayProgram.run(
            arguments, in: place, environment: variables(home: home, fault))
        return Run(
            outcome: outcome, log: FileLog(String(decoding: try Tool.sh("cat log", in: home), as: UTF8.self)))
    }

    private func variables(home: String, _ fault: FaultShim.Fault? = nil) -> [String: String] {
        [
            "HOME": home, "XDG_DATA_HOME": "\(home)/xdg/data", "XDG_CACHE_HOME": "\(home)/xdg/cache",
            "TMPDIR": "\(home)/tmp",
        ].merging(shim.environment(fault, log: "\(home)/log")) { $1 }
    }

    /// Starts a run whose image's test does not end, and kills it when its container is there. What the runtime lists
    /// afterwards.
    func killedWhileAContainerRuns(home: String) throws -> String {
        let endless = definition.replacing(
            "cat, /usr/share/app/text, /usr/share/leaf/text", with: "sleep, 3600"
        )
        .replacing("expect: {stdout: leaf 1}", with: "within: 1h")
        try scratch.write(Array("\(endless)environment: {ENDLESS: yes}\n".utf8), to: "endless.yaml")
        let command = SlipwayProgram.command(
            ["build", "endless.yaml", "--test", "-o", "\(home)/endless"], home: home,
            environment: variables(home: home))
        return try sh(
            """
            mkdir -p '\(home)/tmp'
            \(Self.listing(home: home))
            \(command) </dev/null >'\(home)/said' 2>&1 &
            process=$!
            until list | grep -q slipway; do kill -0 $process && sleep 0.02; done
            kill -KILL $process
            wait $process || list
            """)
    }

    /// Ends what `killedWhileAContainerRuns` left, whatever became of the test.
    func removeContainers(home: String) throws {
        try sh(
            """
            \(Self.listing(home: home))
            list | while read -r id; do
                for runtime in runc crun; do
                    if command -v $runtime >/dev/null; then $runtime --root $state/state delete --force $id || true; fi
                done
            done
            """)
    }

    /// A shell function that lists the containers of runs in `home`.
    private static func listing(home: String) -> String {
        """
        state='\(home)/xdg/cache/slipway/containers'
        list() {
            for runtime in runc crun; do
                if command -v $runtime >/dev/null && test -d $state/state; then
                    $runtime --root $state/state list -q
                fi
            done
        }
        """
    }

    /// Builds, tests, signs and publishes the image.
    func build(home: String, to reference: String, _ fault: FaultShim.Fault? = nil) throws -> Run {
        try slipway(
            [
                "build", "image.yaml", "-o", "\(home)/out", "--push", "--tag", "\(reference):1", "--sign",
                "slipway.key",
            ], home: home, fault)
    }

    /// One look of a factory with this image, which publishes below `place` and keeps its history in `home/state`.
    func factoryRound(home: String, at place: String, _ fault: FaultShim.Fault? = nil) throws -> Run {
        let configuration = """
            destination: \(place)
            key: slipway.key
            images:
              - definition: image.yaml
                tags: ["1"]

            """
        try scratch.write(Array(configuration.utf8), to: "factory.yaml")
        return try slipway(
            ["factory", "once", "--config", "factory.yaml", "--state", "\(home)/state"], home: home, fault)
    }

    /// Runs a script where the scene is.
    @discardableResult
    func sh(_ script: String) throws -> String { String(decoding: try scratch.sh(script), as: UTF8.self) }

    // MARK: - Looking

    /// Containers, unpacked images and temporary files that runs in `home` left behind.
    func leftovers(home: String) throws -> [String] {
        let listing = try sh(
            """
            \(Self.listing(home: home))
            list
            ls $state 2>/dev/null | grep -v -e '^state$' -e '\\.lock$' || true
            find '\(home)' -path '*/blobs/*' -name '.new-*'
            find '\(home)/out' -name '.new-*' 2>/dev/null || true
            ls '\(home)/tmp'
            """)
        return listing.split(separator: "\n").map(String.init)
    }

    /// What stands in the layout that builds in `home` write to.
    func layout(home: String) async throws -> PublishedView {
        try await PublishedView(of: try ImageLayout.open(at: HostPath("\(home)/out")), workers)
    }

    /// Serves a registry while `body` runs.
    func serving(
        _ body: @escaping @Sendable (_ registry: String, _ client: RegistryClient) async throws -> Void
    ) async throws {
        let server = try RegistryServer(
            root: HostPath("\(place)/registry"),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let workers = workers
        try await server.whileServing { port in
            try await HTTPTransport.with(TransportConfiguration()) { transport in
                try await body("127.0.0.1:\(port)", RegistryClient(transport: transport, workers: workers))
            }
        }
    }

    /// Serves a registry below `apart` in a process of its own while `body` runs; what the shim wrote down of it.
    func servedApart(_ body: (_ registry: String) throws -> Void) throws -> FileLog {
        let variables = shim.environment(log: "\(place)/apart.log").sorted { $0.key < $1.key }
            .map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
        let said = try sh(
            """
            touch apart.said
            env HOME="$PWD/elsewhere" \(variables) '\(SlipwayProgram.path)' \
                registry serve --listen 127.0.0.1:0 --root apart/registry --json >apart.said 2>/dev/null &
            until grep -q port apart.said; do kill -0 $! && sleep 0.02; done
            echo $! $(sed -E 's/.*"port":([0-9]+).*/\\1/' apart.said)
            """)
        let words = said.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
        let (process, port) = (try #require(words.first), try #require(words.last))
        defer { _ = try? sh("kill -KILL \(process) 2>/dev/null") }
        try body("127.0.0.1:\(port)")
        try sh("kill -TERM \(process); tail --pid=\(process) -f /dev/null")
        return FileLog(try sh("cat apart.log"))
    }

    /// What a repository of the registry shows.
    func published(_ name: String, _ client: RegistryClient) async throws -> PublishedView {
        try await PublishedView(of: ImageReference(name), client)
    }
}
