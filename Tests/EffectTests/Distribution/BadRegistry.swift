// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestHouse

/// Stands before a registry and misbehaves as told; keeps what it was asked.
final class BadRegistry: Sendable {
    typealias Request = ScriptedHTTP.Request
    typealias Reply = ScriptedHTTP.Reply

    enum Deed {
        case reply(Reply)
        case hangUp
        case passOn
    }

    private let before: @Sendable (Request, _ seen: Int) -> Deed
    private let after: @Sendable (Request, inout Reply) -> Void
    private let log = Mutex<[String]>([])

    /// - Parameters:
    ///   - before: what to do with a request; `seen` is how often the same came before.
    ///   - after: changes what the registry answered.
    init(
        before: @escaping @Sendable (Request, _ seen: Int) -> Deed = { _, _ in .passOn },
        after: @escaping @Sendable (Request, inout Reply) -> Void = { _, _ in }
    ) {
        self.before = before
        self.after = after
    }

    /// A registry that has never heard of referrers, like many.
    static func withoutReferrers() -> BadRegistry {
        BadRegistry(
            before: { request, _ in request.target.contains("/referrers/") ? .reply(Reply(404)) : .passOn },
            after: { _, reply in reply.headers["oci-subject"] = nil })
    }

    /// `METHOD target` of every request, in order.
    var requests: [String] { log.withLock { $0 } }

    func answer(_ request: Request, _ port: Int) throws -> Reply? {
        let line = "\(request.method) \(request.target)"
        let seen = log.withLock { log in
            defer { log.append(line) }
            return log.count { $0 == line }
        }
        switch before(request, seen) {
        case .reply(let reply): return reply
        case .hangUp: return nil
        case .passOn: break
        }
        var headers = request.headers
        for name in ["host", "connection", "content-length", "transfer-encoding"] { headers[name] = nil }
        let target = request.target.replacing("?_state=a%2Fb&token=1&", with: "?").replacing(
            "?_state=a%2Fb&token=1", with: "")
        let hasBody = !["GET", "HEAD"].contains(request.method)
        let answer = try RawHTTP.ask(
            port, request.method, target, headers, body: hasBody ? request.body : nil)
        var reply = Reply(answer.status, answer.headers, answer.body)
        after(request, &reply)
        return reply
    }
}
