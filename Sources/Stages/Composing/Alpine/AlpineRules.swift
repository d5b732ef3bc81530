// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Vocabulary

/// The rules of the Alpine family: nothing is dropped, scripts are recorded and never run, a few files are read.
enum AlpineRules {
    /// Raised with every change that can change an image: part of the build key.
    static let version = 2

    static func rules(for packages: [LockedPackage], architecture: Architecture) -> FamilyRules {
        FamilyRules(
            installationOrder: packages.inInstallationOrder.map(\.name),
            aliases: [database], followsLinksOfPackages: true, lastDirectoryCounts: true,
            attributes: AttributeRule(
                kept: ["security.capability", "user."], reason: "as they mean something to one host alone"),
            drops: [], slices: [:], captures: captures, baseCaptures: baseCaptures, actions: [],
            always: frame,
            accounts: AccountTable(users: [], groups: [], always: []),
            environment: environment,
            libraryDirectories: libraryDirectories,
            shells: programs(["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "tcsh", "busybox"]),
            packageManagers: programs(["apk", "dpkg", "apt", "apt-get", "pip", "pip3"]))
    }

    /// The paths of the tables are literals and always valid.
    static func path(_ text: String) -> ImagePath {
        guard let path = ImagePath(text) else { preconditionFailure("\(text) is no path of an image") }
        return path
    }

    private static func programs(_ names: [String]) -> [ImagePath] {
        ["bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin"].flatMap { directory in
            names.map { path("\(directory)/\($0)") }
        }
    }

    /// apk-tools looks for its database in /lib/apk, Wolfi keeps it below /usr; packages may name either.
    static let database = PathAlias(from: path("lib/apk"), to: path("usr/lib/apk"), target: "../usr/lib/apk")

    /// musl looks in the first three by itself, glibc as Wolfi builds it in all but /usr/local/lib, which its
    /// /etc/ld.so.conf names.
    private static let libraryDirectories = ["lib", "usr/local/lib", "usr/lib", "lib64", "usr/lib64"].map(
        path)

    /// What apko sets where the definition does not.
    private static let environment = [
        DefaultVariable(name: "PATH", value: "/usr/local/sbin:/usr/local/bin:/usr/bin:/usr/sbin:/sbin:/bin"),
        DefaultVariable(name: "SSL_CERT_FILE", value: "/etc/ssl/certs/ca-certificates.crt"),
    ]

    /// Directories that apko makes before the first package.
    private static let frame: [RuleAction] = [
        .ensure(path("tmp"), mode: 0o1777), .ensure(path("dev"), mode: 0o755),
        .ensure(path("etc"), mode: 0o755), .ensure(path("opt"), mode: 0o755),
        .ensure(path("proc"), mode: 0o555), .ensure(path("var"), mode: 0o755),
        .ensure(path("usr"), mode: 0o755), .ensure(path("etc/apk"), mode: 0o755),
        .ensure(path("etc/apk/keys"), mode: 0o755), .ensure(path("usr/lib/apk/db"), mode: 0o755),
        .ensure(path("usr/lib/apk/exec"), mode: 0o755), .ensure(path("var/cache/apk"), mode: 0o755),
        .ensure(path("var/cache/misc"), mode: 0o755),
    ]

    static let (passwd, group, shadow) = (path("etc/passwd"), path("etc/group"), path("etc/shadow"))
    static let busyboxLists = path("etc/busybox-paths.d")

    private static let captures: [PathPattern] =
        ["etc/passwd", "etc/group", "etc/shadow", "etc/busybox-paths.d/*"]
        + CertificateStores.captures + LoaderConfiguration.captures

    /// What is gone on from where another image lies below.
    private static let baseCaptures: [PathPattern] = [
        "usr/lib/apk/db/*", "lib/apk/db/*", "etc/apk/world", "etc/apk/repositories",
    ]
}
