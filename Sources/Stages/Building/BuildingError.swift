// SPDX-License-Identifier: Apache-2.0

package import Archives
internal import Execution
package import Storage
package import Vocabulary

/// Why no package or index was made, or one could not be read.
package enum BuildingError: Error, Equatable, CustomStringConvertible {
    /// Something in the folder that a package cannot hold.
    case unpackable(HostPath, reason: String)
    /// A file's bytes are not those that were hashed a moment before.
    case changedMeanwhile(HostPath)
    case emptyFolder(HostPath)
    /// Where packages should be indexed.
    case noPackages(HostPath)
    case noFolder(HostPath)
    case badMetadata(reason: String)
    case unreadableKey(what: String, reason: String)
    case signingFailed(String)
    /// `reason` is a sentence of the format's reader.
    case notAPackage(HostPath, reason: String)
    case notAnIndex(HostPath, reason: String)
    /// What a file is called is not what it holds; clients would not find it.
    case misnamed(HostPath, expected: String)
    case escapes(HostPath, entry: String)
    case folderExists(HostPath)
    /// A step of a recipe ended with another status than 0.
    /// `why` is a sentence on what it probably wanted of the sandbox.
    case step(String, at: SourceLocation, exit: Int32, why: String? = nil)
    /// `limit` in bytes; nil where the machine's own memory was all that there was.
    case stepOutOfMemory(String, at: SourceLocation, limit: Int64?)
    case tooManyProcesses(String, at: SourceLocation, limit: Int)
    /// Steps took longer than the recipe allows.
    case stepTooSlow(String, at: SourceLocation, seconds: Int)
    /// Linters or checks found what must not be published.
    case refused([LintFinding])
    /// What a recipe asks for and this Slipway does not do.
    case unsupported(String, at: SourceLocation)
    /// A source that steps want was not handed over.
    case missingSource(String, at: SourceLocation)
    /// What files of a package need and nobody ships; a sentence each.
    case unmetNeeds(PackageName, [String])
    /// The file of a package of the build root is not in the store.
    case missingPackage(PackageName)
    /// A program that signs said no.
    case program(name: String, reason: String)
    case storage(StorageError)
    case archive(ArchiveError)
    case other(reason: String)
    case cancelled

    package var description: String {
        switch self {
        case .unpackable(let path, let reason): "'\(path)' cannot be packed: \(reason)"
        case .changedMeanwhile(let path): "'\(path)' changed while it was packed; let it rest and run again"
        case .emptyFolder(let path): "'\(path)' is empty; a package holds at least one entry"
        case .noPackages(let path): "'\(path)' holds no package; put some there first, or check the path"
        case .noFolder(let path): "there is no folder '\(path)'; 'pack -o' makes one, or check the path"
        case .badMetadata(let reason): "the package cannot be made: \(reason)"
        case .unreadableKey(let what, let reason):
            "\(what) is no RSA private key (\(reason)); 'slipway key generate --type rsa' makes a pair"
        case .signingFailed(let reason): "signing failed: \(reason)"
        case .notAPackage(let path, let reason): "'\(path)' is no package: \(reason)"
        case .notAnIndex(let path, let reason): "'\(path)' is no index: \(reason)"
        case .misnamed(let path, let expected):
            "'\(path)' holds the package of the file '\(expected)', and clients ask for that name; rename it"
        case .escapes(let path, let entry):
            "'\(path)' holds '\(entry)', which leaves the folder; nothing of the package is kept"
        case .folderExists(let path):
            "'\(path)' is there already and is not touched; remove it or name a new folder"
        case .step(let label, let location, let exit, let why):
            "\(location): the step '\(label)' ended with exit status \(exit); the log above says why"
                + (why.map { ". Probably: \($0)" } ?? "")
        case .stepOutOfMemory(let label, let location, nil):
            "\(location): a program of the step '\(label)' was killed, as this machine had no memory left"
        case .stepOutOfMemory(let label, let location, let limit?):
            "\(location): the step '\(label)' wanted more than \(Figures.megabytes(limit)) of memory and was killed; "
                + "'package.resources.memory' allows more"
        case .tooManyProcesses(let label, let location, let limit):
            "\(location): the step '\(label)' wanted more than \(limit) processes at once and was refused them"
        case .stepTooSlow(let label, let location, let seconds):
            "\(location): the step '\(label)' did not end within the \(seconds) s that all steps have together, and was "
                + "killed; 'package.timeout' allows more"
        case .refused(let findings):
            "nothing is published:\n"
                + findings.map { "  \($0.text) [\($0.linter.name)]" }.joined(separator: "\n")
                + "\nmend it, or name what is meant to be so in the package's 'checks.disabled'"
        case .unsupported(let what, let location): "\(location): \(what)"
        case .missingSource(let uri, let location): "\(location): the source \(uri) was not fetched"
        case .unmetNeeds(let package, let needs):
            "\(package) cannot run where it is installed: " + needs.prefix(10).joined(separator: "; ")
                + (needs.count > 10 ? "; and \(needs.count - 10) more" : "")
                + "; add the package that ships it to the recipe's environment, or say 'options: {no-depends: true}'"
        case .missingPackage(let name):
            "the file of the build root's package \(name) is gone from the store, and with it what its libraries ask of others; "
                + "run again"
        case .program(let name, let reason): "\(name) failed: \(reason)"
        case .storage(let error): error.description
        case .archive(let error): error.description
        case .other(let reason): reason
        case .cancelled: "cancelled"
        }
    }

    /// What somebody else threw, in this stage's words.
    init(_ error: any Error) {
        self =
            switch error {
            case let error as BuildingError: error
            case let error as StorageError: .storage(error)
            case let error as ArchiveError: .archive(error)
            case is CancellationError, ExecutionError.cancelled: .cancelled
            default: .other(reason: "\(error)")
            }
    }

    /// Runs `body` and says what it throws in this stage's words.
    static func wrapping<Value>(_ body: () throws -> Value) throws(BuildingError) -> Value {
        do { return try body() } catch { throw BuildingError(error) }
    }
}
