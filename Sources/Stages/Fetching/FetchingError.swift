// SPDX-License-Identifier: Apache-2.0

package import Storage
package import Vocabulary

/// Why repositories or packages could not be had. `repository` is the line of the definition, `file` a URL.
package enum FetchingError: Error, Equatable, CustomStringConvertible {
    /// One place of a package and why it did not serve it.
    package struct Attempt: Sendable, Equatable {
        package let place: String
        package let reason: String

        package init(place: String, reason: String) {
            self.place = place
            self.reason = reason
        }
    }

    case unreachable(repository: String, file: String, reason: String)
    case absent(repository: String, file: String)
    case noKeyring(repository: String)
    /// No public key is named for a repository of the Alpine family.
    case noKey(repository: String)
    /// A key that the definition names is not there; `key` is a path or a URL.
    case keyAbsent(key: String, reason: String)
    case badKey(key: String, reason: String)
    /// The line holds a user's name or password, which would travel in the lock and the evidence.
    case passwordInLine(host: String, at: SourceLocation)
    /// The signature does not hold, or gpgv is missing; `reason` is Execution's sentence.
    case unverified(repository: String, file: String, reason: String)
    case malformedRelease(repository: String, file: String, reason: String)
    case wrongSuite(repository: String, file: String, expected: String, suite: String?, codename: String?)
    case fromTheFuture(repository: String, file: String, date: Timestamp, now: Timestamp)
    case expired(repository: String, file: String, validUntil: Timestamp, now: Timestamp)
    case noIndex(repository: String, component: String, architecture: Architecture, reason: String)
    case noArchitecture(repository: String, architecture: Architecture, file: String)
    /// The bytes are not those that the signed release names.
    case mismatch(repository: String, file: String, expected: String, found: String)
    /// The bytes are right, and still no index.
    case undecodable(repository: String, file: String, reason: String)
    case noSystemRepository(suite: String, tried: [Attempt])
    case apt(reason: String)
    /// pip's configuration cannot be used; the reason names no credentials.
    case pip(reason: String)
    case aptSource(place: SourceLocation, reason: String)
    case package(name: String, version: String, tried: [Attempt])
    /// The file that a lock names is another package than the signed index names.
    case wrongPackage(name: String, version: String, reason: String)
    /// A recipe's source could not be had.
    case source(String, reason: String)
    /// A place where a project announces its releases could not be asked.
    case upstream(String, reason: String)
    /// A recipe's source is another file than the recipe names.
    case sourceMismatch(String, expected: String, found: String)
    case storage(StorageFailure)
    case cancelled

    /// Storage's error as a sentence.
    package struct StorageFailure: Error, Equatable {
        package let reason: String
        package let underlying: StorageError?
        package init(_ error: any Error) {
            reason = "\(error)"
            underlying = error as? StorageError
        }
    }

    /// Without users and passwords, which addresses in a recipe may hold.
    package var description: String { URLCredentials.hidden(in: sentence) }

    private var sentence: String {
        switch self {
        case .unreachable(let repository, let file, let reason):
            "'\(repository)': \(file) could not be read: \(reason). Try again, or name another mirror in contents.repositories"
        case .source(let uri, let reason): "the source \(uri) could not be had: \(reason)"
        case .upstream(let place, let reason):
            "\(place): \(reason). Check 'update' in the recipe, or try again"
        case .sourceMismatch(let uri, let expected, let found):
            "the source \(uri) is \(found), and the recipe expects \(expected). Did upstream replace the file? Look at "
                + "what changed before you write the new digest down"
        case .absent(let repository, let file):
            "'\(repository)': there is no \(file). Check the URL and the suite's name in contents.repositories"
        case .noKeyring(let repository):
            "'\(repository)': no keyring is named to check its signature with. Add [signed-by=FILE] to the line, "
                + "or name a file under contents.keyring"
        case .noKey(let repository):
            "'\(repository)': no key is named to check its signature with. Name the repository's public key (a file or "
                + "a URL) under contents.keyring"
        case .keyAbsent(let key, let reason):
            "the key '\(key)' cannot be had: \(reason). Check the entry of contents.keyring"
        case .badKey(let key, let reason):
            "the key '\(key)' cannot be used: \(reason). Check the entry of contents.keyring"
        case .passwordInLine(let host, let place):
            "\(place): a repository's URL holds a user or a password, which would be published with the image. Write it "
                + "without them, and set HTTP_AUTH=basic:\(host):USER:PASSWORD or add an entry to ~/.netrc"
        case .unverified(let repository, let file, let reason):
            "'\(repository)': \(file) is not trusted: \(reason). Nothing of it was used. Check that the keyring is "
                + "this repository's, and that the mirror serves what it signed"
        case .malformedRelease(let repository, let file, let reason):
            "'\(repository)': \(file) is signed, but \(reason). Tell whoever runs the repository, or remove the line"
        case .wrongSuite(let repository, let file, let expected, let suite, let codename):
            "'\(repository)': \(file) is for suite '\(suite ?? "")', codename '\(codename ?? "")', and not for "
                + "'\(expected)'. Name one of these in contents.repositories, or distrust the mirror"
        case .fromTheFuture(let repository, let file, let date, let now):
            "'\(repository)': \(file) is dated \(date), and now it is \(now). Set this machine's clock"
        case .expired(let repository, let file, let validUntil, let now):
            "'\(repository)': \(file) was valid until \(validUntil), and now it is \(now): the mirror is stale or "
                + "holds updates back. Name another mirror in contents.repositories, or set this machine's clock"
        case .noIndex(let repository, let component, let architecture, let reason):
            "'\(repository)': no packages of component '\(component)' for \(architecture): \(reason). Change the line "
                + "or 'archs'"
        case .noArchitecture(let repository, let architecture, let file):
            "'\(repository)': there are no packages for \(architecture): no \(file). Take \(architecture) out of 'archs', "
                + "or name a repository that has it"
        case .mismatch(let repository, let file, let expected, let found):
            "'\(repository)': \(file) is not what the signed release names: expected \(expected), found \(found). "
                + "The mirror is being updated, is broken, or was tampered with: try again in some minutes, then with "
                + "another mirror"
        case .undecodable(let repository, let file, let reason):
            "'\(repository)': \(file) cannot be used: \(reason). Tell whoever runs the repository, or remove the line"
        case .noSystemRepository(let suite, let tried):
            "'deb system \(suite) …': none of this machine's apt sources offers Debian's suite '\(suite)'"
                + tried.map { "; \($0.place): \($0.reason)" }.joined()
                + ". Write the line as 'deb [signed-by=FILE] URL \(suite) COMPONENT…'"
        case .apt(let reason):
            "'deb system' needs this machine's apt configuration: \(reason). Write the line as "
                + "'deb [signed-by=FILE] URL SUITE COMPONENT…'"
        case .pip(let reason):
            "Python projects are looked up as this machine's pip does, and its configuration cannot be used: \(reason). Set "
                + "PIP_INDEX_URL, or index-url in pip.conf (`pip config debug` names the files)"
        case .aptSource(let place, let reason): "\(place): \(reason)"
        case .package(let name, let version, let tried):
            "\(name) \(version) could not be downloaded"
                + tried.map { "; \($0.place): \($0.reason)" }.joined()
                + ". Where the repository has moved on, make the lock again with `slipway lock`"
        case .wrongPackage(let name, let version, let reason):
            "\(name) \(version): the file that the lock names is not the package that the repository signed: \(reason). "
                + "Make the lock again with `slipway lock`, and find out who changed it"
        case .storage(let failure): failure.reason
        case .cancelled: "cancelled"
        }
    }
}
