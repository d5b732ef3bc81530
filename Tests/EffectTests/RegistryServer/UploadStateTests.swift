// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RegistryServer

/// The upload's life, without bytes or clocks.
@Suite struct UploadStateTests {
    private func chunk(_ text: String) throws -> ChunkRange? { try ChunkRange(text) }

    @Test func chunksInOrder() throws {
        var state = UploadState(sizeLimit: 100)
        #expect(state.range == "0-0")
        #expect(state.begin(try chunk("0-9"), contentLength: 10) == .receive(limit: 10))
        state.received(10)
        #expect(state.end(after: 10, overran: false) == nil)
        #expect(state.range == "0-9")
        #expect(state.begin(try chunk("10-14"), contentLength: nil) == .receive(limit: 5))
        state.received(5)
        #expect(state.end(after: 5, overran: false) == nil)
        #expect(state.offset == 15)
    }

    @Test(arguments: ["5-9", "11-12", "0-9"])
    func outOfOrder(text: String) throws {
        var state = UploadState(sizeLimit: 100)
        _ = state.begin(nil, contentLength: 10)
        state.received(10)
        _ = state.end(after: 10, overran: false)
        guard case .refuse(let failure) = state.begin(try chunk(text), contentLength: nil) else {
            Issue.record("\(text) was taken")
            return
        }
        #expect(failure.status == 416 && failure.fields["Range"] == "0-9")
        #expect(!state.isReceiving)
    }

    @Test func oneAtATime() {
        var state = UploadState(sizeLimit: 100)
        #expect(state.begin(nil, contentLength: nil) == .receive(limit: 100))
        guard case .refuse(let failure) = state.begin(nil, contentLength: nil) else {
            Issue.record("two at once")
            return
        }
        #expect(failure.status == 409)
    }

    @Test func limits() throws {
        var state = UploadState(sizeLimit: 10)
        for (range, length) in [("0-10", nil), (nil, 11), (nil, Int64.max)] as [(String?, Int64?)] {
            guard case .refuse(let failure) = state.begin(try ChunkRange(range), contentLength: length) else {
                Issue.record("more than the limit was taken")
                return
            }
            #expect(failure.status == 413)
        }
        #expect(state.begin(nil, contentLength: nil) == .receive(limit: 10))
        #expect(state.end(after: 10, overran: true)?.status == 413)
    }

    @Test func brokenPromises() throws {
        var state = UploadState(sizeLimit: 100)
        guard case .refuse(let early) = state.begin(try chunk("0-9"), contentLength: 9) else {
            Issue.record("two lengths were taken")
            return
        }
        #expect(early.code == .sizeInvalid)
        _ = state.begin(try chunk("0-9"), contentLength: nil)
        state.received(4)
        let short = state.end(after: 4, overran: false)
        #expect(short?.code == .sizeInvalid && short?.fields["Range"] == "0-3")
        // What came in order stays, and the client may go on from there.
        #expect(state.begin(try chunk("4-9"), contentLength: 6) == .receive(limit: 6))
        #expect(state.end(after: 6, overran: true)?.code == .sizeInvalid)
    }
}
