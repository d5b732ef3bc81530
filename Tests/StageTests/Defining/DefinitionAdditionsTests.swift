// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Defining

/// What is added on a command line, and to which of a recipe's images it goes.
@Suite struct DefinitionAdditionsTests {
    private static let all: DefinitionAdditions = {
        var all = DefinitionAdditions()
        all.keyring = ["own.rsa.pub", "archive.gpg", "https://apk.example.org/key.rsa.pub", "archive.asc"]
        all.repositories = [
            "packages", "deb https://deb.example.org trixie main", "https://apk.example.org/os",
        ]
        all.packages = ["gcc"]
        return all
    }()

    @Test func whatIsOfAnotherFamilyStaysAway() {
        let alpine = Self.all.of(.alpine)
        #expect(alpine.repositories == ["packages", "https://apk.example.org/os"])
        #expect(alpine.keyring == ["own.rsa.pub", "https://apk.example.org/key.rsa.pub"])
        let debian = Self.all.of(.debian)
        #expect(debian.repositories == ["deb https://deb.example.org trixie main"])
        #expect(debian.keyring == ["archive.gpg", "archive.asc"] && debian.packages == ["gcc"])
        #expect(Self.all.of(nil) == Self.all && Self.all.families == [.alpine, .debian, .alpine])
    }

    @Test func packagesAreTheBuildRootsAlone() {
        #expect(Self.all.repositories(of: .debian).packages == [])
        #expect(Self.all.repositories(of: nil).repositories == Self.all.repositories)
    }

    @Test("what is no repository at all is left in, for its reader to refuse")
    func malformed() {
        var additions = DefinitionAdditions()
        additions.repositories = ["ftp://x y z"]
        #expect(additions.of(.debian).repositories == ["ftp://x y z"])
    }
}
