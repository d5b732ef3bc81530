// SPDX-License-Identifier: Apache-2.0
import Glibc
import TestHouse
import Testing

/// Definitions that no example has, of real packages: the rule tables hold for more than what they were made from.
/// Each image is built from this machine's mirror, starts without a shell, and does what its package is for.
@Suite(
    .enabled(if: getenv("SLIPWAY_DEEP") != nil, "with SLIPWAY_DEEP=1 (make deep): minutes"),
    .enabled(if: Tool.exists("runc") && Tool.isRoot, "needs runc and root"))
struct OtherPackagesTests {
    struct Case: CustomStringConvertible {
        var packages: String
        var user = "nonroot"
        /// Below `tests:`, one in flow style a line.
        var tests: [String]
        var description: String { packages }
    }

    static let cases = [
        Case(
            packages: "memcached", user: "memcache",
            tests: [
                "{name: answers, with: [busybox], run: [/usr/bin/memcached], exec: [[busybox, sh, -c, "
                    + #""printf 'version\\r\\nquit\\r\\n' | busybox nc 127.0.0.1 11211"]], "#
                    + "expect: {stdout: VERSION}, within: 60s}"
            ]),
        Case(
            packages: "haproxy", user: "haproxy",
            tests: ["{name: config, run: [/usr/sbin/haproxy, -c, -f, /etc/haproxy/haproxy.cfg]}"]),
        Case(
            packages: "nodejs",
            tests: [
                #"{name: runs, run: [/usr/bin/js, -e, "console.log(6 * 7)"], expect: {stdout: "42"}, within: 60s}"#
            ]),
        // Libraries that update-alternatives links.
        Case(
            packages: "python3, python3-numpy",
            tests: [
                #"{name: inverts, run: [/usr/bin/python3, -c, "import numpy as n; print(n.linalg.inv(n.eye(3)).sum())"], "#
                    + #"expect: {stdout: "3.0"}, within: 120s}"#
            ]),
        // The key store that ca-certificates-java would have filled, read by Java's own tool.
        Case(
            packages: "openjdk-21-jre-headless",
            tests: [
                "{name: trusts, tmpfs: [/tmp], within: 120s, expect: {stdout: isrg_root_x1}, run: [/usr/bin/keytool, "
                    + "-list, -keystore, /etc/ssl/certs/java/cacerts, -storepass, changeit]}"
            ]),
        // initdb starts its helpers through a shell, as the note on postgresql-common says.
        Case(
            packages: "postgresql-17, dash", user: "postgres",
            tests: [
                "{name: initdb, tmpfs: [/var/lib/postgresql, /tmp], within: 120s, "
                    + "run: [/usr/lib/postgresql/17/bin/initdb, -D, /var/lib/postgresql/data]}"
            ]),
    ]

    @Test(arguments: cases) func doesWhatItIsFor(_ item: Case) throws {
        let scratch = try Scratch()
        let text = """
            contents:
              repositories: [deb system trixie main, deb system trixie-updates main, deb system trixie-security main]
              packages: [\(item.packages)]
            accounts: {run-as: \(item.user)}
            archs: [amd64]
            tests:
            \(item.tests.map { "  - \($0)" }.joined(separator: "\n"))

            """
        try scratch.write(Array(text.utf8), to: "image.yaml")
        let outcome = try SlipwayProgram.run(["test", "image.yaml"], in: scratch.path)
        #expect(outcome.exit == 0, "\(outcome.text)\n\(outcome.stderr)")
    }
}
