// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// What an attempt's error means: whether to try again, and what to tell.
struct Failure {
    private enum Kind {
        case notConnected(String)
        case broken(String)
        case stalled(waitingFor: String, connected: Bool)
        case short(expected: Int64?, received: Int64)
        case final(TransportError.Final)
    }

    private let kind: Kind

    init(_ error: any Error, _ progress: HTTPTransport.Progress) {
        kind = Self.classify(error, progress)
    }

    /// Nil: there is nothing to try again.
    var outcome: RetryPlan.Outcome? {
        switch kind {
        case .notConnected, .stalled(_, connected: false): .notConnected
        case .broken, .short, .stalled: .broken
        case .final: nil
        }
    }

    func error(url: String, attempts: Int, limit: Int64, redirects: Int) -> TransportError {
        switch kind {
        case .notConnected(let reason), .broken(let reason):
            .unreachable(url: url, reason: reason, attempts: attempts)
        case .stalled(let waitingFor, _): .timedOut(url: url, waitingFor: waitingFor, attempts: attempts)
        case .short(let expected, let received):
            .truncated(url: url, expected: expected, received: received, attempts: attempts)
        case .final(.tooLarge): .tooLarge(url: url, limit: limit)
        case .final(.redirects): .tooManyRedirects(url: url, limit: redirects)
        case .final(.refused(let from, let to, let reason)):
            .refusedRedirect(from: from, to: to, reason: reason)
        case .final(.cancelled): .cancelled(url: url)
        case .final(.local(let underlying)): .local(url: url, underlying: underlying)
        case .final(.certificate(let reason)): .unreachable(url: url, reason: reason, attempts: attempts)
        }
    }

    private static func classify(_ error: any Error, _ progress: HTTPTransport.Progress) -> Kind {
        switch error {
        case let failure as SinkFailure: return .final(.local(failure.underlying))
        case let failure as SourceFailure: return .final(.local(failure.underlying))
        case is CancellationError: return .final(.cancelled)
        case let broken as BrokenAnswer:
            switch broken {
            case .short(let expected, let received): return .short(expected: expected, received: received)
            case .tooLarge: return .final(.tooLarge)
            case .redirects: return .final(.redirects)
            case .refused(let from, let to, let reason): return .final(.refused(from, to, reason))
            }
        case let error as HTTPClientError: return classify(error, progress)
        case let error as NIOConnectionError: return .notConnected(reason(of: error))
        case let error as IOError: return classify(error, progress)
        case is NIOSSLError, is BoringSSLError: return .final(.certificate("TLS failed: \(error)"))
        default:
            if progress.received > 0 {
                return .short(expected: progress.expected, received: progress.received)
            }
            return .broken("the connection broke (\(error))")
        }
    }

    /// The system's words, without the library's account of what it did.
    private static func classify(_ error: IOError, _ progress: HTTPTransport.Progress) -> Kind {
        let words = String(cString: strerror(error.errnoCode))
        if error.errnoCode == ECONNREFUSED { return .notConnected(words) }
        if progress.received > 0 {
            return .short(expected: progress.expected, received: progress.received)
        }
        return .broken("the connection broke (\(words))")
    }

    private static func classify(_ error: HTTPClientError, _ progress: HTTPTransport.Progress) -> Kind {
        switch error {
        case .cancelled: return .final(.cancelled)
        case .connectTimeout, .httpProxyHandshakeTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
            return .stalled(waitingFor: "a connection", connected: false)
        case .readTimeout: return .stalled(waitingFor: "data", connected: true)
        case .writeTimeout: return .stalled(waitingFor: "data to be taken", connected: true)
        case .remoteConnectionClosed where progress.received > 0:
            return .short(expected: progress.expected, received: progress.received)
        case .remoteConnectionClosed: return .broken("the server closed the connection")
        case .invalidProxyResponse, .proxyAuthenticationRequired:
            return .final(.certificate("the proxy refused: \(error.shortDescription)"))
        default: return .broken(error.shortDescription)
        }
    }

    private static func reason(of error: NIOConnectionError) -> String {
        if let failure = error.connectionErrors.first {
            return (failure.error as? IOError).map { String(cString: strerror($0.errnoCode)) }
                ?? "\(failure.error)"
        }
        if let failure = error.dnsAError ?? error.dnsAAAAError { return "the name is not known (\(failure))" }
        return "no connection to \(error.host):\(error.port)"
    }
}

extension TransportError {
    /// Failures that another attempt would not mend.
    enum Final {
        case tooLarge
        case redirects
        case refused(String, String, String)
        case cancelled
        case local(any Error)
        case certificate(String)
    }
}
