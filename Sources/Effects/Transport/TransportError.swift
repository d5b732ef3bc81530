// SPDX-License-Identifier: Apache-2.0

/// Why an exchange over HTTP did not come to an end. A status, whatever it is, is no error of the transport.
package enum TransportError: Error, CustomStringConvertible {
    /// Not an http or https URL that can be asked.
    case invalidURL(String)
    /// No connection, or it broke, in every attempt; `reason` is that of the last.
    case unreachable(url: String, reason: String, attempts: Int)
    case timedOut(url: String, waitingFor: String, attempts: Int)
    /// The body ended early in every attempt.
    case truncated(url: String, expected: Int64?, received: Int64, attempts: Int)
    case tooLarge(url: String, limit: Int64)
    case tooManyRedirects(url: String, limit: Int)
    case refusedRedirect(from: String, to: String, reason: String)
    case cancelled(url: String)
    /// The network may not be used.
    case forbidden(url: String)
    /// Reading or writing on our side failed.
    case local(url: String, underlying: any Error)
    case configuration(variable: String, reason: String)

    package var description: String {
        func times(_ attempts: Int) -> String { attempts == 1 ? "" : " (\(attempts) attempts)" }
        switch self {
        case .invalidURL(let text): return "'\(text)' is not an http:// or https:// URL"
        case .unreachable(let url, let reason, let attempts):
            return
                "\(url) cannot be reached: \(reason)\(times(attempts)); check the network and http_proxy/https_proxy"
        case .timedOut(let url, let waitingFor, let attempts):
            return "\(url) did not answer in time (waiting for \(waitingFor))\(times(attempts))"
        case .truncated(let url, let expected, let received, let attempts):
            let whole = expected.map { " of \($0)" } ?? ""
            return "\(url) ended after \(received)\(whole) bytes\(times(attempts))"
        case .tooLarge(let url, let limit):
            return "\(url) is larger than the \(limit) bytes that are accepted"
        case .tooManyRedirects(let url, let limit): return "\(url) redirects more than \(limit) times"
        case .refusedRedirect(let from, let to, let reason):
            return "\(from) redirects to \(to), which is refused: \(reason)"
        case .cancelled(let url): return "asking \(url) was cancelled"
        case .forbidden(let url): return "\(url) is needed, and --offline forbids the network"
        case .local(let url, let underlying): return "\(url): \(underlying)"
        case .configuration(let variable, let reason): return "\(variable): \(reason)"
        }
    }
}
