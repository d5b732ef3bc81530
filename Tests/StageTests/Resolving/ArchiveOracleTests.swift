// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

@testable import Resolving

#if canImport(Glibc)
    import Glibc
#endif

private let oracleSuite = getenv("SLIPWAY_ORACLE").map { String(cString: $0) }

/// The whole of a Debian suite against apt and dose. It needs the machine's mirror, half a gigabyte and some minutes,
/// so it runs only where it is asked for: `SLIPWAY_ORACLE=trixie swift test --filter ArchiveOracleTests`.
@Suite(.enabled(if: oracleSuite != nil, "set SLIPWAY_ORACLE to a Debian suite"), .serialized)
struct ArchiveOracleTests {
    static let applications = [
        "base-files ca-certificates netbase tzdata", "redis-server", "python3", "python3-minimal", "nginx",
        "memcached", "haproxy", "curl", "nodejs", "default-jre-headless", "postgresql", "busybox",
    ]

    /// An apt with its own empty state and only this suite; `PACKAGES` is the index as text.
    private func archive() throws -> Scratch {
        let scratch = try Scratch()
        try scratch.sh(
            """
            mkdir -p lists/partial cache/archives/partial; : >status
            mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian' | head -n 1)
            test -n "$mirror" || { echo 'no enabled apt source of this machine is Debian'; exit 1; }
            keyring=/usr/share/keyrings/debian-archive-keyring.gpg
            echo "deb [signed-by=$keyring] $mirror \(oracleSuite ?? "") main" >sources.list
            cat >apt <<'END'
            #!/bin/sh
            d=$(dirname "$0"); program=$1; shift
            exec "$program" -o Dir::Etc::sourcelist=$d/sources.list -o Dir::Etc::sourceparts=/dev/null \
                -o Dir::State::lists=$d/lists -o Dir::State::status=$d/status -o Dir::Cache=$d/cache \
                -o APT::Sandbox::User=root "$@"
            END
            chmod +x apt
            "$PWD/apt" apt-get update
            /usr/lib/apt/apt-helper cat-file lists/*_Packages* >Packages
            """)
        return scratch
    }

    private func names(_ set: String) -> [String] {
        set.split(whereSeparator: { $0 == "," || $0 == "\n" }).map { line in
            line.split(separator: " ").joined(separator: " ")
        }.sorted()
    }

    @Test func setsAreApts() throws {
        let archive = try archive()
        let index = try DebianIndexParser.parse(try archive.read("Packages"))
        var snapshots = try ResolvingHouse.snapshots([""])
        snapshots[0].indexes[0].packages = index
        for application in Self.applications {
            let resolution = try Resolver(debian: .none).resolution(
                of: ResolvingHouse.definition(application), snapshots: snapshots)
            let apt = try archive.sh(
                """
                "$PWD/apt" apt-get -s --no-install-recommends -y install \(application) 2>errors |
                    sed -nE 's/^Inst ([^ ]+) \\(([^ ]+) .*/\\1 \\2/p'
                """)
            #expect(names(ResolvingHouse.text(resolution)) == names(String(decoding: apt, as: UTF8.self)))
        }
    }

    /// Every package of the suite: installable here exactly where dose says that it is.
    @Test(.enabled(if: Tool.exists("dose-debcheck"), "needs dose-distcheck"))
    func answersAreDoses() throws {
        let archive = try archive()
        let index = try DebianIndexParser.parse(try archive.read("Packages"))
        var snapshots = try ResolvingHouse.snapshots([""])
        snapshots[0].indexes[0].packages = index
        let output = try archive.sh(
            """
            dose-debcheck --deb-native-arch=amd64 --deb-ignore-essential -f --latest 1 Packages |
                sed -nE 's/^ *package: //p'
            """)
        let broken = Set(String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init))
        var ours: Set<String> = []
        var all: [String] = []
        index.forEachName { all.append(String(decoding: $0, as: UTF8.self)) }
        for name in all {
            do {
                _ = try Resolver(debian: .none).resolution(
                    of: ResolvingHouse.definition(name), snapshots: snapshots)
            } catch { ours.insert(name) }
        }
        #expect(all.count > 10_000)
        #expect(ours == broken)
    }
}
