// SPDX-License-Identifier: Apache-2.0
import Composing
import Storage
import TestHouse
import Testing
import Vocabulary

/// What maintainer scripts would have done, on packages that are named and shaped like Debian's.
@Suite struct DebianRulesInImagesTests {
    @Test func serversGetTheirAccountsAndDirectories() async throws {
        let files = try PackageFiles()
        let house = try ComposingHouse()
        let image = try await house.compose([
            try files.make("redis-server", files: "mkdir -p etc/redis; echo c > etc/redis/redis.conf"),
            try files.make("redis-tools", files: "mkdir -p usr/bin; echo b > usr/bin/redis-cli"),
        ]) { $0.accounts.runAs = Located("redis", at: ComposingHouse.here) }
        #expect(
            ComposingHouse.listing(image).filter { $0.contains("redis") } == [
                "d2770 601:601 /etc/redis [redis-server]",
                "-0640 601:601 /etc/redis/redis.conf [redis-server]",
                "d2755 601:601 /run/redis [rule redis-server]", "-0644 0:0 /usr/bin/redis-cli [redis-tools]",
                "d0750 601:601 /var/lib/redis [rule redis-tools]", "d0755 0:0 /var/log [rule redis-tools]",
                "d2750 601:4 /var/log/redis [rule redis-tools]",
            ])
        #expect(try house.content("etc/passwd", of: image).contains("redis:*:601:601::/var/lib/redis:"))
        #expect(try house.content("etc/group", of: image).contains("adm:*:4:\n"))
    }

    @Test func webServersGetTheirSiteAndLogs() async throws {
        let files = try PackageFiles()
        let image = try await ComposingHouse().compose([
            try files.make(
                "nginx-common",
                files:
                    "mkdir -p etc/nginx/sites-enabled etc/nginx/modules-enabled var/log/nginx var/lib/nginx "
                    + "usr/share/nginx/html; echo h > usr/share/nginx/html/index.html"),
            try files.make(
                "libnginx-mod-http-echo",
                files:
                    "mkdir -p usr/share/nginx/modules-available; echo l > usr/share/nginx/modules-available/mod-echo.conf"
            ),
        ])
        let listing = ComposingHouse.listing(image)
        for line in [
            "l0777 0:0 /etc/nginx/modules-enabled/50-mod-echo.conf -> /usr/share/nginx/modules-available/mod-echo.conf "
                + "[rule libnginx-mod-http-echo]",
            "l0777 0:0 /etc/nginx/sites-enabled/default -> /etc/nginx/sites-available/default [rule nginx-common]",
            "d0755 0:4 /var/log/nginx [nginx-common]",
            "-0640 33:4 /var/log/nginx/access.log [rule nginx-common]",
            "d0755 33:33 /var/lib/nginx [nginx-common]",
            "-0644 0:0 /var/www/html/index.nginx-debian.html [rule nginx-common]",
        ] { #expect(listing.contains(line), "\(line)") }
    }

    @Test func theBundleIsEveryCertificateInByteOrder() async throws {
        let house = try ComposingHouse()
        let image = try await house.compose([
            try PackageFiles().make(
                "ca-certificates",
                files:
                    "mkdir -p usr/share/ca-certificates/mozilla etc/ssl/certs; (cd usr/share/ca-certificates/mozilla;"
                    + "printf 'b\\n' > b.crt; printf 'Z' > Z.crt; printf 'a\\n' > a.crt; echo no > README; "
                    + "printf 'o\\n' > ../0.crt)")
        ])
        #expect(try house.content("etc/ssl/certs/ca-certificates.crt", of: image) == "o\nZ\na\nb\n")
        #expect(image.file("usr/lib/ssl/cert.pem")?.target == "/etc/ssl/certs/ca-certificates.crt")
        let configuration: ImageConfiguration = try CanonicalJSON.decode(
            from: try house.store.read(image.platforms[0].config.digest), what: "configuration")
        #expect(
            configuration.config?.environment?.contains("SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt")
                == true)
    }

    /// As Java writes one: `keytool -importcert` of this certificate into an empty JKS store, but for the time.
    @Test func javaFindsTheCertificatesInItsOwnFormat() async throws {
        let house = try ComposingHouse()
        let files = try PackageFiles()
        let certificates = try files.make(
            "ca-certificates",
            files: "mkdir -p usr/share/ca-certificates/mozilla; (cd usr/share/ca-certificates/mozilla;"
                + "printf -- '-----BEGIN CERTIFICATE-----\\nAQID\\nBAU=\\n-----END CERTIFICATE-----\\n' > Own_CA.crt;"
                + "echo nothing > Empty.crt)")
        let java = try files.make(
            "openjdk-21-jre-headless", files: "mkdir -p usr/lib/jvm/j/bin; echo j > usr/lib/jvm/j/bin/java")
        let image = try await house.compose([certificates, java])
        let platform = try #require(image.platforms.first)
        let place = HostPath(house.scratch.path) / "tree"
        _ = try RootFileSystemWriter(store: house.store).write(platform, to: place)
        let found = try Tool.sh(
            "xxd -p etc/ssl/certs/java/cacerts | tr -d '\\n'; echo; { printf 'c\\0h\\0a\\0n\\0g\\0e\\0i\\0t\\0' | dd conv=swab status=none;"
                + " printf 'Mighty Aphrodite'; head -c -20 etc/ssl/certs/java/cacerts; } | sha1sum | cut -c 1-40",
            in: place.text)
        let lines = String(decoding: found, as: UTF8.self).split(separator: "\n")
        let alias = "debian:own_ca.pem".utf8.map { String($0, radix: 16) }.joined()
        #expect(
            lines.first
                == "feedfeed0000000200000001" + "00000002" + "0011" + alias + "0000000000000000"
                + "0005582e353039"
                + "00000005" + "0102030405" + (lines.last ?? ""))
        #expect(image.messages("certificate-unread").count == 1)
        let without = try await house.compose([certificates])
        #expect(without.file("etc/ssl/certs/java/cacerts") == nil)
    }

    /// The highest priority wins, whichever package comes first.
    @Test func librariesOfSeveralProvidersAreLinkedAsOnAHost() async throws {
        let files = try PackageFiles()
        func library(_ package: String, _ folder: String) throws -> PackageFiles.Made {
            try files.make(
                package,
                files: "mkdir -p usr/lib/x86_64-linux-gnu/\(folder); (cd usr/lib/x86_64-linux-gnu/\(folder);"
                    + "echo > libblas.so.3.1; ln -s libblas.so.3.1 libblas.so.3)")
        }
        let slow = try library("libblas3", "blas")
        let fast = try library("libopenblas0-pthread", "openblas-pthread")
        let name = "usr/lib/x86_64-linux-gnu/libblas.so.3"
        let house = try ComposingHouse()
        #expect(
            try await house.compose([slow]).file(name)?.target
                == "/usr/lib/x86_64-linux-gnu/blas/libblas.so.3")
        #expect(
            try await house.compose([slow, fast]).file(name)?.target
                == "/usr/lib/x86_64-linux-gnu/openblas-pthread/libblas.so.3")
    }

    @Test func dataOnlyPackagesGiveTheirDataAlone() async throws {
        let files = try PackageFiles()
        let image = try await ComposingHouse().compose([
            try files.make(
                "libc-bin", role: .dataOnly,
                files: "mkdir -p usr/bin usr/lib/locale/C.utf8 usr/share/libc-bin usr/share/doc/libc-bin etc;"
                    + "echo l > usr/bin/ldd; echo c > usr/lib/locale/C.utf8/LC_CTYPE; echo g > etc/gai.conf;"
                    + "echo n > usr/share/libc-bin/nsswitch.conf; echo c > usr/share/doc/libc-bin/copyright"),
            try files.make("unheard-of", role: .dataOnly, files: "echo x > x"),
            try files.make(
                "tzdata", files: "mkdir -p usr/share/zoneinfo/Etc; echo z > usr/share/zoneinfo/Etc/UTC"),
        ])
        let paths = Set((image.platforms.first?.files ?? []).map(\.path.text))
        #expect(
            paths.isSuperset(of: [
                "usr/lib/locale/C.utf8/LC_CTYPE", "etc/gai.conf", "usr/share/doc/libc-bin/copyright",
            ]))
        #expect(paths.isDisjoint(with: ["usr/bin/ldd", "usr/share/libc-bin/nsswitch.conf", "x"]))
        #expect(image.file("etc/nsswitch.conf")?.owner == .rule("libc-bin"))
        #expect(image.messages("slice-unknown").count == 1)
        #expect(image.file("etc/localtime")?.target == "/usr/share/zoneinfo/Etc/UTC")
    }

    @Test func dropRulesYieldToWhoReadsTheFiles() async throws {
        let files = try PackageFiles()
        let image = try await ComposingHouse().compose([
            try files.make("man-db", files: "mkdir -p usr/share/man/man1; echo m > usr/share/man/man1/m"),
            try files.make("dash", requested: true, files: "mkdir -p usr/bin; echo s > usr/bin/dash"),
            try files.make(
                "stray", files: "mkdir -p usr/bin; echo s > usr/bin/bash; echo d > usr/bin/apt-get"),
        ])
        #expect(image.file("usr/share/man/man1/m") != nil)
        #expect(
            image.messages("shell-present") == [
                "/usr/bin/bash of stray is a shell, which nothing asked for by name"
            ])
        #expect(image.messages("package-manager-present").count == 1)
    }
}
