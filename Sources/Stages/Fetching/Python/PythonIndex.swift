// SPDX-License-Identifier: Apache-2.0

internal import Transport
internal import Vocabulary

/// An index of Python projects: the simple repository API (PEP 503, as JSON PEP 691), over HTTP or as a folder of this
/// machine. Who we are to it is told to it alone, and never shown.
struct PythonIndex: Sendable, Hashable {
    /// Its URL without credentials, without a slash at the end.
    let place: String
    private let address: WebAddress?
    private let authorization: String?

    /// Nil for what is no URL that can be asked.
    init?(_ url: String) {
        func bare(_ text: String) -> String {
            var text = text
            while text.hasSuffix("/") { text.removeLast() }
            return text
        }
        if url.hasPrefix("file:///") || url.hasPrefix("/") {
            place = bare(url.hasPrefix("/") ? "file://\(url)" : url)
            (address, authorization) = (nil, nil)
            return
        }
        guard let address = WebAddress(url) else { return nil }
        self.address = address
        place = bare(address.url)
        authorization = address.credential.map {
            "Basic " + Base64.encode(Array("\($0.user):\($0.password)".utf8))
        }
    }

    /// Deliberate: a password goes to nobody without TLS, as everywhere in Slipway.
    var mayBeAsked: Bool { authorization == nil || address?.keepsSecrets == true }

    /// Where the files of a project are listed; the name as PEP 503 normalises it.
    func page(of project: PythonProject.Name) -> String {
        address == nil ? "\(place)/\(project.normalized)/index.html" : "\(place)/\(project.normalized)/"
    }

    /// The fields that ask for a project's page.
    var pageFields: [(String, String)] {
        [
            (
                "Accept",
                "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"
            )
        ] + fields
    }

    /// The fields that say who we are to a file; pip too tells it only to the index's own host.
    func fields(for file: String) -> [(String, String)] {
        guard let address, let other = WebAddress(file), other.hasSameOrigin(as: address) else { return [] }
        return fields
    }

    private var fields: [(String, String)] { authorization.map { [("Authorization", $0)] } ?? [] }

    /// The URL of a link on a project's page, without its fragment. Nil for one that is not followed: a stranger's page leads
    /// neither to this machine nor out of TLS.
    /// - Parameter page: the URL that the page came from, after redirects.
    func url(of link: String, on page: String) -> String? {
        if let base = WebAddress(page) { return base.following(link)?.url }
        let bare = link.prefix { $0 != "#" }
        if bare.contains("://") { return String(bare) }
        guard page.hasPrefix("file:///"), !bare.hasPrefix("/") else { return nil }
        var folders = page.dropFirst("file:///".count).split(separator: "/").dropLast()
        for part in bare.split(separator: "/") where part != "." {
            if part == ".." { _ = folders.popLast() } else { folders.append(part) }
        }
        return "file:///" + folders.joined(separator: "/")
    }
}
