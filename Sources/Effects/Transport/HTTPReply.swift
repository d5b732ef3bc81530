// SPDX-License-Identifier: Apache-2.0

/// What a server answered.
package struct HTTPReply: Sendable {
    /// Header fields in the order in which they came; names compare without case.
    package struct Headers: Sendable {
        private let fields: [(name: String, value: String)]

        package init(_ fields: [(String, String)]) { self.fields = fields.map { ($0.0.lowercased(), $0.1) } }

        /// The first value of a field.
        package subscript(name: String) -> String? {
            let name = name.lowercased()
            return fields.first { $0.name == name }?.value
        }

        /// Every value of a field.
        package func all(_ name: String) -> [String] {
            let name = name.lowercased()
            return fields.filter { $0.name == name }.map(\.value)
        }
    }

    package let status: Int
    package let headers: Headers
    /// Empty where the body went into a sink.
    package let body: [UInt8]
    /// The URL that answered, after redirects, without credentials.
    package let url: String

    package init(status: Int, headers: Headers, body: [UInt8], url: String) {
        self.status = status
        self.headers = headers
        self.body = body
        self.url = url
    }

    package var isSuccess: Bool { (200..<300).contains(status) }
    /// The body as text, for messages.
    package var text: String { String(decoding: body, as: UTF8.self) }
}
