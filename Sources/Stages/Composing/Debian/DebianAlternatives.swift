// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// What update-alternatives would have linked, as the one link that counts at run time. Programs that have a single
/// provider in trixie stand with their package in `DebianActions`; here are libraries, of which an image may hold
/// several providers: the highest priority wins, as on a host.
extension DebianRules {
    private struct Provider {
        /// The package, `*` allowed.
        var package: PathPattern
        /// What it provides, below the directory of the architecture's libraries.
        var file: String
        /// As its postinst gives it.
        var priority: Int
    }

    /// By the name that programs are linked with; without the link the loader finds nothing.
    private static let libraries: [(name: String, providers: [Provider])] = [
        (
            "libblas.so.3",
            [
                Provider(
                    package: "libopenblas0-pthread", file: "openblas-pthread/libblas.so.3", priority: 100),
                Provider(package: "libopenblas0-openmp", file: "openblas-openmp/libblas.so.3", priority: 95),
                Provider(package: "libopenblas0-serial", file: "openblas-serial/libblas.so.3", priority: 90),
                Provider(package: "libblis4-*", file: "blis-*/libblas.so.3", priority: 80),
                Provider(package: "libatlas3-base", file: "atlas/libblas.so.3", priority: 35),
                Provider(package: "libblas3", file: "blas/libblas.so.3", priority: 10),
            ]
        ),
        (
            "liblapack.so.3",
            [
                Provider(
                    package: "libopenblas0-pthread", file: "openblas-pthread/liblapack.so.3", priority: 100),
                Provider(
                    package: "libopenblas0-openmp", file: "openblas-openmp/liblapack.so.3", priority: 95),
                Provider(
                    package: "libopenblas0-serial", file: "openblas-serial/liblapack.so.3", priority: 90),
                Provider(package: "libatlas3-base", file: "atlas/liblapack.so.3", priority: 35),
                Provider(package: "liblapack3", file: "lapack/liblapack.so.3", priority: 10),
            ]
        ),
        (
            "libopenblas.so.0",
            [
                Provider(
                    package: "libopenblas0-pthread", file: "openblas-pthread/libopenblas.so.0", priority: 100),
                Provider(
                    package: "libopenblas0-openmp", file: "openblas-openmp/libopenblas.so.0", priority: 95),
                Provider(
                    package: "libopenblas0-serial", file: "openblas-serial/libopenblas.so.0", priority: 90),
            ]
        ),
    ]

    /// The links of an image that holds these packages, `directory` being where its loader looks.
    static func alternatives(for packages: Set<String>, in directory: ImagePath) -> [PackageActions] {
        libraries.compactMap { library in
            let present = library.providers.filter { provider in
                packages.contains { provider.package.matches(name: $0) }
            }
            guard let best = present.max(by: { $0.priority < $1.priority }) else { return nil }
            return PackageActions(
                package: best.package,
                actions: [
                    .links(
                        to: PathPattern(stringLiteral: "\(directory.text)/\(best.file)"), in: directory,
                        prefix: "")
                ])
        }
    }

    /// Java's key store, which ca-certificates-java fills on a host, where Java is in the image.
    static func keyStore(for packages: Set<String>) -> [PackageActions] {
        let java: PathPattern = "openjdk-*-jre-headless"
        guard packages.contains(where: { java.matches(name: $0) }) else { return [] }
        return [
            PackageActions(
                package: "ca-certificates",
                actions: [
                    .keyStore(
                        ["usr/share/ca-certificates/**", "usr/local/share/ca-certificates/**"],
                        suffix: ".crt",
                        to: path("etc/ssl/certs/java/cacerts"))
                ])
        ]
    }
}
