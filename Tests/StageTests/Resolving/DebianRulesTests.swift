// SPDX-License-Identifier: Apache-2.0
import Testing
import Vocabulary

@testable import Resolving

/// What the curated lists do to an image, in worlds that look like Debian's archive.
@Suite struct DebianRulesTests {
    private static let world = """
        server 1; pre-depends: init-system-helpers (>= 1.54~); depends: tools (= 1), libc6, debconf (>= 0.5) | debconf-2.0
        tools 1; depends: adduser, libc6 (>= 2)
        init-system-helpers 2; depends: perl-base
        adduser 3; depends: passwd
        passwd 3; depends: libpam, base-passwd
        debconf 4; provides: debconf-2.0; depends: perl-base
        perl-base 5
        libpam 6
        libc6 2.41
        libc-bin 2.41; depends: libc6 (>> 2.41)
        base-files 13; pre-depends: awk; provides: usr-is-merged; essential: yes
        base-passwd 3; depends: libpam
        mawk 1; provides: awk; priority: required
        gawk 1; provides: awk
        ca-certificates 1; depends: openssl (>= 1), debconf (>= 0.5) | debconf-2.0
        openssl 3; depends: libssl
        libssl 3; depends: libc6
        tls-tool 1; depends: openssl
        """

    private func resolve(
        _ requests: String, keep: String = "", drop: String = "", extra: String = ""
    ) throws -> Resolver.Resolution {
        try ResolvingHouse.resolve(
            requests, in: Self.world + "\n" + extra, rules: .images, keep: keep, drop: drop)
    }

    private func dropped(_ resolution: Resolver.Resolution) -> [String] {
        resolution.lock.content.architectures[0].dropped.map(\.name.text)
    }

    private func codes(_ resolution: Resolver.Resolution) -> [String] {
        resolution.diagnostics.filter { $0.severity == .warning }.map(\.code.rawValue)
    }

    @Test func leavesOutWhatOnlyScriptsUse() throws {
        let resolution = try resolve("server")
        #expect(
            ResolvingHouse.text(resolution)
                == "base-files 13, base-passwd 3 (data), libc-bin 2.41 (data), libc6 2.41, server 1, tools 1")
        let lock = resolution.lock.content.architectures[0]
        #expect(dropped(resolution) == ["adduser", "debconf", "init-system-helpers", "mawk"])
        #expect(
            lock.dropped[2].wantedBy == ["server: Pre-Depends init-system-helpers (>= 1.54~)"])
        #expect(lock.dropped[1].wantedBy == ["server: Depends debconf (>= 0.5) | debconf-2.0"])
        #expect(lock.dropped.allSatisfy { !$0.reason.isEmpty })
        #expect(codes(resolution).isEmpty)
        // Each is told: four left out, two of which only data is used.
        #expect(resolution.diagnostics.filter { $0.code.rawValue == "package-dropped" }.count == 4)
        #expect(resolution.diagnostics.filter { $0.code.rawValue == "package-data-only" }.count == 2)
        let note = try #require(resolution.diagnostics.first { $0.message.hasPrefix("'adduser'") })
        #expect(note.message.hasSuffix("(wanted by tools)"))
    }

    @Test func anImageWithoutTheCLibraryHasNoLocale() throws {
        #expect(
            ResolvingHouse.text(try resolve("perl-base"))
                == "base-files 13, base-passwd 3 (data), perl-base 5")
    }

    @Test func whatIsAskedForIsKept() throws {
        let resolution = try resolve("server adduser")
        #expect(ResolvingHouse.text(resolution).contains("adduser 3"))
        #expect(dropped(resolution) == ["debconf", "init-system-helpers", "mawk", "passwd"])
    }

    @Test func keepBringsBackWhatIsWanted() throws {
        let resolution = try resolve("server", keep: "init-system-helpers")
        #expect(ResolvingHouse.text(resolution).contains("init-system-helpers 2, "))
        #expect(ResolvingHouse.text(resolution).contains("perl-base 5"))
        #expect(codes(resolution).isEmpty)
        let without = try resolve("server", keep: "perl-base")
        #expect(codes(without) == ["keep-without-effect"])
        #expect(without.diagnostics.first { $0.severity == .warning }?.location?.line == 30)
    }

    @Test func keepMakesDataWhole() throws {
        let resolution = try resolve("ca-certificates", keep: "openssl base-passwd")
        #expect(
            ResolvingHouse.text(resolution)
                == "base-files 13, base-passwd 3, ca-certificates 1, libc-bin 2.41 (data), libc6 2.41, libpam 6, "
                + "libssl 3, openssl 3")
        let whole = resolution.lock.content.architectures[0].packages[1]
        #expect(whole.requestedBy == ["keep: base-passwd"])
        #expect(codes(resolution).isEmpty)
    }

    @Test func dropAddsToTheLists() throws {
        let resolution = try resolve("server", drop: "tools libc-bin other")
        #expect(
            ResolvingHouse.text(resolution) == "base-files 13, base-passwd 3 (data), libc6 2.41, server 1")
        let lock = resolution.lock.content.architectures[0]
        #expect(lock.dropped.last?.name.text == "tools")
        #expect(lock.dropped.last?.reason == "dropped by the definition")
        let note = try #require(resolution.diagnostics.first { $0.message.hasPrefix("'tools'") })
        #expect(note.location?.line == 40)
        #expect(codes(resolution) == ["drop-without-effect"])
    }

    @Test func certificatesBringOnlyTheLinksOfOpenSSL() throws {
        let resolution = try resolve("ca-certificates")
        #expect(
            ResolvingHouse.text(resolution)
                == "base-files 13, base-passwd 3 (data), ca-certificates 1, openssl 3 (data)")
        let package = resolution.lock.content.architectures[0].packages[2]
        #expect(
            package.edges == [.init(.depends, "openssl (>= 1)", to: try #require(PackageName("openssl")))])
        // A package that really calls it gets it whole, and so do the certificates.
        let both = try resolve("ca-certificates tls-tool")
        #expect(ResolvingHouse.text(both).contains("openssl 3, tls-tool"))
        #expect(both.lock.content.architectures[0].packages[2].edges.map(\.to.text) == ["openssl"])
    }

    @Test func whatTheLeftOutWorkedOnComesInAllTheSame() throws {
        let resolution = try resolve(
            "jre",
            extra:
                "jre 21; depends: ca-certificates-java (>= 1)\nca-certificates-java 2; depends: jre, perl-base"
        )
        #expect(ResolvingHouse.text(resolution).contains("ca-certificates 1"))
        #expect(!ResolvingHouse.text(resolution).contains("perl-base"))
        let jre = try #require(
            resolution.lock.content.architectures[0].packages.last { $0.name.text == "jre" })
        #expect(
            jre.edges == [
                .init(
                    .depends, "ca-certificates-java (>= 1)", to: try #require(PackageName("ca-certificates")))
            ])
    }

    @Test func mergedUsrCountsAsInstalled() throws {
        let world =
            "a 1; depends: usrmerge | usr-is-merged (>= 38~), b\nb 1\nusrmerge 39; depends: perl\nperl 5"
        let rules = DebianRules(drops: [], dataOnly: [], always: [], assumed: ["usr-is-merged"])
        #expect(ResolvingHouse.text(try ResolvingHouse.resolve("a", in: world, rules: rules)) == "a 1, b 1")
        #expect(
            ResolvingHouse.text(try ResolvingHouse.resolve("a", in: world)) == "a 1, b 1, perl 5, usrmerge 39"
        )
    }

    @Test func essentialPackagesAreNotAdded() throws {
        #expect(ResolvingHouse.text(try ResolvingHouse.resolve("a", in: "a 1\nb 1; essential: yes")) == "a 1")
    }

    @Test func aRepositoryWithoutABaseIsAWarning() throws {
        let resolution = try ResolvingHouse.resolve("a", in: "a 1", rules: .images)
        #expect(ResolvingHouse.text(resolution) == "a 1")
        #expect(codes(resolution) == ["base-missing", "data-missing"])
    }

    @Test func anImageOfFilesAloneHasNoPackages() throws {
        let resolution = try ResolvingHouse.resolve("", in: Self.world, rules: .images)
        #expect(ResolvingHouse.text(resolution).isEmpty)
        #expect(resolution.diagnostics.isEmpty)
    }

    @Test func aTieBetweenProvidersIsTold() throws {
        let world = "a 1; depends: x\nb 1; provides: x\nc 1; provides: x\nd 1; provides: x; priority: extra"
        let resolution = try ResolvingHouse.resolve("a", in: world)
        let warning = try #require(resolution.diagnostics.first)
        #expect(warning.code.rawValue == "provider-guessed")
        #expect(
            warning.message
                == "'b' was taken for 'x' of a, equally good would be c; name one in contents.packages")
        #expect(try ResolvingHouse.resolve("a c", in: world).diagnostics.isEmpty)
        #expect(ResolvingHouse.text(try ResolvingHouse.resolve("a c", in: world)) == "a 1, c 1")
        #expect(ResolvingHouse.text(try ResolvingHouse.resolve("x d", in: world)) == "d 1")
    }

    @Test func everyEntryOfTheListsHasAReasonAndItsOwnName() {
        let rules = DebianRules.images
        let names = rules.drops.map(\.name) + rules.dataOnly.map(\.name) + rules.always.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(rules.drops.allSatisfy { $0.reason.count > 20 && PackageName($0.name) != nil })
    }
}
