// SPDX-License-Identifier: Apache-2.0
import Composing
import Storage
import TestHouse
import Testing
import Vocabulary

/// apko's `certificates` (reference, appendix C, 11).
@Suite struct CertificateTests {
    private let house: ComposingHouse
    private let files: ApkFiles
    private let own: String
    private let bundle = "mkdir -p etc/ssl/certs; printf 'BUNDLE\\n' > etc/ssl/certs/ca-certificates.crt"

    init() throws {
        house = try ComposingHouse()
        files = try ApkFiles()
        own = try Self.certificate("own", house.scratch)
    }

    private static func certificate(_ name: String, _ scratch: Scratch) throws -> String {
        try scratch.sh(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -days 9 "
                + "-subj /CN=\(name) -out \(name).pem 2>/dev/null")
        return String(decoding: try scratch.read("\(name).pem"), as: UTF8.self)
    }

    private func compose(
        _ packages: [PackageFiles.Made], additional: [(String, String)] = [], providers: [String] = []
    ) async throws -> ComposedImage {
        try await AlpineImages.compose(packages, in: house) {
            $0.certificates.additional = additional.map {
                Located(.init(name: $0.0, content: $0.1), at: ComposingHouse.here)
            }
            $0.certificates.providers = providers.map { Located($0, at: ComposingHouse.here) }
        }
    }

    @Test func additionalOnesAreFilesAndInTheBundleOnce() async throws {
        let image = try await compose(
            [try files.make("bundle", files: bundle)],
            additional: [("a", "# a comment\n" + own), ("b", own)])
        let fingerprint = String(
            decoding: try house.scratch.sh("openssl x509 -in own.pem -outform DER | sha256sum | cut -c1-64"),
            as: UTF8.self
        ).prefix(64)
        #expect(
            AlpineImages.listing(image).filter { $0.contains("[rule certificates]") && $0.hasPrefix("-") }
                == [
                    "-0444 0:0 /etc/ssl/certs/.ca-certificates.crt.sha256 [rule certificates]",
                    "-0644 0:0 /usr/local/share/ca-certificates/a-\(fingerprint).crt [rule certificates]",
                    "-0644 0:0 /usr/local/share/ca-certificates/b-\(fingerprint).crt [rule certificates]",
                ])
        #expect(
            try house.content("etc/ssl/certs/ca-certificates.crt", of: image) == "BUNDLE\n" + own + "\n")
        try house.scratch.sh("cd unpacked/etc/ssl/certs && sha256sum -c .ca-certificates.crt.sha256")
        #expect(
            image.file("etc/ssl/certs/ca-certificates.crt")?.owner
                == .package(try #require(PackageName("bundle"))))
    }

    @Test func aBundleWithoutAFinalNewlineGetsOne() async throws {
        let image = try await compose(
            [try files.make("bundle", files: bundle.replacing("BUNDLE\\n", with: "BUNDLE"))],
            additional: [("a", own)])
        #expect(
            try house.content("etc/ssl/certs/ca-certificates.crt", of: image) == "BUNDLE\n" + own + "\n")
    }

    @Test func withoutABundleNoneIsMade() async throws {
        let image = try await compose([try files.make("app", files: "echo a > a")], additional: [("a", own)])
        #expect(image.file("etc/ssl/certs/ca-certificates.crt") == nil)
        #expect(
            AlpineImages.listing(image).filter { $0.contains("/usr/local/share/ca-certificates/a-") }.count
                == 1)
    }

    @Test func everyBundleHasAChecksumUnasked() async throws {
        let image = try await compose([
            try files.make("bundle", files: bundle),
            try files.make(
                "k", files: "mkdir -p kaniko/ssl/certs; echo k > kaniko/ssl/certs/ca-certificates.crt"),
        ])
        #expect(image.file("kaniko/ssl/certs/.ca-certificates.crt.sha256")?.mode == 0o444)
        #expect(image.file("etc/ssl/certs/.ca-certificates.crt.sha256") != nil)
    }

    @Test func providersGiveTheirFiles() async throws {
        let (one, two) = (
            try Self.certificate("one", house.scratch), try Self.certificate("two", house.scratch)
        )
        func provider(_ name: String, _ provides: String, _ certificate: String) throws -> PackageFiles.Made {
            try files.make(
                name,
                files:
                    "mkdir -p usr/local/share/ca-certificates; cat > usr/local/share/ca-certificates/\(name).crt <<'END'\n\(certificate)END\n"
                    + "echo broken > usr/local/share/ca-certificates/\(name).pem"
            ) { $0.info = ["provides = \(provides)"] }
        }
        let image = try await compose(
            [
                try files.make("bundle", files: bundle), try provider("z-certs", "team-ca=1.0-r0", one),
                try provider("other", "another-ca", two),
            ], providers: ["team-ca"])
        #expect(
            try house.content("etc/ssl/certs/ca-certificates.crt", of: image) == "BUNDLE\n" + one + "\n")
        #expect(image.messages("certificate-unread").count == 1)
    }

    @Test(arguments: ["", "no certificate", "two"]) func whatIsNotOneCertificateIsRefused(
        _ text: String
    ) async throws {
        let content = text == "two" ? own + own : text
        await #expect(throws: ComposingError.self) {
            _ = try await compose([try files.make("app", files: "echo a > a")], additional: [("a", content)])
        }
    }

    @Test(.enabled(if: Tool.exists("keytool"), "needs keytool"))
    func javasKeyStoreGetsThemToo() async throws {
        _ = try Self.certificate("old", house.scratch)
        try house.scratch.sh(
            "keytool -importcert -noprompt -storetype JKS -keystore \"$PWD/cacerts\" -storepass changeit -alias old "
                + "-file old.pem >/dev/null 2>&1")
        let image = try await compose(
            [
                try files.make(
                    "java",
                    files:
                        "mkdir -p etc/ssl/certs/java; cp '\(house.scratch.path)/cacerts' etc/ssl/certs/java/cacerts"
                )
            ], additional: [("own", own)])
        _ = try house.content("etc/ssl/certs/java/.cacerts.sha256", of: image)
        let listing = String(
            decoding: try house.scratch.sh(
                "keytool -list -keystore unpacked/etc/ssl/certs/java/cacerts -storepass changeit 2>/dev/null"),
            as: UTF8.self)
        #expect(
            listing.contains("old, ") && listing.contains("own-") && listing.contains("contains 2 entries"))
    }

    @Test func anUnknownKeyStoreIsLeftAloneAndSaid() async throws {
        let image = try await compose(
            [
                try files.make(
                    "java", files: "mkdir -p etc/ssl/certs/java; echo pkcs12 > etc/ssl/certs/java/cacerts")
            ], additional: [("own", own)])
        #expect(try house.content("etc/ssl/certs/java/cacerts", of: image) == "pkcs12\n")
        #expect(image.messages("certificate-unread").count == 1)
    }
}
