// SPDX-License-Identifier: Apache-2.0
import Testing
import Vocabulary

@Suite struct PackageURLTests {
    @Test func packagesOfDistributions() throws {
        let debian = Distribution(id: "debian", version: "13")
        let wolfi = Distribution(id: "wolfi", version: nil)
        for (family, name, version, distribution, text) in [
            (
                PackageFamily.debian, "redis-server", "5:8.0.2-3+deb13u3", debian,
                "pkg:deb/debian/redis-server@5:8.0.2-3%2Bdeb13u3?arch=amd64&distro=debian-13"
            ),
            (.debian, "libstdc++6", "14~1", nil, "pkg:deb/debian/libstdc%2B%2B6@14~1?arch=amd64"),
            (
                .alpine, "busybox", "1.36.1-r2", wolfi,
                "pkg:apk/wolfi/busybox@1.36.1-r2?arch=amd64&distro=wolfi"
            ),
            (.alpine, "busybox", "1.36.1-r2", nil, "pkg:apk/alpine/busybox@1.36.1-r2?arch=amd64"),
        ] as [(PackageFamily, String, String, Distribution?, String)] {
            let url = PackageURL(family, try #require(PackageName(name)), version, "amd64", distribution)
            #expect(url.description == text)
            #expect(PackageURL(text) == url)
        }
    }

    @Test(arguments: [
        ("pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie", "deb", "debian", "curl", "7.50.3-1"),
        (
            "pkg:golang/google.golang.org/genproto@abcdedf#googleapis", "golang", "google.golang.org",
            "genproto", "abcdedf"
        ),
        ("pkg:npm/%40angular/animation@12.3.1", "npm", "@angular", "animation", "12.3.1"),
        ("PKG://Deb/debian/a%2Bb@5%3A1", "deb", "debian", "a+b", "5:1"),
    ])
    func read(_ example: (text: String, type: String, namespace: String, name: String, version: String))
        throws
    {
        let url = try #require(PackageURL(example.text))
        #expect(url.type == example.type)
        #expect(url.namespace == example.namespace)
        #expect(url.name == example.name)
        #expect(url.version == example.version)
    }

    @Test(arguments: [
        "", "deb/debian/a", "pkg:", "pkg:deb", "pkg:deb/", "pkg:deb/a@%zz", "pkg:/a", "pkg:deb/a?x",
    ])
    func refused(_ text: String) { #expect(PackageURL(text) == nil) }
}
