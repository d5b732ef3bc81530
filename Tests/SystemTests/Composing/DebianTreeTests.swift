// SPDX-License-Identifier: Apache-2.0
import Glibc
import Logging
import Pipeline
import Storage
import TestHouse
import Testing
import Vocabulary

/// A real image against what dpkg itself unpacks of the same packages: every file, mode, owner, link and byte is
/// the same but for the documented rules, which this test writes out once more in its own words.
@Suite(.enabled(if: Tool.exists("dpkg-deb"), "needs dpkg-deb"))
struct DebianTreeTests {
    /// What an image does without.
    private static let dropped = [
        "usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/lintian", "usr/share/bug",
        "usr/share/bash-completion", "usr/share/doc-base", "etc/init.d", "etc/logrotate.d",
        "etc/update-motd.d",
        "usr/lib/systemd/system", "usr/share/apport", "etc/ufw", "usr/share/vim",
    ]
    /// What packages in the role "data only" give.
    private static let data: [String: [String]] = [
        "libc-bin": ["usr/lib/locale/C.utf8", "etc/gai.conf", "usr/share/doc/libc-bin/copyright"],
        "base-passwd": ["usr/share/doc/base-passwd/copyright"],
    ]
    /// What maintainer scripts would have done, and what every image has: path, kind, mode, owner.
    private static let added = [
        "etc/dpkg/origins/default": "l 777 0 0 debian", "etc/redis": "d 2770 601 601 ",
        "etc/redis/redis.conf": "f 640 601 601 ", "var/lib/redis": "d 750 601 601 ",
        "var/log/redis": "d 2750 601 4 ",
        "run/redis": "d 2755 601 601 ", "run/lock": "d 1777 0 0 ", "var/run": "l 777 0 0 /run",
        "var/lock": "l 777 0 0 /run/lock", "etc/passwd": "f 644 0 0 ", "etc/group": "f 644 0 0 ",
        "etc/nsswitch.conf": "f 644 0 0 ", "etc/ld.so.cache": "f 644 0 0 ",
        "home/nonroot": "d 700 65532 65532 ",
        "var/lib/dpkg/status.d": "d 755 0 0 ",
    ]

    @Test(arguments: [Architecture.amd64, .arm64]) func redisIsWhatItsPackagesHold(
        _ architecture: Architecture
    ) async throws {
        let scratch = try Scratch()
        let environment = [
            "HOME": scratch.path, "XDG_CACHE_HOME": "\(scratch.path)/cache",
            "XDG_DATA_HOME": "\(scratch.path)/data",
        ]
        try await Workshop.with(
            environment: environment, threads: 2, report: .silent, logger: Logger(label: "test"),
            now: { Timestamp(seconds: Int64(time(nil))) }
        ) { workshop in
            let file = try DefinitionFile(HostPath("Examples/redis/image.yaml"), store: workshop.packages)
            var options = BuildOptions()
            options.architectures = [architecture]
            options.ignoreLock = true
            let built = try await ImagePipeline(workshop).build(file, options)
            let platform = try #require(built.image.platforms.first)
            let lock = try #require(
                built.lock.content.architectures.first { $0.architecture == architecture })
            #expect(built.image.diagnostics.filter { $0.severity == .warning } == [])
            let expected = try expectation(lock, workshop.packages, in: scratch)
            let found = Dictionary(
                platform.files.map { ($0.path.text, Self.line($0)) }, uniquingKeysWith: { first, _ in first })
            for path in Set(expected.keys).union(found.keys).sorted() where expected[path] != found[path] {
                Issue.record(
                    "\(path): dpkg has \(expected[path] ?? "nothing"), the image \(found[path] ?? "nothing")")
            }
            #expect(found.count > 400)
        }
    }

    private static func line(_ file: ComposedFile) -> String {
        // A hard link is the file that it names.
        let kind =
            ["file": "f", "hardlink": "f", "directory": "d", "symlink": "l"][file.kind.rawValue] ?? "?"
        let content =
            file.kind == .directory ? "" : file.kind == .symlink ? file.target ?? "" : file.digest?.hex ?? ""
        let mode = String(file.mode, radix: 8)
        // What Slipway writes itself is checked elsewhere; here it has to be where it belongs.
        if case .rule = file.owner, file.kind == .file { return "\(kind) \(mode) \(file.uid) \(file.gid) " }
        return "\(kind) \(mode) \(file.uid) \(file.gid) \(content)"
    }

    private func expectation(
        _ lock: ArchitectureLock, _ store: ContentStore, in scratch: Scratch
    ) throws -> [String: String] {
        var tree: [String: String] = [:]
        for package in lock.packages {
            let name = package.name.text
            let listing = try scratch.sh(
                """
                rm -rf x; mkdir x; dpkg-deb -x \(store.path(of: package.digest).text) x; cd x
                find . -mindepth 1 -printf '%P\\t%y %m %U %G \\t%l\\n' | sort > ../list
                find . -type f -print0 | sort -z | xargs -0 -r sha256sum | sed 's#\\./##' > ../sums
                cat ../list
                """)
            let sums = Dictionary(
                String(decoding: try scratch.read("sums"), as: UTF8.self).split(separator: "\n").map {
                    (String($0.dropFirst(66)), String($0.prefix(64)))
                }, uniquingKeysWith: { first, _ in first })
            for line in String(decoding: listing, as: UTF8.self).split(separator: "\n") {
                let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                guard
                    let path = Self.place(
                        parts[0], isDirectory: parts[1].hasPrefix("d"), of: name, package.role)
                else {
                    continue
                }
                let entry = parts[1] + (parts[1].hasPrefix("l") ? parts[2] : sums[parts[0]] ?? "")
                if tree[path] == nil || !entry.hasPrefix("d") { tree[path] = entry }
            }
            if package.role == .installed {
                tree["var/lib/dpkg/status.d/\(name)"] = "f 644 0 0 "
                tree["var/lib/dpkg/status.d/\(name).md5sums"] = "f 644 0 0 "
            }
        }
        for (path, entry) in Self.added {
            tree[path] = path == "etc/redis/redis.conf" ? entry + (tree[path]?.suffix(64) ?? "") : entry
        }
        return tree
    }

    /// Where a path of a package stands in the image; nil for what a rule drops.
    private static func place(
        _ path: String, isDirectory: Bool, of package: String, _ role: LockedPackage.Role
    ) -> String? {
        var path = path
        for top in ["bin", "sbin", "lib", "lib64"] where path.hasPrefix("\(top)/") { path = "usr/\(path)" }
        if path == "var/run" || path == "var/lock" { return nil }
        if isDirectory, ["bin", "sbin", "lib", "lib64"].contains(path) { return nil }
        if role == .dataOnly {
            let kept = data[package] ?? []
            // Directories on the way to what is kept.
            return kept.contains {
                path == $0 || path.hasPrefix("\($0)/") || isDirectory && $0.hasPrefix("\(path)/")
            }
                ? path : nil
        }
        if dropped.contains(where: { path == $0 || path.hasPrefix("\($0)/") }) { return nil }
        let parts = path.split(separator: "/")
        if path.hasPrefix("usr/share/doc/"), parts.count > 5 || parts.count == 5 && parts[4] != "copyright" {
            return nil
        }
        return path
    }
}
