// SPDX-License-Identifier: Apache-2.0

/// The curated lists, derived from Debian 13's main archive: the closures of some dozen servers and interpreters, and
/// what the maintainer scripts of each package in them do.
///
/// A package stands here when only maintainer scripts, service units or init scripts use it. What a program may need
/// while it runs does not, however large it is; that is for the definition to drop. Where a package has honest users
/// too, the entry names the ones that only need it for their scripts.
extension DebianRules {
    static let droppedPackages: [Drop] =
        accountTools + configurationTools + serviceTools + layoutTools + perApplication

    private static let accountTools = [
        Drop(
            "adduser",
            "creates system users while packages are installed; the image gets its accounts from a table"),
        Drop("passwd", "user administration for installation scripts; programs look accounts up without it"),
    ]

    private static let configurationTools = [
        Drop("debconf", "asks the administrator questions while packages are installed"),
        Drop("cdebconf", "asks the administrator questions while packages are installed"),
        Drop("dbconfig-common", "sets up databases while packages are installed"),
        Drop("dbconfig-mysql", "sets up databases while packages are installed"),
        Drop("dbconfig-pgsql", "sets up databases while packages are installed"),
        Drop("dbconfig-sqlite3", "sets up databases while packages are installed"),
        Drop(
            "dbconfig-no-thanks",
            "stands for the decision not to set up a database while packages are installed"),
        Drop("ucf", "merges configuration files on upgrades; an image is replaced, not upgraded"),
        Drop("sensible-utils", "shell scripts that start the user's editor, pager or browser"),
        Drop(
            "readline-common",
            "the system's inputrc for interactive line editing; the library has the same built in"),
        Drop("locales", "sources from which installation generates locales; the image has C.UTF-8"),
    ]

    private static let serviceTools = [
        Drop("init-system-helpers", "enables and starts services while packages are installed"),
        Drop("sysvinit-utils", "functions for init scripts, which nothing in an image runs"),
        Drop("lsb-base", "functions for init scripts, which nothing in an image runs"),
        Drop("runit-helper", "sets up runit services while packages are installed"),
        Drop("update-inetd", "enters services into inetd.conf while packages are installed"),
        Drop("systemd", "runs units; the container's runtime starts the image's process itself"),
        Drop(
            "systemd-sysv",
            "makes systemd the init; the container's runtime starts the image's process itself"),
        Drop("systemd-standalone-sysusers", "creates system users while packages are installed"),
        Drop("systemd-standalone-tmpfiles", "creates directories at boot; the image has them already"),
        Drop("cron", "runs maintenance jobs beside a service; a container runs one process"),
        Drop("logrotate", "rotates log files from a timer; a container logs to its output"),
    ]

    private static let layoutTools = [
        Drop("usrmerge", "moves a running system to merged /usr; the image is built merged"),
        Drop("usr-is-merged", "guards against systems without merged /usr; the image is built merged"),
        Drop("dpkg", "the package manager and its script helpers; nothing is installed into an image later"),
        Drop("install-info", "registers manuals while packages are installed"),
        Drop(
            "ssl-cert", "makes a self-signed key while it is installed; a private key in an image is a defect"
        ),
    ]

    private static let perApplication = [
        Drop("mawk", wantedBy: ["base-files"], "for base-files' installation script alone"),
        Drop("perl", wantedBy: ["memcached"], "for the script that wraps the server in an init system"),
        Drop("iproute2", wantedBy: ["nginx"], "for the check during installation whether port 80 is free"),
        Drop(
            "util-linux", wantedBy: ["openjdk-*"],
            "for the check during installation whether /proc is mounted"),
        Drop(
            "ca-certificates-java", needs: ["ca-certificates"],
            "fills Java's key store by running Java; Slipway writes the key store itself"),
        Drop(
            "java-common", "chooses a system's default Java through alternatives while packages are installed"
        ),
        Drop(
            "postgresql-common",
            "Perl programs that manage several clusters of a system; the server works without, and so does initdb where "
                + "the image has a shell for it (ask for dash)"),
        Drop(
            "postgresql-client-common",
            "Perl programs that choose between several installed versions of the clients"),
    ]

    static let dataOnlyPackages = [
        DataOnly(
            "libc-bin", .beside("libc6"),
            "the C.UTF-8 locale and the defaults of name and address lookup; its programs are left out"),
        DataOnly(
            "base-passwd", .always,
            "the table of the system's static users and groups; its program is left out"),
        DataOnly(
            "openssl", .wantedBy(["ca-certificates"]),
            "the links by which OpenSSL finds certificates and its configuration; its program is left out"),
    ]

    static let alwaysInstalled = [
        Always(
            "base-files", "os-release and debian_version, by which scanners know the system, and the licences"
        )
    ]
}
