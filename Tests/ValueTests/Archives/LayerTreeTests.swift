// SPDX-License-Identifier: Apache-2.0
import Archives
import Testing
import Vocabulary

/// Layers in a small language: `d path`, `f path`, `l path -> target`, `h path -> target`, `x path` (whiteout),
/// `o directory` (opaque); a layer per element.
@Suite struct LayerTreeTests {
    static func tree(_ layers: [[String]]) throws -> LayerTree {
        var tree = LayerTree()
        for layer in layers {
            tree.beginLayer()
            for line in layer { _ = try tree.apply(try entry(line)) }
        }
        return tree
    }

    static func entry(_ line: String) throws -> TarEntry {
        let words = line.split(separator: " ").map(String.init)
        let path = words[1]
        switch words[0] {
        case "d": return TarEntry(path: path, kind: .directory, mode: 0o755)
        case "f": return TarEntry(path: path, kind: .file, mode: 0o644)
        case "l": return TarEntry(path: path, kind: .symlink, mode: 0o777, linkTarget: words[3])
        case "h": return TarEntry(path: path, kind: .hardlink, mode: 0o644, linkTarget: words[3])
        case "o": return TarEntry(path: "\(path)/.wh..wh..opq", kind: .file, mode: 0o644)
        default:
            let path = try #require(ImagePath(path))
            let parent = path.parent?.text ?? ""
            return TarEntry(path: "\(parent)/.wh.\(path.name)", kind: .file, mode: 0o644)
        }
    }

    static func listing(_ tree: LayerTree) -> [String] {
        tree.items().map { item in
            let content = tree.contents[item.content]
            if let first = item.linkedTo { return "\(item.path) = \(first)" }
            switch content.kind {
            case .directory: return "\(item.path)/"
            case .symlink: return "\(item.path) -> \(content.target)"
            default: return "\(item.path)"
            }
        }
    }

    @Test(arguments: [
        ("a later layer replaces a file", [["d a", "f a/b"], ["f a/b"]], ["/a/", "/a/b"]),
        ("a whiteout removes a tree", [["d a", "f a/b", "f c"], ["x a"]], ["/c"]),
        ("a whiteout spares its own layer", [["d a", "f a/b"], ["f a/c", "x a"]], ["/a/", "/a/c"]),
        (
            "an opaque directory hides lower layers",
            [["d a", "f a/b", "d a/d", "f a/d/e"], ["d a", "o a", "f a/c"]],
            ["/a/", "/a/c"]
        ),
        ("an opaque mark after its layer's files", [["d a", "f a/b"], ["f a/c", "o a"]], ["/a/", "/a/c"]),
        ("a whiteout of nothing", [["x a/b"]], []),
        ("a whiteout below a file", [["d a", "f a/b"], ["f a", "x a/b"]], ["/a"]),
        ("missing parents are made", [["f a/b/c"]], ["/a/", "/a/b/", "/a/b/c"]),
        ("a file in place of a directory", [["d a", "f a/b"], ["f a"]], ["/a"]),
        (
            "a directory in place of a link", [["d b", "f b/c", "l a -> b"], ["d a", "f a/d"]],
            ["/a/", "/a/d", "/b/", "/b/c"]
        ),
        (
            "a path through a link", [["d usr/lib", "l lib -> usr/lib", "f lib/x"]],
            ["/lib -> usr/lib", "/usr/", "/usr/lib/", "/usr/lib/x"]
        ),
        (
            "a link above the root stays inside", [["l a -> ../../..", "f a/etc/passwd"]],
            ["/a -> ../../..", "/etc/", "/etc/passwd"]
        ),
        ("an absolute link stays inside", [["l a -> /tmp", "f a/x"]], ["/a -> /tmp", "/tmp/", "/tmp/x"]),
        ("hard links share", [["f a", "h b -> a"]], ["/a", "/b = /a"]),
        ("a hard link outlives its target", [["f a", "h b -> a", "h c -> a"], ["x a"]], ["/b", "/c = /b"]),
        ("byte order of paths", [["d a", "f a/b", "f a-b"]], ["/a/", "/a-b", "/a/b"]),
        ("AUFS' own files", [["f .wh..wh.plnk", "f a"]], ["/a"]),
    ]) func flattens(_ name: String, layers: [[String]], expected: [String]) throws {
        #expect(Self.listing(try Self.tree(layers)) == expected, "\(name)")
    }

    @Test(arguments: [
        (["f ../x"], LayerError.pathEscapes("../x")),
        (["f a", "f a/b"], .notADirectory("/a", in: "/a/b")),
        (["h b -> a"], .linkTargetMissing("b", target: "a")),
        (["h b -> ../../etc/passwd"], .linkTargetMissing("b", target: "../../etc/passwd")),
        (["d a", "h b -> a"], .linkTargetMissing("b", target: "a")),
        (["l a -> b", "l b -> a", "f a/c"], .linkLoop("/a")),
        (["f .wh..."], .pathEscapes(".wh...")),
    ]) func refuses(_ layer: [String], error: LayerError) {
        #expect(throws: error) { try Self.tree([layer]) }
    }

    @Test func findsThroughLinksInside() throws {
        let tree = try Self.tree([
            ["d usr/lib", "f usr/lib/os-release", "l etc/os-release -> ../usr/lib/os-release"]
        ])
        let path = try #require(ImagePath("etc/os-release"))
        let other = try #require(ImagePath("usr/lib/os-release"))
        #expect(tree.content(at: path) != nil)
        #expect(tree.content(at: path) == tree.content(at: other))
        #expect(tree.names(in: try #require(ImagePath("usr/lib"))) == ["os-release"])
    }
}
