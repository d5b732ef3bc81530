// SPDX-License-Identifier: Apache-2.0
internal import Archives
internal import Vocabulary

/// The rules of the Debian family, derived from the packages of trixie. Each table says where its rows come from.
enum DebianRules {
    /// Raised with every change of a table that can change an image: part of the build key.
    static let version = 4

    /// The rules for an image that holds these packages.
    static func rules(for locked: [LockedPackage], architecture: Architecture) -> FamilyRules {
        let packages = Set(locked.map(\.name.text))
        let libraries = libraryDirectories(architecture)
        return FamilyRules(
            installationOrder: locked.map(\.name).sorted(),
            aliases: aliases, attributes: AttributeRule(kept: [], reason: "as dpkg leaves them out"),
            drops: drops.filter { packages.isDisjoint(with: $0.unless) }.map(\.rule),
            slices: slices,
            captures: captures,
            actions: services + system + alternatives(for: packages, in: libraries[0])
                + keyStore(for: packages),
            always: always,
            accounts: accounts,
            environment: environment,
            libraryDirectories: libraries,
            shells: programs(
                [
                    "sh", "bash", "dash", "ash", "zsh", "ksh", "ksh93", "mksh", "fish", "tcsh", "csh",
                    "busybox", "rbash",
                ]),
            packageManagers: programs([
                "dpkg", "apt", "apt-get", "aptitude", "dnf", "rpm", "apk", "pip", "pip3",
            ]))
    }

    private static let environment = [
        DefaultVariable(name: "PATH", value: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        DefaultVariable(
            name: "SSL_CERT_FILE", value: "/etc/ssl/certs/ca-certificates.crt",
            requires: "/etc/ssl/certs/ca-certificates.crt"),
        DefaultVariable(
            name: "LANG", value: "C.UTF-8", requires: "/usr/lib/locale/C.utf8/LC_CTYPE"),
    ]

    static let (passwdFile, groupFile) = (path("etc/passwd"), path("etc/group"))
    /// Where scanners look for installed packages in images without dpkg.
    static let statusDirectory = path("var/lib/dpkg/status.d")

    /// The paths of the tables are literals and always valid.
    static func path(_ text: String) -> ImagePath {
        guard let path = ImagePath(text) else { preconditionFailure("\(text) is no path of an image") }
        return path
    }

    private static func programs(_ names: [String]) -> [ImagePath] {
        ["usr/bin", "usr/sbin", "usr/local/bin"].flatMap { directory in
            names.map { path("\(directory)/\($0)") }
        }
    }

    /// Debian's ld.so looks in the multiarch directories by itself; others are in the cache, by /etc/ld.so.conf.d.
    private static func libraryDirectories(_ architecture: Architecture) -> [ImagePath] {
        let multiarch = ELFMachine.of(architecture)?.triplet.map { [path("usr/lib/\($0)")] } ?? []
        return multiarch + [path("usr/lib"), path("usr/lib64")]
    }

    /// Merged /usr, as base-files ships it since trixie, and what its postinst makes of /var/run and /var/lock.
    private static let aliases: [PathAlias] =
        ["bin", "sbin", "lib", "lib64", "lib32", "libx32", "libo32"].map {
            PathAlias(from: path($0), to: path("usr/\($0)"), target: "usr/\($0)")
        } + [
            PathAlias(from: path("var/run"), to: path("run"), target: "/run"),
            PathAlias(from: path("var/lock"), to: path("run/lock"), target: "/run/lock"),
        ]

    /// What an image does without, and the packages that keep it.
    static let drops: [(rule: DropRule, unless: Set<String>)] = [
        (DropRule(name: "manual-pages", patterns: ["usr/share/man/**", "usr/share/info/**"]), ["man-db"]),
        (
            // Copyright files stay, and the links that lead one package's directory into another's.
            DropRule(
                name: "documentation",
                patterns: ["usr/share/doc/**", "usr/share/doc-base/**", "usr/share/gtk-doc/**"],
                except: ["usr/share/doc", "usr/share/doc/*", "usr/share/doc/*/copyright"]), []
        ),
        (DropRule(name: "translations", patterns: ["usr/share/locale/**"]), []),
        (
            DropRule(
                name: "packaging-tools",
                patterns: [
                    "usr/share/lintian/**", "usr/share/bug/**", "usr/share/apport/**",
                    "usr/share/reportbug/**",
                ]),
            []
        ),
        (
            DropRule(
                name: "shell-completions",
                patterns: [
                    "usr/share/bash-completion/**", "etc/bash_completion.d/**", "usr/share/zsh/**",
                    "usr/share/fish/**",
                ]), ["bash-completion", "zsh", "fish"]
        ),
        (
            DropRule(
                name: "init-system",
                patterns: [
                    "etc/init.d/**", "etc/rc*.d/**", "etc/init/**", "usr/lib/init/**",
                    "usr/lib/systemd/system/**",
                    "usr/lib/systemd/user/**", "usr/lib/systemd/system-generators/**",
                    "usr/lib/systemd/system-preset/**", "usr/lib/systemd/user-preset/**",
                    "usr/lib/tmpfiles.d/**",
                    "usr/lib/sysusers.d/**", "usr/share/upstart/**",
                ]), ["systemd", "sysvinit-core", "openrc", "runit-init"]
        ),
        (
            DropRule(
                name: "host-integration",
                patterns: [
                    "etc/cron.*/**", "etc/logrotate.d/**", "etc/rsyslog.d/**", "etc/update-motd.d/**",
                    "etc/ufw/**",
                    "usr/share/initramfs-tools/**", "usr/lib/udev/**", "usr/lib/binfmt.d/**",
                    "usr/share/binfmts/**",
                    "usr/share/vim/**",
                ]), ["cron", "logrotate", "rsyslog", "ufw", "initramfs-tools", "udev", "vim"]
        ),
        (
            // Programs that only maintainer scripts and administrators start, and that need a shell.
            DropRule(
                name: "installation-programs",
                patterns: ["usr/sbin/update-ca-certificates", "usr/share/python3/runtime.d/**"]),
            ["dash", "bash"]
        ),
    ]

    /// What is used of data-only packages: their data, and the copyright file that speaks for it. Packages without a
    /// row give their copyright file alone.
    private static let slices: [String: [PathPattern]] = [
        // The C.UTF-8 locale, without which every program runs in ASCII; RFC 3484 tables of getaddrinfo.
        "libc-bin": ["usr/lib/locale/C.utf8/**", "etc/gai.conf", "usr/share/doc/libc-bin/copyright"],
        // Where libssl looks for its configuration and for certificates.
        "openssl": [
            "usr/lib/ssl/cert.pem", "usr/lib/ssl/certs", "usr/lib/ssl/openssl.cnf", "usr/lib/ssl/private",
            "etc/ssl/openssl.cnf", "etc/ssl/private", "usr/share/doc/openssl/copyright",
        ],
        // Its tables of users and groups are the account table.
        "base-passwd": ["usr/share/doc/base-passwd/copyright"],
        "media-types": ["etc/mime.types", "usr/share/doc/media-types/copyright"],
        "readline-common": ["usr/share/readline/inputrc", "usr/share/doc/readline-common/copyright"],
        "ncurses-base": ["usr/lib/terminfo/**", "etc/terminfo/**", "usr/share/doc/ncurses-base/copyright"],
    ]

    private static let captures: [PathPattern] =
        LoaderConfiguration.captures + [
            "usr/share/ca-certificates/**", "usr/local/share/ca-certificates/**",
            "usr/share/libc-bin/nsswitch.conf",
            "usr/share/nginx/html/index.html", "usr/share/memcached/memcached.conf.default",
        ]
}
