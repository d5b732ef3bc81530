// SPDX-License-Identifier: Apache-2.0
internal import Vocabulary

/// Users and groups with the numbers that images use. Below 100 and 65534: base-passwd's own, which are the same on
/// every Debian system. 65532: `nonroot`, as the distroless images have it. From 600: users that maintainer scripts
/// create with whatever number is free; here each has its own, for ever, the same for user and group.
extension DebianRules {
    private static let noShell = "/usr/sbin/nologin"
    private static let nowhere = "/nonexistent"

    static let accounts = AccountTable(
        users: users, groups: groups, always: ["root", "nobody", "nonroot"])

    private static let users: [AccountTable.User] =
        [
            ("root", 0, 0, "root", "/root"), ("daemon", 1, 1, "daemon", "/usr/sbin"),
            ("bin", 2, 2, "bin", "/bin"),
            ("sys", 3, 3, "sys", "/dev"), ("sync", 4, 65534, "sync", "/bin"),
            ("games", 5, 60, "games", "/usr/games"),
            ("man", 6, 12, "man", "/var/cache/man"), ("lp", 7, 7, "lp", "/var/spool/lpd"),
            ("mail", 8, 8, "mail", "/var/mail"), ("news", 9, 9, "news", "/var/spool/news"),
            ("uucp", 10, 10, "uucp", "/var/spool/uucp"), ("proxy", 13, 13, "proxy", "/bin"),
            ("www-data", 33, 33, "www-data", "/var/www"), ("backup", 34, 34, "backup", "/var/backups"),
            ("list", 38, 38, "Mailing List Manager", "/var/list"), ("irc", 39, 39, "ircd", "/run/ircd"),
            ("_apt", 42, 65534, "", nowhere), ("redis", 601, 601, "", "/var/lib/redis"),
            ("memcache", 602, 602, "Memcached", nowhere), ("haproxy", 603, 603, "", "/var/lib/haproxy"),
            ("postgres", 604, 604, "PostgreSQL administrator", "/var/lib/postgresql"),
            ("nonroot", 65532, 65532, "nonroot", "/home/nonroot"),
            ("nobody", 65534, 65534, "nobody", nowhere),
        ].map { AccountTable.User($0.0, UInt32($0.1), UInt32($0.2), $0.3, home: $0.4, shell: noShell) }

    private static let groups: [AccountTable.Group] =
        [
            ("root", 0), ("daemon", 1), ("bin", 2), ("sys", 3), ("adm", 4), ("tty", 5), ("disk", 6),
            ("lp", 7),
            ("mail", 8), ("news", 9), ("uucp", 10), ("man", 12), ("proxy", 13), ("kmem", 15), ("dialout", 20),
            ("fax", 21), ("voice", 22), ("cdrom", 24), ("floppy", 25), ("tape", 26), ("sudo", 27),
            ("audio", 29),
            ("dip", 30), ("www-data", 33), ("backup", 34), ("operator", 37), ("list", 38), ("irc", 39),
            ("src", 40),
            ("shadow", 42), ("utmp", 43), ("video", 44), ("sasl", 45), ("plugdev", 46), ("staff", 50),
            ("games", 60),
            ("users", 100), ("redis", 601), ("memcache", 602), ("haproxy", 603), ("postgres", 604),
            ("ssl-cert", 605), ("nonroot", 65532), ("nogroup", 65534),
        ].map { AccountTable.Group($0.0, UInt32($0.1)) }
}
