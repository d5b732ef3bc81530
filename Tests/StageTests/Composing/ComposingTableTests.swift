// SPDX-License-Identifier: Apache-2.0
import TestHouse
import Testing
import Vocabulary

/// Packages in, file system out.
@Suite struct ComposingTableTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var packages: [(name: String, files: String)]
        var listing: [String]

        init(_ name: String, _ packages: [(String, String)], _ listing: [String]) {
            testDescription = name
            self.packages = packages.map { ($0.0, $0.1) }
            self.listing = listing
        }
    }

    static let cases = [
        Case(
            "files, links and modes as the package has them",
            [
                (
                    "app",
                    "mkdir -p usr/bin etc/app; echo hello > usr/bin/app; chmod 755 usr/bin/app; echo x > etc/app/conf; "
                        + "chmod 600 etc/app/conf; ln -s app usr/bin/application; chmod 700 etc/app"
                )
            ],
            [
                "d0700 0:0 /etc/app [app]", "-0600 0:0 /etc/app/conf [app]", "-0755 0:0 /usr/bin/app [app]",
                "l0777 0:0 /usr/bin/application -> app [app]",
            ]),
        Case(
            "aliased directories are merged, in every package",
            [
                ("one", "mkdir -p lib/x bin; echo 1 > lib/x/one; echo 1 > bin/one"),
                ("two", "mkdir -p usr/lib/x var/run/two; echo 2 > usr/lib/x/two; echo 2 > var/run/two/pid"),
            ],
            [
                "d0755 0:0 /run/two [two]", "-0644 0:0 /run/two/pid [two]", "-0644 0:0 /usr/bin/one [one]",
                "d0755 0:0 /usr/lib/x [one]", "-0644 0:0 /usr/lib/x/one [one]",
                "-0644 0:0 /usr/lib/x/two [two]",
            ]),
        Case(
            "hard links keep their targets, across merged directories too",
            [("perl", "mkdir -p usr/bin bin; echo p > usr/bin/perl; ln usr/bin/perl bin/perl5")],
            [
                "h0644 0:0 /usr/bin/perl -> usr/bin/perl5 [perl]", "-0644 0:0 /usr/bin/perl5 [perl]",
            ]),
        Case(
            "documentation goes, copyright and the links between packages stay",
            [
                (
                    "lib",
                    "mkdir -p usr/share/doc/lib/examples usr/share/man/man1 usr/share/locale/de usr/share/lintian/overrides;"
                        + "echo c > usr/share/doc/lib/copyright; echo c > usr/share/doc/lib/changelog.gz;"
                        + "echo e > usr/share/doc/lib/examples/e; echo m > usr/share/man/man1/lib.1.gz;"
                        + "echo l > usr/share/locale/de/x.mo; echo o > usr/share/lintian/overrides/lib;"
                        + "ln -s lib usr/share/doc/lib-dev"
                )
            ],
            [
                "d0755 0:0 /usr/share [lib]", "d0755 0:0 /usr/share/doc [lib]",
                "d0755 0:0 /usr/share/doc/lib [lib]",
                "l0777 0:0 /usr/share/doc/lib-dev -> lib [lib]",
                "-0644 0:0 /usr/share/doc/lib/copyright [lib]",
            ]),
        Case(
            "what only an init system or a host's timers read goes",
            [
                (
                    "daemon",
                    "mkdir -p etc/init.d usr/lib/systemd/system etc/logrotate.d usr/lib/tmpfiles.d etc/default;"
                        + "for f in etc/init.d/d usr/lib/systemd/system/d.service etc/logrotate.d/d "
                        + "usr/lib/tmpfiles.d/d.conf etc/default/d; do echo x > $f; done"
                )
            ],
            [
                "d0755 0:0 /etc/default [daemon]", "-0644 0:0 /etc/default/d [daemon]",
                "d0755 0:0 /usr/lib/systemd [daemon]",
            ]
        ),
    ]

    @Test(arguments: cases) func composes(_ test: Case) async throws {
        let files = try PackageFiles()
        let packages = try test.packages.map { try files.make($0.name, files: $0.files) }
        let image = try await ComposingHouse().compose(packages)
        #expect(ComposingHouse.listing(image) == test.listing)
    }

    @Test func everyImageHasTheSameFrame() async throws {
        let image = try await ComposingHouse().compose([
            try PackageFiles().make("app", files: "mkdir -p opt; echo x > opt/x")
        ])
        #expect(
            ComposingHouse.listing(image, all: true) == [
                "l0777 0:0 /bin -> usr/bin [rule merged-directories]", "d0755 0:0 /dev [rule every-image]",
                "d0755 0:0 /etc [rule every-image]", "-0644 0:0 /etc/group [rule accounts]",
                "-0644 0:0 /etc/nsswitch.conf [rule every-image]", "-0644 0:0 /etc/passwd [rule accounts]",
                "d0755 0:0 /home [rule accounts]", "d0700 65532:65532 /home/nonroot [rule accounts]",
                "l0777 0:0 /lib -> usr/lib [rule merged-directories]", "d0755 0:0 /opt [app]",
                "-0644 0:0 /opt/x [app]",
                "d0755 0:0 /proc [rule every-image]", "d0700 0:0 /root [rule every-image]",
                "d0755 0:0 /run [rule every-image]", "d1777 0:0 /run/lock [rule every-image]",
                "l0777 0:0 /sbin -> usr/sbin [rule merged-directories]", "d0755 0:0 /sys [rule every-image]",
                "d1777 0:0 /tmp [rule every-image]", "d0755 0:0 /usr [rule every-image]",
                "d0755 0:0 /usr/bin [rule every-image]", "d0755 0:0 /usr/lib [rule every-image]",
                "d0755 0:0 /usr/sbin [rule every-image]", "d0755 0:0 /var [rule every-image]",
                "d0755 0:0 /var/lib [rule status.d]", "d0755 0:0 /var/lib/dpkg [rule status.d]",
                "d0755 0:0 /var/lib/dpkg/status.d [rule status.d]",
                "-0644 0:0 /var/lib/dpkg/status.d/app [rule status.d]",
                "-0644 0:0 /var/lib/dpkg/status.d/app.md5sums [rule status.d]",
                "l0777 0:0 /var/lock -> /run/lock [rule merged-directories]",
                "l0777 0:0 /var/run -> /run [rule merged-directories]",
                "d1777 0:0 /var/tmp [rule every-image]",
            ])
    }

    @Test func statusRecordsNameMergedPathsAndOnlyWhatIsThere() async throws {
        let house = try ComposingHouse()
        let files = try PackageFiles()
        let image = try await house.compose([
            try files.make(
                "lib", fields: ["Source: libs (2.0)"],
                files:
                    "mkdir -p lib usr/share/man; printf a > lib/a.so; printf m > usr/share/man/m; ln -s a.so lib/a"
            ),
            try files.make("libc-bin", role: .dataOnly, files: "mkdir -p etc; echo g > etc/gai.conf"),
        ])
        #expect(
            try house.content("var/lib/dpkg/status.d/lib", of: image) == """
                Package: lib
                Version: 1.0-1
                Architecture: amd64
                Maintainer: Nobody <nobody@example.org>
                Source: libs (2.0)
                Description: for a test

                """)
        #expect(
            try house.content("var/lib/dpkg/status.d/lib.md5sums", of: image)
                == "0cc175b9c0f1b6a831c399e269772661  usr/lib/a.so\n")
        #expect(image.file("var/lib/dpkg/status.d/libc-bin") == nil)
        #expect(image.file("etc/gai.conf") != nil)
    }
}
