// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Writes HTML with every text and attribute value escaped; there is no way to write raw text.
struct HTMLWriter {
    private(set) var bytes: [UInt8] = []

    /// Elements that have no end tag (HTML Living Standard, "Void elements").
    private static let void: Set<String> = ["meta", "link", "br", "hr", "img"]

    mutating func doctype() { append("<!doctype html>\n") }

    mutating func text(_ text: String) { escape(text) }

    mutating func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:],
        _ body: (inout HTMLWriter) -> Void = { _ in }
    ) {
        append("<\(name)")
        for (attribute, value) in attributes {
            append(" \(attribute)=\"")
            escape(value)
            append("\"")
        }
        append(">")
        guard !Self.void.contains("\(name)") else { return }
        body(&self)
        append("</\(name)>")
    }

    mutating func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], text: String
    ) {
        element(name, attributes) { $0.text(text) }
    }

    private mutating func append(_ markup: String) { bytes.append(contentsOf: markup.utf8) }

    private mutating func escape(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): append("&amp;")
            case UInt8(ascii: "<"): append("&lt;")
            case UInt8(ascii: ">"): append("&gt;")
            case UInt8(ascii: "\""): append("&quot;")
            case UInt8(ascii: "'"): append("&#39;")
            default: bytes.append(byte)
            }
        }
    }
}

extension HTMLWriter {
    /// A table with a caption and headed columns; each row is written cell by cell.
    mutating func table(
        caption: String, columns: [String], rows: [[(inout HTMLWriter) -> Void]]
    ) {
        element("div", ["class": "scroll"]) { page in
            page.element("table") { page in
                page.element("caption", text: caption)
                page.element("thead") { page in
                    page.element("tr") { page in
                        for column in columns { page.element("th", ["scope": "col"], text: column) }
                    }
                }
                page.element("tbody") { page in
                    for row in rows {
                        page.element("tr") { page in
                            // Where the page is too narrow for columns each cell shows its column's name.
                            for (column, cell) in zip(columns, row) {
                                page.element("td", ["data-label": column]) { cell(&$0) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// A command to copy; long ones wrap.
    mutating func command(_ text: String) {
        element("pre") { $0.element("code", text: text) }
    }

    mutating func time(_ moment: Timestamp, now: Timestamp) {
        element(
            "time", ["datetime": moment.description, "title": moment.description], text: age(moment, now: now)
        )
    }
}
