// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// Makes .apk files (version 2, unsigned) from what a shell script leaves, with Python's tar writer.
package struct ApkFiles {
    /// How the data archive names its files' SHA-1.
    package enum Checksums: String, Sendable, Encodable { case hex, base64, none, wrong }

    /// What a package is, beside its files.
    package struct Recipe: Sendable, Encodable {
        package var version = "1.0-r0"
        package var architecture = "x86_64"
        /// Further lines of `.PKGINFO`: `replaces = other`.
        package var info: [String] = []
        /// By name: `.post-install`.
        package var scripts: [String: String] = [:]
        package var checksums = Checksums.hex
        /// `uid:gid` by path.
        package var owners: [String: String] = [:]
        /// Extended attributes in hex, by path and name.
        package var attributes: [String: [String: String]] = [:]
        /// Paths that come last in the archive.
        package var last: [String] = []
        package init() {}
    }

    private struct Order: Encodable {
        var name: String
        var recipe: Recipe
        var time: Int64
    }

    private let scratch: Scratch

    package init() throws { scratch = try Scratch() }

    /// `files` is a shell script that runs in the package's root. `needs` are the packages that it depends on.
    package func make(
        _ name: String, needs: [String] = [], origin: String? = nil, files: String,
        _ change: (inout Recipe) -> Void = { _ in }
    ) throws -> PackageFiles.Made {
        var recipe = Recipe()
        change(&recipe)
        if let origin { recipe.info.append("origin = \(origin)") }
        recipe.info += needs.map { "depend = \($0)" }
        let order = Order(name: name, recipe: recipe, time: PackageFiles.time)
        try scratch.write(try CanonicalJSON.encode(order), to: "order.json")
        try scratch.write(Array(Self.program.utf8), to: "pack.py")
        let output = try scratch.sh(
            """
            rm -rf root && mkdir root && cd root
            \(files)
            cd ..
            python3 pack.py
            """)
        let checksum = String(decoding: output, as: UTF8.self).split(separator: "\n").last.map(String.init)
        let bytes = try scratch.read("made.apk")
        return PackageFiles.Made(
            package: LockedPackage(
                name: try Self.name(name), version: recipe.version, architecture: recipe.architecture,
                role: .installed, sourceName: try Self.name(origin ?? name), sourceVersion: recipe.version,
                maintainer: nil, homepage: nil, digest: ContentHasher.digest(of: bytes), checksum: checksum,
                size: Int64(bytes.count), installedSize: nil, requestedBy: [],
                edges: try needs.map { .init(.depends, $0, to: try Self.name($0)) }),
            bytes: bytes)
    }

    private static func name(_ text: String) throws -> PackageName {
        guard let name = PackageName(text) else {
            throw Tool.Failure(script: text, status: 1, output: "no name")
        }
        return name
    }

    private static let program = #"""
        import base64, gzip, hashlib, io, json, os, tarfile
        order = json.load(open('order.json'))
        recipe = order['recipe']

        def sha1(path):
            if os.path.islink(path):
                return hashlib.sha1(os.readlink(path).encode()).digest()
            return hashlib.sha1(open(path, 'rb').read()).digest()

        def packed(members, end):
            raw = io.BytesIO()
            tar = tarfile.open(fileobj=raw, mode='w', format=tarfile.PAX_FORMAT, encoding='utf-8')
            for info, content in members(tar):
                tar.addfile(info, io.BytesIO(content) if content is not None else None)
            length = tar.offset
            tar.close()
            return gzip.compress(raw.getvalue() if end else raw.getvalue()[:length], 9, mtime=0)

        def data(tar):
            names = []
            for folder, folders, files in os.walk('root'):
                names += [os.path.relpath(os.path.join(folder, name), 'root') for name in folders + files]
            for name in sorted(names, key=lambda name: (name in recipe['last'], name)):
                path = os.path.join('root', name)
                info = tar.gettarinfo(path, arcname=name)
                owner = recipe['owners'].get(name, '0:0').split(':')
                info.uid, info.gid, info.uname, info.gname = int(owner[0]), int(owner[1]), '', ''
                info.mtime = order['time']
                for key, value in recipe['attributes'].get(name, {}).items():
                    info.pax_headers['SCHILY.xattr.' + key] = bytes.fromhex(value).decode('utf-8', 'surrogateescape')
                if not info.isdir() and recipe['checksums'] != 'none':
                    digest = sha1(path) if recipe['checksums'] != 'wrong' else hashlib.sha1(b'other').digest()
                    info.pax_headers['APK-TOOLS.checksum.SHA1'] = (
                        'Q1' + base64.b64encode(digest).decode() if recipe['checksums'] == 'base64' else digest.hex())
                yield info, open(path, 'rb').read() if info.isreg() else None

        files = packed(data, True)

        def control(tar):
            lines = ['pkgname = ' + order['name'], 'pkgver = ' + recipe['version'],
                     'arch = ' + recipe['architecture'], 'size = 4096', 'pkgdesc = for a test',
                     'license = MIT', *recipe['info'], 'datahash = ' + hashlib.sha256(files).hexdigest()]
            texts = {'.PKGINFO': '\n'.join(lines) + '\n', **recipe['scripts']}
            for name, text in sorted(texts.items()):
                info = tarfile.TarInfo(name)
                info.size, info.mtime = len(text.encode()), order['time']
                info.mode = 0o644 if name == '.PKGINFO' else 0o755
                yield info, text.encode()

        head = packed(control, False)
        open('made.apk', 'wb').write(head + files)
        print('Q1' + base64.b64encode(hashlib.sha1(head).digest()).decode())
        """#
}
