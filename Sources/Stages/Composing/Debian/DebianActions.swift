// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// What maintainer scripts of trixie's packages would have done, as data. Left out of purpose: everything that starts
/// services, talks to people, guards upgrades, or serves logins (`/etc/profile`, `wtmp`, `/usr/local` with its
/// staff group).
extension DebianRules {
    /// In every image: directories that a runtime mounts over or programs expect.
    static let always: [RuleAction] = [
        .ensure(path("dev"), mode: 0o755), .ensure(path("etc"), mode: 0o755),
        .ensure(path("proc"), mode: 0o755),
        .ensure(path("root"), mode: 0o700), .ensure(path("run"), mode: 0o755),
        .ensure(path("run/lock"), mode: 0o1777), .ensure(path("sys"), mode: 0o755),
        .ensure(path("tmp"), mode: 0o1777), .ensure(path("usr/bin"), mode: 0o755),
        .ensure(path("usr/lib"), mode: 0o755), .ensure(path("usr/sbin"), mode: 0o755),
        .ensure(path("var/tmp"), mode: 0o1777),
        // Runtimes look a number's home and groups up; the file is libc-bin's where that package is there.
        .text(path("etc/nsswitch.conf"), nsswitch),
    ]

    /// libc-bin's own default, shortened to what images use.
    private static let nsswitch = """
        passwd:         files
        group:          files
        shadow:         files
        hosts:          files dns
        networks:       files
        protocols:      files
        services:       files

        """

    static let system: [PackageActions] = [
        PackageActions(
            package: "base-files", actions: [.symlink(path("etc/dpkg/origins/default"), to: "debian")]),
        PackageActions(
            package: "libc-bin",
            actions: [.copy(from: path("usr/share/libc-bin/nsswitch.conf"), to: path("etc/nsswitch.conf"))]),
        // update-ca-certificates: every certificate, each list sorted by path in byte order. The links by subject
        // hash are left out: OpenSSL reads the file first.
        PackageActions(
            package: "ca-certificates",
            actions: [
                .bundle(
                    ["usr/share/ca-certificates/**", "usr/local/share/ca-certificates/**"], suffix: ".crt",
                    to: path("etc/ssl/certs/ca-certificates.crt")),
                .symlink(path("usr/lib/ssl/cert.pem"), to: "/etc/ssl/certs/ca-certificates.crt"),
                .symlink(path("usr/lib/ssl/certs"), to: "/etc/ssl/certs"),
            ]),
        // zoneinfo/localtime is a shipped link to /etc/localtime.
        PackageActions(
            package: "tzdata",
            actions: [
                .symlink(path("etc/localtime"), to: "/usr/share/zoneinfo/Etc/UTC"),
                .text(path("etc/timezone"), "Etc/UTC\n"),
            ]),
        // Alternatives, as the one link that counts at run time.
        PackageActions(package: "mawk", actions: [.symlink(path("usr/bin/awk"), to: "mawk")]),
        PackageActions(package: "gawk", actions: [.symlink(path("usr/bin/awk"), to: "gawk")]),
        PackageActions(package: "nodejs", actions: [.symlink(path("usr/bin/js"), to: "nodejs")]),
        PackageActions(
            package: "openjdk-*-jre-headless",
            actions: [.links(to: "usr/lib/jvm/*/bin/*", in: path("usr/bin"), prefix: "")]),
    ]

    /// Services: their accounts, their directories with owners and modes, and what their units' `RuntimeDirectory`
    /// or tmpfiles.d lines would create, since in an image that decides who can write there.
    static let services: [PackageActions] = [
        PackageActions(
            package: "redis-tools",
            actions: [
                .account("redis"),
                .directory(path("var/log/redis"), mode: 0o2750, user: "redis", group: "adm"),
                .directory(path("var/lib/redis"), mode: 0o750, user: "redis", group: "redis"),
                .directory(path("etc/redis"), mode: 0o2770, user: "redis", group: "redis"),
            ]),
        PackageActions(
            package: "redis-server",
            actions: [
                .own(path("etc/redis/redis.conf"), mode: 0o640, user: "redis", group: "redis"),
                .directory(path("run/redis"), mode: 0o2755, user: "redis", group: "redis"),
            ]),
        PackageActions(
            package: "memcached",
            actions: [
                .account("memcache"),
                .copy(
                    from: path("usr/share/memcached/memcached.conf.default"), to: path("etc/memcached.conf")),
                .directory(path("run/memcached"), mode: 0o755, user: "memcache", group: "memcache"),
            ]),
        PackageActions(
            package: "haproxy",
            actions: [
                .account("haproxy"),
                .directory(path("run/haproxy"), mode: 0o2775, user: "haproxy", group: "haproxy"),
            ]),
        PackageActions(
            package: "nginx-common",
            actions: [
                .account("www-data"),
                .directory(path("var/log/nginx"), mode: 0o755, user: "root", group: "adm"),
                .emptyFile(path("var/log/nginx/access.log"), mode: 0o640, user: "www-data", group: "adm"),
                .emptyFile(path("var/log/nginx/error.log"), mode: 0o640, user: "www-data", group: "adm"),
                .symlink(path("etc/nginx/sites-enabled/default"), to: "/etc/nginx/sites-available/default"),
                .copy(
                    from: path("usr/share/nginx/html/index.html"),
                    to: path("var/www/html/index.nginx-debian.html")),
                // Started as root, nginx makes and gives away its work directories here; started as www-data it must
                // own the place.
                .directory(path("var/lib/nginx"), mode: 0o755, user: "www-data", group: "www-data"),
            ]),
        PackageActions(
            package: "libnginx-mod-*",
            actions: [
                .links(
                    to: "usr/share/nginx/modules-available/*.conf", in: path("etc/nginx/modules-enabled"),
                    prefix: "50-")
            ]),
        PackageActions(
            package: "postgresql-*",
            actions: [
                .account("postgres"),
                .directory(path("etc/postgresql"), mode: 0o755, user: "postgres", group: "postgres"),
                .directory(path("var/lib/postgresql"), mode: 0o755, user: "postgres", group: "postgres"),
                .directory(path("var/log/postgresql"), mode: 0o1775, user: "root", group: "postgres"),
                .directory(path("run/postgresql"), mode: 0o2775, user: "postgres", group: "postgres"),
                // postgresql-client-common's Perl wrappers stand here on a host.
                .links(to: "usr/lib/postgresql/*/bin/*", in: path("usr/bin"), prefix: ""),
            ]),
    ]
}
