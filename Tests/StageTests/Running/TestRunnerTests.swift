// SPDX-License-Identifier: Apache-2.0
import Execution
import Running
import Storage
import TestHouse
import Testing
import Vocabulary

/// Real containers, where the machine has what they need.
enum ContainersHere {
    static let runtime = ["runc", "crun"].contains { Tool.exists($0) }
    static let busybox = Tool.exists("busybox") && Tool.exists("readelf")
    static let emulator = Tool.exists("qemu-aarch64-static")
    static let root = (try? Tool.sh("test $(id -u) = 0", in: "/")) != nil
    static let works = runtime && busybox && root
    static let why: Comment = "containers need runc or crun, busybox-static and root here"
}

@Suite(.enabled(if: ContainersHere.works, ContainersHere.why), .serialized)
struct TestRunnerTests {
    let scratch: Scratch
    let store: ContentStore
    let runner: TestRunner

    init() throws {
        scratch = try Scratch()
        store = try ContentStore(at: HostPath(scratch.path) / "store", .disposable)
        runner = TestRunner(directory: HostPath(scratch.path) / "run", workers: WorkerThreads(count: 2))
    }

    /// What ids of containers of this place begin with.
    private var prefix: String {
        "slipway-\(ContentHasher.digest(of: "\(scratch.path)/run").short.prefix(6))"
    }

    /// busybox with a few applets, a user, and directories to mount at.
    static func image(_ architecture: Architecture = .amd64) throws -> TinyImage {
        var image = TinyImage(architecture)
        for path in ["usr", "usr/bin", "etc", "run", "proc", "sys", "dev"] { image.directory(path) }
        image.directory("tmp", mode: 0o1777)
        image.directory("data", mode: 0o750, uid: 65532, gid: 65532)
        image.file("usr/bin/busybox", try Tool.sh("cat $(command -v busybox)", in: "/"), mode: 0o755)
        for applet in [
            "sh", "cat", "id", "touch", "sleep", "nc", "ip", "mount", "stat", "env", "httpd", "wget", "grep",
        ] {
            image.link("usr/bin/\(applet)", to: "busybox")
        }
        image.link("bin", to: "usr/bin")
        image.file("etc/passwd", "root:x:0:0::/root:/sbin/nologin\napp:x:65532:65532::/data:/sbin/nologin\n")
        image.file("etc/group", "root:x:0:\napp:x:65532:\nextra:x:77:app\n")
        image.process.user = "app"
        image.process.environment = ["PATH=/usr/bin", "COLOUR=blue"]
        image.process.workingDirectory = "/data"
        return image
    }

    static func test(
        _ name: String = "t", run: [String]? = nil, exec: [[String]] = [], exit: Int32 = 0,
        stdout: String? = nil,
        stderr: String? = nil, within: Int = 20, tmpfs: [String] = [], network: Bool = false,
        with: [String] = []
    ) -> ImageTest {
        ImageTest(
            name: name, run: run, exec: exec, expect: .init(exit: exit, stdout: stdout, stderr: stderr),
            within: within, tmpfs: tmpfs, network: network, with: with)
    }

    func run(_ tests: [ImageTest], on image: TinyImage? = nil) async throws -> TestReport {
        let descriptor = try (image ?? Self.image()).write(to: store)
        return try await runner.run(try RunnableImage(descriptor, in: store), tests: tests)
    }

    static func shell(_ script: String) -> [String] { ["sh", "-c", script] }

    @Test func runsAsTheImageSays() async throws {
        let report = try await run([
            Self.test("user", run: ["id"], stdout: "uid=65532(app) gid=65532(app) groups=77(extra)"),
            Self.test("environment", run: ["env"], stdout: "COLOUR=blue"),
            Self.test("home", run: Self.shell("echo at $HOME in $PWD"), stdout: "at /data in /data"),
            Self.test("exit", run: Self.shell("echo oops >&2; exit 7"), exit: 7, stderr: "oops"),
            Self.test(
                "capabilities", run: ["grep", "CapBnd", "/proc/self/status"], stdout: "0000000000000000"),
            Self.test("privileges", run: ["grep", "NoNewPrivs:.1", "/proc/self/status"]),
        ])
        #expect(report.outcome == .passed, "\(report.results)")
        #expect(report.runtime.hasPrefix("runc ") || report.runtime.hasPrefix("crun "))
        #expect(report.emulator == nil && report.results.count == 6)
    }

    @Test func nothingIsWritableButWhatWasAskedFor() async throws {
        let report = try await run([
            Self.test("root", run: ["touch", "/data/x"], exit: 1, stderr: "Read-only file system"),
            Self.test("tmp", run: ["touch", "/tmp/x"], exit: 1, stderr: "Read-only file system"),
            Self.test("dev", run: ["touch", "/dev/x"], exit: 1),
            Self.test("sys", run: ["touch", "/sys/x"], exit: 1),
            Self.test("tmpfs", run: ["touch", "/data/x"], tmpfs: ["/data"]),
            Self.test(
                "owner and mode of the image", run: ["stat", "-c", "%u:%g %a", "/data", "/tmp"],
                stdout: "65532:65532 750\n0:0 1777\n", tmpfs: ["/tmp", "/data"]),
            Self.test("a place that the image lacks", run: ["touch", "/new/x"], tmpfs: ["/new"]),
            Self.test("devices", run: Self.shell("echo x > /dev/null && cat /dev/null")),
        ])
        #expect(report.outcome == .passed, "\(report.results)")
    }

    @Test func hasNoNetworkButLoopback() async throws {
        let report = try await run([
            Self.test("interfaces", run: Self.shell("ip -o link | grep -vc ' lo:'"), exit: 1, stdout: "0"),
            Self.test(
                "loopback", run: ["httpd", "-f", "-p", "127.0.0.1:8080", "-h", "/etc"],
                exec: [["wget", "-q", "-O", "-", "http://127.0.0.1:8080/passwd"]], stdout: "app:x:65532"),
        ])
        #expect(report.outcome == .passed, "\(report.results)")
    }

    @Test func retriesUntilItPasses() async throws {
        let report = try await run([
            Self.test(
                "late", run: Self.shell("sleep 1; echo ready > /tmp/state; exec sleep 60"),
                exec: [["grep", "ready", "/tmp/state"], ["cat", "/tmp/state"]], stdout: "ready",
                tmpfs: ["/tmp"])
        ])
        #expect(report.outcome == .passed, "\(report.results)")
    }

    @Test func failuresFail() async throws {
        let report = try await run([
            Self.test("wrong exit", run: ["sh", "-c", "exit 3"]),
            Self.test("wrong output", run: ["id"], stdout: "uid=0"),
            Self.test("no program", run: ["nonesuch"]),
            Self.test("too slow", run: ["sleep", "60"], within: 1),
            Self.test(
                "never ready", run: ["sleep", "60"],
                exec: [["grep", "x", "/etc/passwd", "-c"], ["sh", "-c", "exit 4"]], within: 10),
            Self.test(
                "ends early", run: ["sh", "-c", "echo bye; exit 9"], exec: [["sh", "-c", "exit 4"]], within: 5
            ),
            Self.test("nothing to run"),
        ])
        for result in report.results { #expect(result.outcome == .failed, "\(result)") }
        let details = report.results.map(\.detail)
        #expect(details[0].contains("expected exit status 0") && details[0].contains("exit status 3"))
        #expect(details[1].contains("expected 'uid=0' on stdout"))
        #expect(details[3].contains("within 1 s"))
        #expect(details[4].contains("exec 2") && details[4].contains("exit status 4"))
        #expect(details[5].contains("ended before exec 1") && details[5].contains("bye"))
        #expect(details[6].contains("neither entrypoint nor cmd"))
    }

    @Test func stopsWithTheImagesSignal() async throws {
        var image = try Self.image()
        image.process.stopSignal = "SIGUSR1"
        image.process.entrypoint = Self.shell("trap 'echo got-usr1; exit 0' USR1; while :; do sleep 1; done")
        let started = ContinuousClock.now
        let report = try await run([Self.test(exec: [["cat", "/etc/group"]])], on: image)
        #expect(report.outcome == .passed, "\(report.results)")
        #expect(ContinuousClock.now - started < .seconds(5))
        #expect(try await runner.reap().isEmpty)
    }

    @Test func clearsWhatAKilledRunLeft() async throws {
        let descriptor = try Self.image().write(to: store)
        let image = try RunnableImage(descriptor, in: store)
        let id = "\(prefix)\(descriptor.digest.short)-1"
        // The same place and name as ours, left running.
        let state = "\(scratch.path)/run/state"
        try scratch.sh(
            """
            mkdir -p left/rootfs/bin run/state && cp $(command -v busybox) left/rootfs/bin/sleep
            cd left && runc spec && sed -i 's/"terminal": true/"terminal": false/; s/"sh"/"sleep","300"/' config.json
            runc --root \(state) run --detach -b . \(id) </dev/null >/dev/null 2>&1
            """)
        #expect(String(decoding: try scratch.sh("runc --root \(state) list -q"), as: UTF8.self) == "\(id)\n")
        // Of other images: one container and its tree that nobody holds, and a tree that a run of now works in.
        try scratch.sh(
            """
            mkdir -p run/slipway-0123456789ab/rootfs run/slipway-ba9876543210
            cd left && runc --root \(state) run --detach -b . slipway-0123456789ab-2 </dev/null >/dev/null 2>&1
            """)
        let held = try FileLock(HostPath("\(scratch.path)/run/slipway-ba9876543210.lock"))
        let report = try await runner.run(image, tests: [Self.test(run: ["id"])])
        #expect(report.outcome == .passed, "\(report.results)")
        #expect(try scratch.sh("runc --root \(state) list -q").isEmpty)
        withExtendedLifetime(held) {}
        #expect(
            try scratch.sh("ls run | grep -v '[.]lock$' | grep -v '^state$' || true")
                == Array("slipway-ba9876543210\n".utf8))
    }

    @Test func aCancelledRunLeavesNoContainer() async throws {
        let image = try RunnableImage(try Self.image().write(to: store), in: store)
        let runner = runner
        let started = "\(scratch.path)/run/state/\(prefix)\(image.manifest.digest.short)-1"
        await #expect(throws: CancellationError.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try await runner.run(image, tests: [Self.test(run: ["sleep", "300"], within: 200)])
                }
                // The runtime's own file says that the container is there.
                while (try? HostDirectory.exists(HostPath("\(started)/state.json"))) != true {
                    await Task.yield()
                }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
        #expect(try await runner.reap().isEmpty)
        #expect(try scratch.sh("ls run | grep -v '[.]lock$' | grep -v '^state$' || true").isEmpty)
    }

    @Test(.enabled(if: ContainersHere.emulator, "needs qemu-user-static")) func runsForeignPrograms()
        async throws
    {
        // The smallest foreign program: arm64's exit(5) in 20 instructions of hand-made ELF would prove little, so a
        // foreign image is one whose program the emulator is asked for.
        var image = try Self.image(.arm64)
        image.process.entrypoint = ["busybox"]
        let report = try await run(
            [
                Self.test(
                    "foreign", run: ["busybox", "id"], exit: 255,
                    stderr: "Invalid ELF image for this architecture"),
                Self.test(
                    "borrowed", run: ["busybox", "cat", "/etc/group"], stdout: "extra:x:77:app",
                    with: ["busybox"]),
            ], on: image)
        #expect(report.results.map(\.outcome) == [.passed, .passed], "\(report.results)")
        #expect(report.emulator?.contains("qemu-aarch64") == true)
    }

    @Test(.enabled(if: Tool.exists("crun"), "needs crun")) func crunDoesTheSame() async throws {
        let crun = TestRunner(
            directory: HostPath(scratch.path) / "crun", workers: WorkerThreads(count: 2)
        ) { try await ContainerRuntime.find(state: $0, among: ["crun"]) }
        let image = try RunnableImage(try Self.image().write(to: store), in: store)
        let report = try await crun.run(
            image,
            tests: [
                Self.test("user", run: ["id"], stdout: "uid=65532(app) gid=65532(app) groups=77(extra)"),
                Self.test("root", run: ["touch", "/data/x"], exit: 1, stderr: "Read-only file system"),
                Self.test("tmpfs", run: ["touch", "/data/x"], tmpfs: ["/data"]),
                Self.test("sys", run: ["touch", "/sys/x"], exit: 1),
                Self.test("dev", run: ["touch", "/dev/x"], exit: 1),
                Self.test(
                    "loopback", run: ["httpd", "-f", "-p", "127.0.0.1:8080", "-h", "/etc"],
                    exec: [["wget", "-q", "-O", "-", "http://127.0.0.1:8080/passwd"]], stdout: "app:x:65532"),
            ])
        #expect(report.outcome == .passed, "\(report.results)")
        #expect(report.runtime.hasPrefix("crun "))
    }

    @Test func whatIsMissingIsNotRun() async throws {
        let missing = TestRunner(directory: HostPath(scratch.path) / "run", workers: WorkerThreads(count: 1))
        { _ in
            throw ExecutionError.noRuntime
        }
        let image = try RunnableImage(try Self.image().write(to: store), in: store)
        let report = try await missing.run(image, tests: [Self.test(run: ["id"])])
        #expect(report.outcome == .notRun && report.runtime.isEmpty)
        #expect(report.results.first?.detail.contains("apt-get install") == true)
        let borrowed = try await run([
            Self.test(run: ["x"], with: ["no-such-program"]), Self.test(run: ["x"], with: ["tar"]),
        ])
        #expect(borrowed.results.map(\.outcome) == [.notRun, .notRun], "\(borrowed.results)")
        #expect(try await run([]).outcome == .notRun)
    }

    @Test func damagedLayersAreNotRun() async throws {
        let descriptor = try Self.image().write(to: store)
        let image = try RunnableImage(descriptor, in: store)
        let layer = try #require(image.layers.first)
        try scratch.sh(
            "printf X | dd of=store/blobs/sha256/\(layer.digest.hex) bs=1 seek=100000 conv=notrunc 2>/dev/null"
        )
        let report = try await runner.run(image, tests: [Self.test(run: ["id"])])
        #expect(report.outcome == .failed)
        #expect(report.results.first?.detail.contains("\(layer.digest)") == true, "\(report.results)")
    }
}
