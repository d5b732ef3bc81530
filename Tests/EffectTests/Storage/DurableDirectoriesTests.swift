// SPDX-License-Identifier: Apache-2.0

import Storage
import TestHouse
import Testing
import Vocabulary

@Suite struct DurableDirectoriesTests {
    private let scratch: Scratch
    private var root: HostPath { HostPath(scratch.path) }

    init() throws { scratch = try Scratch() }

    @Test func makesWhatIsMissingForManyAtOnce() async throws {
        let (directories, root) = (DurableDirectories(below: root), root)
        let numbers = try await WorkerThreads(count: 4).map(Array(0..<32), atMost: 4) { number in
            try directories.ensure(root / "a" / "b" / "\(number % 3)")
            try AtomicFile.replace(root / "a" / "b" / "\(number % 3)" / "\(number)", with: [])
            return number
        }
        #expect(numbers.count == 32)
        #expect(try scratch.sh("find a -type f | wc -l") == Array("32\n".utf8))
    }

    @Test func makesAgainWhatSomebodyRemoved() throws {
        let directories = DurableDirectories(below: root)
        try directories.ensure(root / "a" / "b")
        try scratch.sh("rm -r a")
        try directories.ensure(root / "a" / "b")
        #expect(try HostDirectory.isDirectory(root / "a" / "b"))
    }

    @Test func refusesWhatIsNoDirectory() throws {
        try scratch.sh("touch a")
        #expect(throws: StorageError.self) { try DurableDirectories(below: root).ensure(root / "a" / "b") }
    }
}
