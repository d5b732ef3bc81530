// SPDX-License-Identifier: Apache-2.0

package import Vocabulary

/// Why the machine as a whole stopped; what a single stage says has that stage's own error.
package enum PipelineError: Error, Equatable, CustomStringConvertible {
    case localFileMissing(HostPath, at: SourceLocation)
    case localFileTooLarge(HostPath, bytes: Int64, limit: Int64)
    case lockUnreadable(HostPath, reason: String)
    case keyExists(HostPath)
    case definitionExists(HostPath)
    case apkoLockIsStale(HostPath, definition: HostPath)
    case notApkos(definition: HostPath)
    case testsFailed([TestReport])
    case testsNotRun(Architecture, reason: String)
    case gateRefused(gate: String, reason: String)
    case noSuchImage(String)
    case noLayout(String)
    case architectureNotDefined(Architecture, known: [Architecture])
    case noDefinition(String)
    case noDefinitionFile(HostPath)
    case noKeyFile(HostPath)
    case noPackageKeyFile(HostPath)
    case noFactoryFile(HostPath)
    case treeExists(HostPath)
    case offlineWithoutLock(definition: HostPath, lock: HostPath)
    case offlineWithoutPackages([String], of: Int, definition: HostPath)
    case chooseArchitecture(known: [Architecture])
    case sysrootWithoutRepository(package: String, at: SourceLocation)
    case noPlatform(String, wanted: Platform, available: [Platform])
    case inputMissing(what: String, digest: Digest, tried: [String])
    case noInputs(Digest)
    case severalPlatforms(String, [String])
    case treeIsNotSigned(HostPath, key: HostPath)
    case notAttested(PredicateType, Digest, key: HostPath)
    case inputsFolderTooLarge(HostPath, limit: Int)
    case damagedEvidence(what: String, reason: String)
    case publishedOtherwise(HostPath)
    case noPackage(HostPath)
    case noKey(HostPath)
    /// A shell was asked for.
    case noTerminal

    package var description: String {
        switch self {
        case .localFileMissing(let path, let location):
            "\(location): the file '\(path)' is not there; 'source' is taken relative to the definition"
        case .localFileTooLarge(let path, let bytes, let limit):
            "the file '\(path)' has \(bytes) bytes; an image takes local files of at most \(limit)"
        case .lockUnreadable(let path, let reason):
            "the lock '\(path)' cannot be used: \(reason); remove it or write it anew with 'slipway lock'"
        case .keyExists(let path):
            "'\(path)' exists and is not overwritten; move it away or choose another name with --name"
        case .apkoLockIsStale(let path, let definition):
            "apko's lock '\(path)' holds for another text of '\(definition)'; write it anew with 'slipway lock --format apko "
                + "\(definition)', or pass it over with --ignore-lock"
        case .notApkos(let definition):
            "apko's lock holds Alpine packages, and '\(definition)' asks for others; leave --format out"
        case .definitionExists(let path):
            "'\(path)' exists and is not overwritten; name another file"
        case .testsFailed(let reports):
            reports.flatMap { report in
                report.results.filter { $0.outcome == .failed }.map {
                    "\(report.platform): test '\($0.name)' failed: \($0.detail)"
                }
            }.joined(separator: "\n")
        case .testsNotRun(let architecture, let reason):
            "the tests for \(architecture) could not run: \(reason); allow it with --allow-untested \(architecture)"
        case .gateRefused(let gate, let reason): "the gate '\(gate)' said no: \(reason)"
        case .noSuchImage(let name):
            "'\(name)' is an unpacked tree; this needs a layout, an archive, or a reference such as 127.0.0.1:5000/app:1"
        case .noDefinition(let layout): "say whose tests to run on '\(layout)': --definition FILE"
        case .noDefinitionFile(let path):
            "there is no definition '\(path)'; name a YAML file, as those in Examples"
        case .noKeyFile(let path):
            "there is no key '\(path)'; 'slipway key generate' makes a pair, slipway.key to sign and slipway.pub to verify"
        case .noPackageKeyFile(let path):
            "there is no key '\(path)'; 'slipway key generate --type rsa' makes a pair, slipway.rsa to sign and slipway.rsa.pub for readers"
        case .noFactoryFile(let path):
            "there is no factory '\(path)'; name its file with --config, as in Examples/factory.yaml"
        case .treeExists(let path):
            "'\(path)' is there already and is not touched; remove it or name a new directory"
        case .offlineWithoutLock(let definition, let lock):
            "--offline builds from a lock, and there is no '\(lock)' that holds for this text of '\(definition)'; "
                + "write it where there is a network: slipway lock \(definition)"
        case .offlineWithoutPackages(let names, let count, let definition):
            "--offline: \(names.count) of \(count) packages are not in the store: "
                + names.prefix(8).joined(separator: ", ")
                + (names.count > 8 ? " and \(names.count - 8) more" : "")
                + "; build '\(definition)' once where there is a network, or name its caches with XDG_CACHE_HOME"
        case .sysrootWithoutRepository(let package, let location):
            "\(location): the sysroot asks for \(package), and no repository is there for it; name the one that has it with "
                + "--repository-append and its key with --keyring-append, or write both into sysroot.contents"
        case .chooseArchitecture(let known):
            "a root file system is of one architecture; choose with --arch: "
                + known.map(\.description).joined(separator: ", ")
        case .noPlatform(let image, let wanted, let available):
            "'\(image)' has nothing for \(wanted); it has \(available.map(\.description).joined(separator: ", "))"
        case .architectureNotDefined(let wanted, let known):
            "the definition makes no image for \(wanted); it has \(known.map(\.description).joined(separator: ", ")); add it to archs"
        case .noLayout(let text): "'\(text)' is no OCI layout, and this writes or sends only one that is"
        case .inputMissing(let what, let digest, let tried):
            "\(what) (\(digest)) is needed and was not found; tried \(tried.isEmpty ? "nowhere" : tried.joined(separator: ", "))"
        case .inputsFolderTooLarge(let path, let limit):
            "'\(path)' holds more than \(limit) files; name a folder with the image's packages and indexes"
        case .notAttested(let type, let digest, let key):
            "\(digest) has no attestation (\(type)) by the key '\(key)'; without --key it is not asked who made one"
        case .severalPlatforms(let image, let platforms):
            "'\(image)' has several platforms, and this machine's is not among them; choose one with --arch: \(platforms.joined(separator: ", "))"
        case .treeIsNotSigned(let path, let key):
            "'\(path)' is an unpacked tree, about which '\(key)' can have signed nothing; leave --key out"
        case .noInputs(let digest):
            "\(digest) has no inputs artifact: it was not built by Slipway, or its evidence was left behind"
        case .noTerminal: "--shell needs a terminal: its input and output must be one"
        case .damagedEvidence(let what, let reason): "\(what) cannot be used: \(reason)"
        case .noPackage(let path):
            "there is no package '\(path)'; name a file that is there and ends in .apk or .deb"
        case .noKey(let path):
            "'\(path)' holds no public key; give the P-256 key of the provenance (slipway.pub), the RSA key of an .apk "
                + "repository (NAME.rsa.pub), or a keyring of a .deb repository"
        case .publishedOtherwise(let path):
            "'\(path)' is published already, and what was built has other bytes; raise the recipe's 'epoch', or replace it "
                + "with --replace"
        }
    }
}
