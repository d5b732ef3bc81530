// SPDX-License-Identifier: Apache-2.0
import Archives
import Storage
import TestHouse
import Testing
import Vocabulary

@testable import Composing

/// `/etc/ld.so.cache`, as ldconfig(8) reads and writes it.
@Suite struct LoaderCacheTests {
    private static let libraries = """
        lib() { mkdir -p $1; echo 'int slipway_x;' | cc -shared -x c - -o $1/$2 ${3:+-Wl,-soname,$3}; }
        lib opt/lib libfoo.so.10.2 libfoo.so.10; ln -s libfoo.so.10.2 opt/lib/libfoo.so.10
        ln -s libfoo.so.10 opt/lib/libfoo.so
        lib opt/lib libfoo.so.9 libfoo.so.9; lib usr/lib libfoo.so.9 libfoo.so.9; lib usr/lib libbare.so
        lib usr/lib libz-1.so.2 libz-1.so.2; lib usr/lib libz.so.1 libz.so.1
        lib usr/lib/private libhidden.so.1 libhidden.so.1; echo text > usr/lib/libtext.so.1
        mkdir -p etc/ld.so.conf.d; echo '/opt/lib # first' > etc/ld.so.conf.d/a.conf
        printf 'include /etc/ld.so.conf.d/*.conf\\n/opt/none\\n' > etc/ld.so.conf
        """

    private static func listing(_ cache: String) throws -> [String] {
        try String(decoding: Tool.sh("/sbin/ldconfig -p -C '\(cache)'", in: "/"), as: UTF8.self)
            .split(separator: "\n").dropFirst().filter { $0.hasPrefix("\t") }.map { String($0.dropFirst()) }
    }

    /// The tree of an image of the libraries.
    private static func tree(in house: ComposingHouse) async throws -> String {
        let image = try await AlpineImages.compose(
            [try ApkFiles().make("libs", files: libraries)], in: house)
        _ = try house.content("etc/ld.so.cache", of: image)
        return "\(house.scratch.path)/unpacked"
    }

    @Test(.enabled(if: Tool.exists("cc"), "needs a C compiler"))
    func ldconfigReadsIt() async throws {
        let house = try ComposingHouse()
        let ours = try Self.listing("\(try await Self.tree(in: house))/etc/ld.so.cache")
        #expect(
            ours == [
                "libz.so.1 (libc6,x86-64) => /usr/lib/libz.so.1",
                "libz-1.so.2 (libc6,x86-64) => /usr/lib/libz-1.so.2",
                "libfoo.so.10 (libc6,x86-64) => /opt/lib/libfoo.so.10",
                "libfoo.so.9 (libc6,x86-64) => /opt/lib/libfoo.so.9",
                "libfoo.so.9 (libc6,x86-64) => /usr/lib/libfoo.so.9",
                "libfoo.so (libc6,x86-64) => /opt/lib/libfoo.so",
                "libbare.so (libc6,x86-64) => /usr/lib/libbare.so",
            ])
    }

    @Test(
        .enabled(if: Tool.isRoot, "ldconfig changes its root as root"),
        .enabled(if: Tool.exists("cc"), "needs a C compiler"))
    func ldconfigMakesTheSame() async throws {
        let house = try ComposingHouse()
        let tree = try await Self.tree(in: house)
        try Tool.sh("/sbin/ldconfig -X -r '\(tree)' -C /etc/theirs", in: "/")
        #expect(try Self.listing("\(tree)/etc/theirs") == Self.listing("\(tree)/etc/ld.so.cache"))
    }

    /// Debian's images have the library and not the configuration; what has variants for newer processors stays out.
    @Test(.enabled(if: Tool.exists("cc"), "needs a C compiler"))
    func debianImagesHaveOneForTheirLibrary() async throws {
        let house = try ComposingHouse()
        let multiarch = "usr/lib/x86_64-linux-gnu"
        let image = try await house.compose([
            try PackageFiles().make(
                "libc6",
                files: """
                    lib() { mkdir -p $1; echo 'int slipway_x;' | cc -shared -x c - -o $1/$2 -Wl,-soname,$2; }
                    lib \(multiarch) libc.so.6; lib \(multiarch) libfast.so.1; lib opt/blas libblas.so.3
                    lib \(multiarch)/glibc-hwcaps/x86-64-v3 libfast.so.1
                    mkdir -p etc/ld.so.conf.d; echo /opt/blas > etc/ld.so.conf.d/blas.conf
                    """)
        ])
        _ = try house.content("etc/ld.so.cache", of: image)
        #expect(
            try Self.listing("\(house.scratch.path)/unpacked/etc/ld.so.cache") == [
                "libc.so.6 (libc6,x86-64) => /\(multiarch)/libc.so.6",
                "libblas.so.3 (libc6,x86-64) => /opt/blas/libblas.so.3",
            ])
    }

    @Test func withoutItsConfigurationThereIsNoCache() async throws {
        let image = try await AlpineImages.compose([
            try ApkFiles().make("libs", files: "mkdir -p usr/lib; cp /bin/true usr/lib/libtrue.so.1")
        ])
        #expect(image.file("etc/ld.so.cache") == nil)
    }

    @Test(
        arguments: [
            (62, true, 0, 0x0303), (62, false, 0, 0x0803), (3, false, 0, 3), (183, true, 0, 0x0A03),
            (40, false, 0x0500_0400, 0x0903), (40, false, 0x0500_0200, 0x0B03), (21, true, 2, 0x0503),
            (22, true, 0, 0x0403), (243, true, 5, 0x1003), (243, true, 1, 0x0F03), (258, true, 0x43, 0x1203),
            (258, true, 0x41, 0x1103), (247, true, 0, nil),
        ] as [(UInt16, Bool, UInt32, UInt32?)]) func flags(
            _ machine: UInt16, _ is64Bit: Bool, _ flags: UInt32, _ expected: UInt32?
        )
    {
        var facts = ELFFacts(is64Bit: is64Bit, machine: machine, interpreter: nil, soname: nil)
        facts.flags = flags
        #expect(facts.loaderFlags == expected)
    }

    /// Every architecture's flags as the machine's own ldconfig names them.
    @Test func ldconfigKnowsTheFlags() throws {
        let scratch = try Scratch()
        for (flags, name) in [
            (0x0303, "libc6,x86-64"), (0x0A03, "libc6,AArch64"), (0x0903, "libc6,hard-float"),
            (0x1003, "libc6,double-float"), (3, "libc6"), (0x0503, "libc6,64bit"), (0x0403, "libc6,64bit"),
        ] as [(UInt32, String)] {
            let cache = LoaderCache(
                entries: [.init(name: "liba.so.1", path: "/lib/liba.so.1", flags: flags)], isBigEndian: false)
            try scratch.write(cache.encode(), to: "cache")
            #expect(
                try Self.listing("\(scratch.path)/cache") == ["liba.so.1 (\(name)) => /lib/liba.so.1"])
        }
    }

    @Test func theOrderIsTheLoaders() {
        let names = ["libfoo.so.10", "libfoo.so.9", "libfoo.so", "libfoo-1.so", "libfoo1.so", "libzz.so.1"]
        let sorted = names.sorted { LoaderCache.compare(Array($0.utf8), Array($1.utf8)) < 0 }
        #expect(
            sorted == ["libfoo-1.so", "libfoo.so", "libfoo.so.9", "libfoo.so.10", "libfoo1.so", "libzz.so.1"])
    }

    @Test func configurationsIncludeOneAnother() throws {
        let files = [
            "etc/ld.so.conf": "# x\ninclude ld.so.conf.d/*.conf other\n/last\nhwcap 1 nosegneg\n",
            "etc/ld.so.conf.d/b.conf": "/b/libs\n", "etc/ld.so.conf.d/a.conf": "  /a/libs  \n/b/libs\n",
            "etc/ld.so.conf.d/no.txt": "/no\n", "etc/other": "include ld.so.conf\n/other\n",
        ]
        let configuration = LoaderConfiguration(
            read: { files[$0.text].map { Array($0.utf8) } },
            names: { directory in
                files.keys.compactMap { ImagePath($0) }.filter { $0.parent == directory }.map {
                    String($0.name)
                }
            })
        #expect(configuration.directories.map(\.text) == ["a/libs", "b/libs", "other", "last"])
    }
}
