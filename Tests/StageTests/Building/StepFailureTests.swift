// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Building

@Suite("Why a step failed, by its last words")
struct StepFailureTests {
    @Test(
        arguments: [
            ("curl: (6) Could not resolve host: example.org", .network),
            ("wget: bad address 'example.org'", .network),
            ("wget: can't connect to remote host (192.0.2.1): Network is unreachable", .network),
            ("fatal: unable to access 'https://example.org/': Could not resolve host: example.org", .network),
            (
                "go: example.org/x: Get \"https://example.org\": dial tcp: lookup example.org: no such host",
                .network
            ),
            ("gpg: signing failed: No secret key", .keys),
            ("git@example.org: Permission denied (publickey).", .keys),
            ("touch: cannot touch '/usr/bin/x': Read-only file system", .readOnly),
            ("cat: can't open '/proc/1/root/etc/hostname': Permission denied", .host),
            ("cat: /etc/shadow: Permission denied", .host),
            ("sh: ./configure: Permission denied", nil),
            ("cp: cannot create '/home/build/x': Permission denied", nil),
            ("dd: error writing 'big': No space left on device", .disk),
            ("main.c:3: error: expected ';'", nil),
            ("x: Read-only file system\nwget: bad address 'a'\nmake: *** [all] Error 1", .network),
            ("", nil),
        ] as [(String, StepFailure?)])
    func causes(_ log: String, _ expected: StepFailure?) {
        #expect(StepFailure(words: log) == expected)
    }

    @Test("capabilities that would open the sandbox are refused, and so is what is none")
    func capabilities() throws {
        var recipe = Recipe(
            file: "a.yaml", digest: Digest(bytes: [UInt8](repeating: 0, count: 32)), architecture: .amd64,
            name: try #require(PackageName("a")),
            version: "1", epoch: 0,
            environment: ImageDefinition(
                name: "a", file: "a.yaml", digest: Digest(bytes: [UInt8](repeating: 0, count: 32))),
            packages: [])
        recipe.capabilities.added = ["CAP_CHOWN", "net_raw", "SETUID"]
        recipe.capabilities.dropped = ["CAP_NET_RAW"]
        #expect(try StepLimits.capabilities(of: recipe) == ["CAP_CHOWN", "CAP_SETUID"])
        for name in [
            "SYS_ADMIN", "cap_net_admin", "SYS_PTRACE", "SYS_MODULE", "BPF", "MKNOD", "nonsense", "ALL",
        ] {
            recipe.capabilities.added = [name]
            #expect(throws: BuildingError.self) { try StepLimits.capabilities(of: recipe) }
        }
    }
}
