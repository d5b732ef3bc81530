// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import Pipeline
internal import Vocabulary

/// Options of everything that resolves.
struct ResolvingOptions: ParsableArguments {
    @Option(
        name: .customLong("arch"),
        help: "Only this architecture (amd64, arm64, …); may be given several times.",
        completion: .list(Architecture.names))
    var architectures: [String] = []

    @Flag(help: "Accept repositories without a signature. Loud, and recorded in the provenance.")
    var allowUnsigned = false

    @OptionGroup(title: "Additions to the definition") var adding: AdditionOptions

    func options(_ session: Session) throws -> BuildOptions {
        var options = BuildOptions()
        options.architectures =
            architectures.isEmpty ? nil : try architectures.map(Architecture.init(argument:))
        options.allowUnsigned = allowUnsigned
        options.additions = adding.additions
        options.sourceDateEpoch = try session.sourceDateEpoch()
        return options
    }
}

/// Options of everything that uses a lock, where there is one.
struct LockingOptions: ParsableArguments {
    @OptionGroup var resolving: ResolvingOptions

    @Flag(help: "Resolve anew, whatever the lock says.")
    var ignoreLock = false

    @Flag(help: "Ask no network: the lock, the store and the caches alone. Says what is missing.")
    var offline = false

    func validate() throws {
        if offline && ignoreLock {
            throw ValidationError("--offline builds from the lock, and --ignore-lock passes it over")
        }
    }

    func options(_ session: Session) throws -> BuildOptions {
        var options = try resolving.options(session)
        options.ignoreLock = ignoreLock
        return options
    }
}

/// Options of everything that builds.
struct BuildingOptions: ParsableArguments {
    @OptionGroup var locking: LockingOptions

    @Option(
        help: "Let an image go out whose tests could not run on this architecture; recorded.",
        completion: .list(Architecture.names))
    var allowUntested: [String] = []

    var offline: Bool { locking.offline }

    func options(_ session: Session) throws -> BuildOptions {
        var options = try locking.options(session)
        options.allowUntested = try allowUntested.map(Architecture.init(argument:))
        return options
    }
}
