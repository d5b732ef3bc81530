// SPDX-License-Identifier: Apache-2.0

import Building
import TestHouse
import Testing
import Vocabulary

/// What comes along of a folder beside a recipe.
@Suite struct FolderCopyTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try scratch.sh("mkdir -p from/folder/inner into; umask 022; echo text >from/folder/file")
    }

    private func copy() throws {
        try FolderCopy.copy(HostPath("\(scratch.path)/from"), into: HostPath("\(scratch.path)/into"))
    }

    @Test("rights, times and links of files and folders")
    func keeps() throws {
        try scratch.sh(
            """
            cd from; ln -s /etc/passwd link; chmod 4755 folder/file; chmod 1777 folder; chmod 555 folder/inner
            touch -d @1000000 folder/file folder/inner folder
            """)
        try copy()
        let said = try scratch.sh(
            "cd into; stat -c '%n %a %Y' folder folder/file folder/inner; readlink link")
        #expect(
            String(decoding: said, as: UTF8.self) == """
                folder 777 1000000
                folder/file 755 1000000
                folder/inner 755 1000000
                /etc/passwd

                """)
    }

    @Test("what is no file, folder or link is refused and named")
    func pipe() throws {
        try scratch.sh("mkfifo from/folder/pipe")
        #expect(
            throws: BuildingError.unpackable(
                HostPath("\(scratch.path)/from/folder/pipe"),
                reason: "it is no file, folder or link; remove it")
        ) { try copy() }
    }
}
