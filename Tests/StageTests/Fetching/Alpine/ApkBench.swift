// SPDX-License-Identifier: Apache-2.0

import Fetching
import Storage
import TestHouse
import Vocabulary

/// An Alpine repository made by `tar`, `gzip` and `openssl` alone, so that what Slipway reads was not written by it, and
/// so that each member of each file can be replaced by a worse one. Removed with the value.
final class ApkBench: Sendable {
    private static let tools = """
        cut() { head -c $(( $(wc -c <"$1") - 1024 )) "$1"; }
        # member FILE…: their tar without an end, compressed
        member() { tar --format=ustar -b1 --owner=0 --group=0 --mtime=@0 -cf .m "$@"; cut .m | gzip -n; rm .m; }
        # signature KEY ALGORITHM FILE: the file .SIGN.ALGORITHM.KEY.rsa.pub over a file's bytes
        signature() {
            case $2 in RSA) h=sha1;; RSA256) h=sha256;; *) h=sha512;; esac
            openssl dgst -$h -sign $1.rsa -out .SIGN.$2.$1.rsa.pub $3
        }
        # apk NAME VERSION: out of the folder `tree`; parts NAME.c (control) and NAME.d (data), the package NAME-VERSION.apk
        apk() {
            tar --format=pax -b1 --owner=0 --group=0 --mtime=@0 --sort=name -czf $1.d -C tree usr
            { printf 'pkgname = %s\\npkgver = %s\\narch = x86_64\\nsize = 6\\n' $1 $2
              printf 'datahash = %s\\n' $(sha256sum $1.d | cut_64); } >.PKGINFO
            member .PKGINFO >$1.c
            cat $1.c $1.d >$1-$2.apk
        }
        cut_64() { head -c 64; }
        checksum() { echo Q1$(openssl dgst -sha1 -binary $1 | base64); }
        # record NAME VERSION: of the index
        record() {
            printf 'C:%s\\nP:%s\\nV:%s\\nA:x86_64\\nS:%s\\nI:6\\nT:a package\\nL:MIT\\no:%s\\nD:so:libc.so\\n\\n' \\
                $(checksum $1.c) $1 $2 $(wc -c <repo/x86_64/$1-$2.apk) $1
        }
        # index: APKINDEX out of the file `records`, unsigned, as `index.gz`
        index() {
            cp records APKINDEX; echo made by tar >DESCRIPTION
            tar --format=ustar -b1 --owner=0 --group=0 --mtime=@0 -czf index.gz DESCRIPTION APKINDEX
        }
        # publish [KEY:ALGORITHM…]: the index with these signatures
        publish() {
            index; rm -f .SIGN.*
            for s in "$@"; do signature ${s%%:*} ${s#*:} index.gz; done
            if [ $# -gt 0 ]; then member .SIGN.* >index.s; else : >index.s; fi
            cat index.s index.gz >repo/x86_64/APKINDEX.tar.gz
        }
        """
    /// Making keys takes a while: all tests share three.
    private static let keys = Result {
        let scratch = try Scratch()
        try scratch.sh(
            """
            for k in main@example.org-1 second other; do
                openssl genrsa -traditional -out $k.rsa 2048; openssl rsa -in $k.rsa -pubout -out $k.rsa.pub
            done
            """)
        return scratch
    }

    static let mainKey = "main@example.org-1"

    private let scratch: Scratch
    var directory: String { "\(scratch.path)/repo" }
    var url: String { "file://\(directory)" }
    var root: String { scratch.path }

    /// A repository with the packages hello 1.0-r0 and world 2.0-r1, its index signed by the main key (RSA256).
    init(_ script: String = "publish \(ApkBench.mainKey):RSA256") throws {
        scratch = try Scratch()
        let keys = try Self.keys.get()
        try scratch.sh("cp \(keys.path)/*.rsa* .; mkdir -p repo/x86_64 tree/usr/share; : >records")
        try sh(
            """
            for p in hello:1.0-r0 world:2.0-r1; do
                n=${p%:*}; v=${p#*:}; rm -rf tree; mkdir -p tree/usr/share; echo $n $v >tree/usr/share/$n
                apk $n $v; cp $n-$v.apk repo/x86_64; record $n $v >>records
            done
            \(script)
            """)
    }

    @discardableResult func sh(_ script: String) throws -> String {
        String(decoding: try scratch.sh("\(Self.tools)\n\(script)"), as: UTF8.self)
    }

    func read(_ name: String) throws -> [UInt8] { try scratch.read(name) }

    func key(_ name: String = ApkBench.mainKey) -> KeyringEntry {
        .file(HostPath("\(scratch.path)/\(name).rsa.pub"))
    }

    static func line(_ location: String, tag: String? = nil) -> Located<RepositoryLine> {
        Located(
            .alpine(location: location, tag: tag), at: SourceLocation(file: "image.yaml", line: 4, column: 7))
    }
}

extension FetchingHouse {
    /// Refreshes one Alpine repository.
    func refresh(
        _ bench: ApkBench, at url: String? = nil, keys: [KeyringEntry]? = nil,
        architectures: [Architecture] = [.amd64], allowUnsigned: Bool = false
    ) async throws(FetchingError) -> RepositorySnapshot {
        try await refresher.refresh(
            [ApkBench.line(url ?? bench.url)], keyring: keys ?? [bench.key()], architectures: architectures,
            allowUnsigned: allowUnsigned)[0]
    }

    /// Why it is refused: the case's name and the sentence; nil where it is accepted.
    func refusal(
        _ bench: ApkBench, at url: String? = nil, keys: [KeyringEntry]? = nil,
        architectures: [Architecture] = [.amd64], allowUnsigned: Bool = false
    ) async -> (kind: String, sentence: String)? {
        do throws(FetchingError) {
            _ = try await refresh(
                bench, at: url, keys: keys, architectures: architectures, allowUnsigned: allowUnsigned)
            return nil
        } catch {
            return (error.kind, error.description)
        }
    }
}

extension RepositorySnapshot {
    /// What Resolving would ask Fetching to pin: everything that is in it.
    var unpinned: [UnpinnedPackage] {
        indexes.flatMap { index in
            (0..<index.packages.count).map { index.packages.record(at: $0) }.map { record in
                UnpinnedPackage(
                    name: record.name, version: record.version, checksum: record.checksum ?? "",
                    size: record.size,
                    places: ["\(witness.url)/\(index.architecture.alpineName)/\(record.filename)"])
            }
        }
    }

    /// A lock of everything that is in it.
    func lock(_ pins: PackagePins) -> (ArchitectureLock, Witness) {
        var locked: [LockedPackage] = []
        var places: [String: [String]] = [:]
        for package in unpinned {
            guard let file = pins.files[package.checksum] else { continue }
            places[file.digest.description] = package.places
            locked.append(
                LockedPackage(
                    name: package.name, version: package.version, architecture: "x86_64", role: .installed,
                    sourceName: package.name, sourceVersion: package.version, maintainer: nil, homepage: nil,
                    digest: file.digest, checksum: package.checksum, size: file.size, installedSize: nil,
                    requestedBy: [], edges: []))
        }
        return (
            ArchitectureLock(architecture: .amd64, family: .alpine, packages: locked, dropped: []),
            Witness(repositories: [witness], places: places)
        )
    }
}
