// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// Draws a graph in layers as SVG 1.1: what others are built with stands above them.
package struct GraphDrawing: Sendable {
    /// One thing of the graph.
    package struct Box: Sendable {
        package var title: String
        package var subtitle: String
        /// The layer, from 0 at the top.
        package var level: Int
        /// Boxes of one group stand side by side and are marked, as a cycle is; nil for a box of its own.
        package var group: Int?

        package init(title: String, subtitle: String, level: Int, group: Int?) {
            self.title = title
            self.subtitle = subtitle
            self.level = level
            self.group = group
        }
    }

    /// From the upper box to the lower one, by their places.
    package struct Line: Sendable {
        package var from: Int
        package var to: Int
        /// It matters for running alone, not for building.
        package var isDashed: Bool

        package init(from: Int, to: Int, isDashed: Bool) {
            self.from = from
            self.to = to
            self.isDashed = isDashed
        }
    }

    private struct Frame {
        var x = 0
        var y = 0
        var width = 0
    }

    private static let (height, gap, layer, margin) = (38, 22, 104, 20)
    /// Of a character of the drawing's font, at most.
    private static let character = 8
    /// A wider layer goes on below itself.
    private static let widest = 1600

    private let boxes: [Box]
    private let lines: [Line]
    /// Of each box, those from which lines lead to it.
    private let above: [[Int]]
    private var frames: [Frame]
    private var size = (width: 0, height: 0)

    package init(_ boxes: [Box], _ lines: [Line]) {
        self.boxes = boxes
        self.lines = lines
        var above: [[Int]] = boxes.map { _ in [] }
        for line in lines { above[line.to].append(line.from) }
        self.above = above
        frames = boxes.map { box in
            Frame(width: max(box.title.count, box.subtitle.count) * Self.character + 24)
        }
        place()
    }

    /// Every layer centred; in it each box stands where those above it stand, in the mean.
    private mutating func place() {
        let rows = rows()
        let widths = rows.map { row in row.reduce(0) { $0 + frames[$1].width + Self.gap } - Self.gap }
        let width = max(widths.max() ?? 0, 120)
        for (number, row) in rows.enumerated() {
            var x = Self.margin + (width - widths[number]) / 2
            for box in row {
                (frames[box].x, frames[box].y) = (x, Self.margin + number * Self.layer)
                x += frames[box].width + Self.gap
            }
        }
        let height = max(rows.count - 1, 0) * Self.layer + Self.height
        size = (width + 2 * Self.margin, height + 2 * Self.margin)
    }

    private func rows() -> [[Int]] {
        var rows: [[Int]] = []
        var position: [Int: Double] = [:]
        let layers = Dictionary(grouping: boxes.indices) { boxes[$0].level }
        for level in layers.keys.sorted() {
            let members = sorted(layers[level] ?? [], below: position)
            for (number, box) in members.enumerated() {
                position[box] = (Double(number) + 0.5) / Double(members.count)
            }
            var row: [Int] = []
            var width = 0
            for box in members {
                width += frames[box].width + Self.gap
                if width > Self.widest, !row.isEmpty {
                    rows.append(row)
                    (row, width) = ([], frames[box].width)
                }
                row.append(box)
            }
            rows.append(row)
        }
        return rows
    }

    private func sorted(_ members: [Int], below position: [Int: Double]) -> [Int] {
        func key(_ box: Int) -> Int { boxes[box].group ?? -1 - box }
        var weights: [Int: [Double]] = [:]
        for box in members {
            weights[key(box), default: []] += above[box].compactMap { position[$0] }
        }
        return members.map { box -> (weight: Double, key: Int, box: Int) in
            let weights = weights[key(box)] ?? []
            let weight = weights.isEmpty ? 0.5 : weights.reduce(0, +) / Double(weights.count)
            return (weight, key(box) < 0 ? box : Int.max / 2 + key(box), box)
        }.sorted { ($0.weight, $0.key, $0.box) < ($1.weight, $1.key, $1.box) }.map(\.box)
    }

    /// The whole drawing, a document of its own.
    package var svg: [UInt8] {
        var page = HTMLWriter()
        page.element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 \(size.width) \(size.height)",
                "width": "\(size.width)", "height": "\(size.height)", "role": "img",
                "font-family": "system-ui, sans-serif", "font-size": "13",
            ]
        ) { page in
            page.element("rect", ["width": "100%", "height": "100%", "fill": "#ffffff"])
            for line in lines { draw(line, &page) }
            for (box, frame) in zip(boxes, frames) { draw(box, frame, &page) }
        }
        return page.bytes + [UInt8(ascii: "\n")]
    }

    private func draw(_ line: Line, _ page: inout HTMLWriter) {
        let (from, to) = (frames[line.from], frames[line.to])
        let start = (x: from.x + from.width / 2, y: from.y + Self.height)
        let end = (x: to.x + to.width / 2, y: to.y)
        let bend = max(24, abs(end.y - start.y) / 2)
        page.element(
            "path",
            [
                "d":
                    "M\(start.x) \(start.y)C\(start.x) \(start.y + bend) \(end.x) \(end.y - bend) \(end.x) \(end.y)",
                "fill": "none", "stroke": "#8a94a6", "stroke-width": "1.4",
                "stroke-dasharray": line.isDashed ? "4 4" : "none",
            ])
    }

    private func draw(_ box: Box, _ frame: Frame, _ page: inout HTMLWriter) {
        page.element(
            "rect",
            [
                "x": "\(frame.x)", "y": "\(frame.y)", "width": "\(frame.width)", "height": "\(Self.height)",
                "rx": "6", "fill": box.group != nil ? "#fff4de" : "#eef3fb",
                "stroke": box.group != nil ? "#c77700" : "#3b6fb5",
            ])
        let middle = "\(frame.x + frame.width / 2)"
        page.element(
            "text",
            [
                "x": middle, "y": "\(frame.y + 16)", "text-anchor": "middle", "font-weight": "600",
                "fill": "#1c2533",
            ], text: box.title)
        page.element(
            "text",
            [
                "x": middle, "y": "\(frame.y + 31)", "text-anchor": "middle", "font-size": "11",
                "fill": "#5a6577",
            ], text: box.subtitle)
    }
}
