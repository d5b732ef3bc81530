// SPDX-License-Identifier: Apache-2.0

internal import Vocabulary

/// What a failed step probably wanted, as far as its last words tell: frequent causes that are the sandbox's own doing.
enum StepFailure: CaseIterable {
    case network, keys, readOnly, host, disk

    /// Words of tools: resolvers, curl, wget, git, Go, Python, the C library.
    private var words: [String] {
        switch self {
        case .network:
            [
                "could not resolve host", "temporary failure in name resolution", "name or service not known",
                "network is unreachable", "bad address '", "no such host", "getaddrinfo", "failed to resolve",
                "unable to resolve", "no route to host", "could not resolve proxy",
                "cannot assign requested address",
                "failed to establish a new connection", "dial tcp", "connection refused",
            ]
        case .keys:
            [
                "permission denied (publickey", "could not read from remote repository", "no secret key",
                "could not read username", "host key verification failed", "/.ssh/", "/.gnupg", "/.netrc",
                "/.aws/", "/.docker/config",
            ]
        case .readOnly: ["read-only file system"]
        case .host: ["/proc/1/", "/run/docker.sock", "/dev/kvm", "/dev/mem"]
        case .disk: ["no space left on device", "disk quota exceeded", "file too large"]
        }
    }

    /// What to do about it.
    var sentence: String {
        switch self {
        case .network:
            "the sandbox has no network: what steps need is fetched before they run, by a 'fetch' or 'git-checkout' step with "
                + "its digest, and programs come from 'environment.contents.packages'"
        case .keys:
            "the sandbox has no keys and no accounts of yours: a source belongs in a 'fetch' or 'git-checkout' step, which "
                + "Slipway does outside of it, and packages are signed after the build"
        case .readOnly:
            "the build root cannot be changed: steps write to the workspace and to /tmp; what is to be packed goes below "
                + "${{targets.contextdir}}, and programs come from 'environment.contents.packages'"
        case .host:
            "the sandbox holds no file, process or device of the host's, and nobody in it is root: what a step needs belongs "
                + "beside the recipe in a folder of the package's name, or in a 'fetch' step"
        case .disk:
            "its file system is full: 'package.resources.disk' says how much the workspace and /tmp hold"
        }
    }

    /// The likeliest cause; nil where the words tell of none.
    init?(words log: String) {
        let log = log.lowercased()
        // What is said last is likeliest what it failed of; of what is said at once, the more particular counts.
        let found = Self.allCases.compactMap { cause -> (cause: Self, place: String.Index)? in
            let places = cause.words.compactMap { log.ranges(of: $0).last?.lowerBound }
            return places.max().map { (cause, $0) }
        }
        if let last = found.max(by: { $0.place < $1.place }) {
            self = last.cause
        } else if log.split(whereSeparator: \.isNewline).contains(where: Self.isRefusal) {
            self = .host
        } else {
            return nil
        }
    }

    /// A refusal that names a place outside of the workspace: within it rights are the step's own affair.
    private static func isRefusal(_ line: Substring) -> Bool {
        guard line.contains("permission denied") || line.contains("operation not permitted") else {
            return false
        }
        return line.split { " '`\":=(".contains($0) }.contains { word in
            word.hasPrefix("/") && word.count > 1 && !word.hasPrefix("/tmp/") && !word.hasPrefix("/run/step")
                && !word.hasPrefix(Recipe.workspace)
        }
    }
}
