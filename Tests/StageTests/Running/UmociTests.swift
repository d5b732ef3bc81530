// SPDX-License-Identifier: Apache-2.0
import Distribution
import Inspecting
import Storage
import TestHouse
import Testing
import Vocabulary

@testable import Running

/// Layers, whiteouts and all, made by umoci; the tree that comes out must be the one that umoci unpacks.
@Suite(.enabled(if: Tool.exists("umoci") && ContainersHere.root, "needs umoci and root"))
struct UmociTests {
    let scratch: Scratch
    let workers = WorkerThreads(count: 2)

    /// Three layers: a tree; replaced, removed and moved things; an opaque directory with new content.
    init() throws {
        scratch = try Scratch()
        try scratch.sh(
            """
            umoci init --layout l >/dev/null && umoci new --image l:1 >/dev/null
            umoci unpack --image l:1 b >/dev/null; cd b/rootfs
            mkdir -p usr/bin usr/lib etc var/lib/a/b; ln -s usr/bin bin; ln -s ../usr/lib etc/lib
            echo one > usr/bin/one; chmod 4755 usr/bin/one; ln usr/bin/one usr/bin/two; echo x > var/lib/a/b/x
            echo y > var/lib/a/y; echo old > etc/old; mkdir etc/dir; echo f > etc/dir/f; chown -R 7:8 var/lib/a
            mkfifo usr/lib/pipe; chmod 1777 var/lib; cd ../..; umoci repack --image l:2 b >/dev/null 2>&1; rm -r b
            umoci unpack --image l:2 b >/dev/null; cd b/rootfs
            rm -r var/lib/a/b etc/old etc/dir; echo file > etc/dir; rm bin; mkdir bin; echo new > bin/new
            echo changed > usr/bin/one; chmod 750 var/lib/a
            cd ../..; umoci repack --image l:3 b >/dev/null 2>&1; rm -r b
            umoci unpack --image l:3 b >/dev/null; cd b/rootfs
            rm -r var/lib/a; mkdir var/lib/a; echo z > var/lib/a/z; ln var/lib/a/z var/lib/a/zz; rm usr/bin/two
            cd ../..; umoci repack --image l:4 b >/dev/null 2>&1; rm -r b
            """)
    }

    private static func listing(_ directory: String, in scratch: Scratch) throws -> [String] {
        let format = #"%P %y %m %U:%G %n %l %T@\n"#
        let text = try scratch.sh("cd \(directory) && find . -mindepth 1 -printf '\(format)'")
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map { line in
            var words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            // How many names a directory has is the file system's business, and so are fractions of seconds.
            if words[1] == "d" { words[4] = "-" }
            if let time = words.popLast() { words.append(String(time.prefix { $0 != "." })) }
            return words.joined(separator: " ")
        }.sorted()
    }

    @Test(arguments: ["2", "3", "4"]) func unpacksAsUmociDoes(tag: String) async throws {
        try scratch.sh("umoci unpack --image l:\(tag) b >/dev/null")
        let layout = try ImageLayout.open(at: HostPath(scratch.path) / "l")
        let manifest = try #require(try layout.resolve(tag: tag))
        let root = try RootDirectory.create(HostPath(scratch.path) / "ours")
        _ = try Unpacker.unpack(try RunnableImage(manifest, in: layout.blobs), into: root)
        let ours = try Self.listing("ours", in: scratch)
        #expect(ours == (try Self.listing("b/rootfs", in: scratch)))
        #expect(ours.count > 8)
        try scratch.sh("diff -r --no-dereference -x pipe ours b/rootfs")
    }

    @Test(arguments: ["2", "3", "4"]) func inventoriesWhatUmociUnpacks(tag: String) async throws {
        try scratch.sh("umoci unpack --image l:\(tag) b >/dev/null")
        let layout = try ImageLayout.open(at: HostPath(scratch.path) / "l")
        let image = try await LayoutImage(layout, name: tag, workers: workers)
        let inspector = Inspector(workers: workers)
        let layers = try #require(try await inspector.inventory(of: image, store: layout.blobs).first)
        let tree = try await inspector.inventory(
            ofDirectory: HostPath(scratch.path) / "b/rootfs", platform: layers.platform)
        // Which of two hard links is the first is a matter of the archive's order.
        func comparable(_ inventory: ImageInventory) -> [String] {
            inventory.files.map { file in
                let kind = file.kind == .hardlink ? ComposedFile.Kind.file : file.kind
                return
                    "\(file.path) \(kind) \(file.mode) \(file.uid) \(file.gid) \(kind == .symlink ? file.target ?? "" : "")"
            }
        }
        #expect(comparable(layers) == comparable(tree))
        #expect(layers.files.count > 8)
    }
}
