// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// What every page has around it.
struct PageFrame {
    var title: String
    /// Path of the same facts as JSON.
    var jsonTwin: String
    /// When the facts were read.
    var moment: Timestamp?

    func write(_ body: (inout HTMLWriter) -> Void) -> [UInt8] {
        var page = HTMLWriter()
        page.doctype()
        page.element("html", ["lang": "en"]) { page in
            page.element("head") { page in
                page.element("meta", ["charset": "utf-8"])
                page.element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
                page.element("meta", ["name": "color-scheme", "content": "light dark"])
                page.element("title", text: title)
                page.element("link", ["rel": "stylesheet", "href": "/style.css"])
                page.element("link", ["rel": "alternate", "type": "application/json", "href": jsonTwin])
            }
            page.element("body") { page in
                page.element("a", ["class": "skip", "href": "#content"], text: "Skip to the content")
                page.element("header") { page in
                    page.element("a", ["href": "/", "class": "brand"], text: "Slipway")
                    page.element("span", text: "images that hold only what an application needs")
                }
                page.element("main", ["id": "content"]) { body(&$0) }
                page.element("footer") { page in
                    page.element("a", ["href": jsonTwin], text: "This page as JSON")
                    if let moment { page.text(" · as of \(moment)") }
                }
            }
        }
        return page.bytes
    }
}
