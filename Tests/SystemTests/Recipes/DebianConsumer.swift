// SPDX-License-Identifier: Apache-2.0

import TestHouse

/// Debian's own programs, as whoever gets packages uses them, with folders and configuration of their own.
enum DebianConsumer {
    /// A key that signs releases, in `gnupg`; the keyring that holds it.
    static func makeKey(in scratch: Scratch) throws -> String {
        try scratch.sh(
            """
            mkdir -m 700 gnupg; export GNUPGHOME="$PWD/gnupg"
            gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key \
                'Packages <packages@example.org>' ed25519 sign never
            gpg --batch --export >packages.gpg
            """)
        return "\(scratch.path)/packages.gpg"
    }

    /// What dpkg says of a package file.
    static func fields(of file: String, in scratch: Scratch) throws -> [String: String] {
        let text = String(decoding: try scratch.sh("dpkg-deb -f '\(file)'"), as: UTF8.self)
        return Dictionary(
            uniqueKeysWithValues: text.split(separator: "\n").filter { !$0.hasPrefix(" ") }.compactMap {
                line in
                line.firstRange(of: ": ").map {
                    (String(line[..<$0.lowerBound]), String(line[$0.upperBound...]))
                }
            })
    }

    /// Installs package files with dpkg into the new system `root`.
    static func install(_ files: [String], in scratch: Scratch, force: String = "") throws {
        try scratch.sh(
            """
            mkdir -p root/var/lib/dpkg/info root/var/lib/dpkg/updates root/var/log; touch root/var/lib/dpkg/status
            dpkg --root=root --force-script-chrootless --log=/dev/null \(force) -i \(files.joined(separator: " ")) >/dev/null
            dpkg --root=root --audit
            """)
    }

    /// What apt would do to get a package, after it took the repository's word by a keyring, alone.
    static func apt(
        _ repository: String, suite: String, keyring: String, asking name: String, in scratch: Scratch,
        status: String = "/dev/null", more: String = ""
    ) throws -> String {
        String(
            decoding: try scratch.sh(
                """
                rm -rf apt; mkdir -p apt/parts apt/lists/partial apt/cache/archives/partial apt/etc apt/state
                cp '\(keyring)' apt/keyring.gpg
                echo "deb [arch=amd64 signed-by=$PWD/apt/keyring.gpg] file:$PWD/\(repository) \(suite) main" >apt/sources.list
                \(more)
                options="-o Dir::Etc::sourcelist=$PWD/apt/sources.list -o Dir::Etc::sourceparts=$PWD/apt/parts -o Dir::Etc::parts=/dev/null
                    -o Dir::Etc::preferencesparts=/dev/null -o Dir::State=$PWD/apt/state -o Dir::State::lists=$PWD/apt/lists
                    -o Dir::Cache=$PWD/apt/cache -o Dir::State::status=\(status) -o APT::Architecture=amd64 -o APT::Sandbox::User=root
                    -o APT::Update::Error-Mode=any"
                apt-get $options update; apt-get $options -y --no-install-recommends -s install \(name)
                (cd apt/cache && apt-get $options download \(name) && ls *.deb)
                """), as: UTF8.self)
    }
}
