// SPDX-License-Identifier: Apache-2.0

/// An http or https URL in the parts that its readers have to keep apart: what may be shown to anybody, and who we are.
package struct WebAddress: Sendable, Hashable {
    private let address: HTTPAddress

    /// Nil for what is no http or https URL.
    package init?(_ text: String) {
        guard let address = HTTPAddress(text) else { return nil }
        self.address = address
    }

    private init(_ address: HTTPAddress) { self.address = address }

    /// The URL without credentials and without its fragment.
    package var url: String { address.description }
    /// Whether it is of this machine or its link, by literal.
    package var isLocal: Bool { address.isLocal }

    /// User and password that the URL itself names.
    package var credential: (user: String, password: String)? {
        address.user.map { ($0, address.password ?? "") }
    }

    /// Whether what is secret may be told to it: only with TLS, or on this machine.
    package var keepsSecrets: Bool { address.scheme == "https" || address.isLoopback }

    /// Whether what was meant for one may be told to the other: same scheme, host and port.
    package func hasSameOrigin(as other: WebAddress) -> Bool { address.hasSameOrigin(as: other.address) }

    /// The address that a link on the page at this address names (RFC 3986, 5.2). Nil where it is no http or https URL, and
    /// for what a redirect may not do either: leave TLS, or lead from elsewhere into this machine or its link.
    package func following(_ link: String) -> WebAddress? {
        guard let target = address.resolving(link), address.objection(toFollowing: target) == nil else {
            return nil
        }
        return WebAddress(target)
    }
}
