// SPDX-License-Identifier: Apache-2.0
import Glibc
import Storage
import Synchronization
import Testing

@Suite struct SecondThreadTests {
    private struct Broken: Error, Equatable { let piece: UInt8 }

    private func all(_ thread: SecondThread, _ count: UInt8) throws -> [[UInt8]] {
        var results: [[UInt8]] = []
        for piece in 0..<count {
            if let result = try thread.send([piece]) { results.append(result) }
        }
        while let result = try thread.receive() { results.append(result) }
        return results
    }

    /// Each result says how many pieces the thread has seen: it keeps what it prepared, and their order.
    @Test(arguments: [0, 1, 2, 3, 200]) func resultsKeepTheirOrder(_ count: UInt8) throws {
        let thread = SecondThread {
            var seen: UInt8 = 0
            return { piece in
                seen &+= 1
                return piece + [seen]
            }
        }
        #expect(try all(thread, count) == (0..<count).map { [$0, $0 + 1] })
        #expect(try all(thread, 3) == (0..<3).map { [$0, count + $0 + 1] })
    }

    @Test func aFailureComesInItsPlace() throws {
        let thread = SecondThread {
            { piece in
                if piece[0] == 5 { throw Broken(piece: 5) }
                return piece
            }
        }
        #expect(throws: Broken(piece: 5)) { try all(thread, 9) }
        let never = SecondThread { throw Broken(piece: 0) }
        #expect(throws: Broken(piece: 0)) { try all(never, 1) }
    }

    private final class Marks: Sendable {
        let alive = Atomic<Int>(0)
    }

    private final class Mark: Sendable {
        private let marks: Marks

        init(_ marks: Marks) {
            self.marks = marks
            marks.alive.add(1, ordering: .relaxed)
        }

        deinit { marks.alive.subtract(1, ordering: .releasing) }
    }

    /// Whoever goes away with pieces under way leaves no thread behind.
    @Test func endsWithItsOwner() throws {
        let marks = Marks()
        for _ in 0..<50 {
            let thread = SecondThread {
                let mark = Mark(marks)
                return { piece in withExtendedLifetime(mark) { piece } }
            }
            for piece in 0..<4 { _ = try thread.send([UInt8(piece)]) }
        }
        while marks.alive.load(ordering: .acquiring) > 0 { sched_yield() }
    }
}
