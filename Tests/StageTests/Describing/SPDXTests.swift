// SPDX-License-Identifier: Apache-2.0

import Describing
import TestHouse
import Testing
import Vocabulary

@Suite("Bills of materials as SPDX") struct SPDXTests {
    private func bill(_ change: (inout SampleImage) -> Void = { _ in }) throws -> BillOfMaterials {
        var sample = try SampleImage()
        change(&sample)
        return BillOfMaterialsWriter().describe(
            lock: sample.lock.content.architectures[0], witness: sample.lock.witness,
            image: sample.image.platforms[0],
            name: "registry.example.org/app")
    }

    @Test("the whole document, as people read it")
    func golden() throws {
        let document = try SPDXDocument(try bill())
        let text = try CanonicalJSON.encodeForPeople(document)
        #expect(try Golden.difference(of: text, from: "app.spdx.json", beside: #filePath) == nil)
    }

    @Test("equal bills give equal bytes, another image another namespace")
    func deterministic() throws {
        let first = try SPDXDocument.encode(bill())
        #expect(try SPDXDocument.encode(bill()) == first)
        var other = try bill()
        other.manifest = ContentHasher.digest(of: "other")
        #expect(try SPDXDocument(other).documentNamespace != SPDXDocument(bill()).documentNamespace)
    }

    @Test("every package has what scanners and readers look for")
    func packages() throws {
        let document = try SPDXDocument(bill())
        let app = try #require(document.packages.first { $0.name == "app" })
        #expect(app.purl == "pkg:deb/debian/app@5:8.0.2-3%2Bdeb13u1?arch=amd64&distro=debian-13")
        #expect(app.sourceInfo == "built package from: app 5:8.0.2-3+deb13u1")
        #expect(app.supplier == "Organization: Example Team (team@example.org)")
        #expect(app.checksums == [.init(ContentHasher.digest(of: "app amd64"))])
        #expect(app.downloadLocation.hasPrefix("https://deb.example.org/debian/pool/app_"))
        let library = try #require(document.packages.first { $0.name == "libstdc++6" })
        #expect(library.id == "SPDXRef-Package-libstdc-2B-2B6")
        #expect(document.relationships.contains(.init(app.id, "DEPENDS_ON", library.id)))
        let data = try #require(document.packages.first { $0.name == "libc-bin" })
        #expect(data.comment == SPDXDocument.dataOnlyComment)
        let image = try #require(document.described)
        #expect(image.checksums?.first?.checksumValue == (try bill()).manifest.hex)
        #expect(image.purl?.hasPrefix("pkg:oci/app@sha256:") == true)
        #expect(
            image.annotations?.map(\.comment) == [
                "left out: dpkg: only installs packages; wanted by app: Depends dpkg (>= 1.19)"
            ])
        #expect(document.packages.contains { $0.packageFileName == "/etc/app.conf" })
        #expect(document.creationInfo.created == Timestamp(seconds: 1_750_000_000))
    }

    @Test("every identifier is used once, and every relationship has both ends")
    func closed() throws {
        let document = try SPDXDocument(bill())
        let ids = document.packages.map(\.id)
        #expect(Set(ids).count == ids.count)
        for relationship in document.relationships {
            #expect(ids.contains(relationship.relatedSpdxElement))
            #expect(
                relationship.spdxElementId == SPDXDocument.documentID
                    || ids.contains(relationship.spdxElementId))
        }
    }

    @Test(
        "a licence stands in the document only in the form that SPDX allows",
        arguments: [
            ("MIT", "MIT"), ("GPL-2.0-or-later AND (MIT OR BSD-3-Clause)", nil),
            ("Apache-2.0 WITH LLVM-exception", nil), ("((MIT))", nil), ("GPL-2.0+", nil),
            ("custom license text", "NOASSERTION"), ("MIT AND", "NOASSERTION"), ("MIT)", "NOASSERTION"),
            ("(MIT", "NOASSERTION"), ("AND", "NOASSERTION"), ("", "NOASSERTION"),
            ("MIT\nPackageName: x", "NOASSERTION"),
        ] as [(String, String?)])
    func licences(_ claimed: String, _ written: String?) throws {
        var bill = try bill()
        bill.components[0].license = claimed
        let name = bill.components[0].name.text
        let package = try SPDXDocument(bill).packages.first { $0.name == name }
        #expect(package?.licenseDeclared == written ?? claimed)
    }

    @Test("what packages say about themselves is named, and whose metafile it is")
    func embedded() throws {
        let owner = try #require(PackageName("app"))
        let path = try #require(ImagePath("var/lib/db/sbom/app-1-r0.spdx.json"))
        let bill = try bill {
            $0.image.platforms[0].files.append(
                ComposedFile(
                    path: path, kind: .file, mode: 0o644, uid: 0, gid: 0, size: 2,
                    digest: ContentHasher.digest(of: "{}"), target: nil, owner: .package(owner)))
        }
        let document = try SPDXDocument(bill)
        let file = try #require(document.packages.first { $0.packageFileName == path.absolute })
        #expect(file.checksums == [.init(ContentHasher.digest(of: "{}"))])
        let app = try #require(document.packages.first { $0.name == "app" })
        #expect(document.relationships.contains(.init(file.id, "METAFILE_OF", app.id)))
        #expect(document.relationships.contains(.init("SPDXRef-Image", "CONTAINS", file.id)))
    }
}
